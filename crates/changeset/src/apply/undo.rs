//! Takes back the last apply. Read [`undo()`] first. Writes through the same transaction as an apply, never past it.

use std::path::{Path, PathBuf};

use super::error::UndoError;
use super::journal::{Entry, Kind};
use super::state::{RECORD, StateDir};
use super::{Transaction, recover};

/// What an undo did. Paths are seen from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Files that hold again what they held before the apply.
    pub restored: Vec<PathBuf>,
    /// Files that the apply had created, and that are gone.
    pub removed: Vec<PathBuf>,
}

/// Gives every file of the last apply its old content, and removes the files it created: all or none.
///
/// A file that stays keeps the mode it has now; one that comes back has the mode and owner it had. What was undone
/// cannot be undone again.
///
/// # Errors
/// See [`UndoError`]; above all a file that was changed since is named, and then nothing is written.
pub fn undo(root: &Path, state: &StateDir) -> Result<Undone, UndoError> {
    let record = state.find(RECORD).ok_or(UndoError::Nothing)?;
    let journal = recover::load(&record)?;
    if journal.kind == Kind::Undo {
        return Err(UndoError::Nothing);
    }
    let entries: Vec<_> = journal.entries.into_iter().map(Entry::inverted).collect();
    let paths = |removed: bool| {
        let chosen = entries.iter().filter(|entry| entry.after.is_none() == removed);
        chosen.map(|entry| entry.path.clone()).collect()
    };
    let undone = Undone { restored: paths(false), removed: paths(true) };
    // The same folder: its record says from then on that there is nothing left to undo.
    let folder = StateDir::at(record.parent().unwrap_or(root));
    Transaction::begin(root, entries, Kind::Undo, &folder)?.run()?;
    Ok(undone)
}
