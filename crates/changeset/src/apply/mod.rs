//! The only place that writes: all files of a changeset, or none. Read [`apply()`], then [`Transaction`].
//!
//! No file system renames many files at once, so a journal makes it one move. In this order:
//!
//! 1. look at every file and refuse what must not be written;
//! 2. write the journal (every old and new byte, modes, owners) and make it durable;
//! 3. write each new content under a temporary name beside its target, with mode and owner, and make it durable;
//! 4. look again whether every file is still what it was;
//! 5. rename each over its target, and make the folders durable;
//! 6. rename the journal to the undo record. This is the moment from which the new tree counts.
//!
//! A failure before that puts everything back by the journal at once; a killed process leaves the journal to
//! [`recover()`].
#![allow(clippy::disallowed_methods, reason = "this module is the door through which files are written")]

mod check;
mod disk;
mod error;
mod journal;
mod recover;
mod state;
mod undo;

#[cfg(test)]
mod crash_tests;

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

pub use error::{ApplyError, Failure, Reason, RecordError, RecoverError, Refusal, UndoError};
pub use journal::Kind;
pub use recover::{Recovered, interrupted, recover};
pub use state::{StateDir, path_in_work_tree};
pub use undo::{Undone, undo};

use crate::change::Changeset;
use disk::Staged;
use journal::{Entry, Journal};
use state::{JOURNAL, StateFolder};

/// What an apply did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Every file that was changed, created or deleted, seen from the root.
    pub files: Vec<PathBuf>,
    /// The record from which [`undo()`] works; none when there was nothing to do.
    pub undo_record: Option<PathBuf>,
}

/// Carries out a changeset: all files or none.
///
/// A changeset without changes touches nothing, not even the undo record of the one before.
///
/// # Errors
/// See [`ApplyError`]. After any of them every file is as it was, save those that [`Failure::left`] names.
pub fn apply(changeset: &Changeset, state: &StateDir) -> Result<Applied, ApplyError> {
    if changeset.is_empty() {
        return Ok(Applied { files: Vec::new(), undo_record: None });
    }
    let entries = changeset.changes().iter().map(Entry::new).collect();
    let undo_record = Transaction::begin(changeset.root(), entries, Kind::Apply, state)?.run()?;
    let files = changeset.changes().iter().map(|change| change.path.clone()).collect();
    Ok(Applied { files, undo_record: Some(undo_record) })
}

/// A checked set of writes, and how far it has come.
#[derive(Debug)]
struct Transaction {
    /// Canonical.
    root: PathBuf,
    state: StateFolder,
    journal: Journal,
    /// Each entry goes from nothing to staged to nothing again when it has been put in place.
    staged: Vec<Option<Staged>>,
    /// How many entries may have been put in place, in order.
    begun: usize,
}

/// The smallest pieces of work between which a process may die. Numbers are places in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    WriteJournal,
    Stage(usize),
    CheckAgain(usize),
    Replace(usize),
    SyncFolders,
    Finish,
}

/// Where a step failed, and why.
type StepFailure = (PathBuf, io::Error);

impl Transaction {
    /// Takes the lock and checks everything. No file of the user's is written yet.
    fn begin(root: &Path, mut entries: Vec<Entry>, kind: Kind, state: &StateDir) -> Result<Self, ApplyError> {
        let root = root.canonicalize().map_err(|source| ApplyError::Root { path: root.to_owned(), source })?;
        let folder = state.open()?;
        // Looked for under the lock: the journal of a live process is not an interrupted one.
        if let Some(journal) = state.find(JOURNAL) {
            return Err(ApplyError::Interrupted(journal));
        }
        check::check(&root, &mut entries, kind).map_err(ApplyError::Refused)?;
        let staged = entries.iter().map(|_| None).collect();
        Ok(Self { root, state: folder, journal: Journal { kind, id: new_id(), entries }, staged, begun: 0 })
    }

    /// All steps; the place of the undo record.
    fn run(mut self) -> Result<PathBuf, ApplyError> {
        for step in steps(self.journal.entries.len()) {
            if let Err(failure) = self.carry_out(step) {
                return Err(ApplyError::Failed(Box::new(self.roll_back(failure))));
            }
        }
        Ok(self.state.record())
    }

    fn carry_out(&mut self, step: Step) -> Result<(), StepFailure> {
        match step {
            Step::WriteJournal => self.write_journal().map_err(|error| (self.state.journal(), error)),
            Step::Stage(index) => self.stage(index).map_err(|error| self.at_entry(index, error)),
            Step::CheckAgain(index) => self.check_again(index).map_err(|error| self.at_entry(index, error)),
            Step::Replace(index) => self.replace(index).map_err(|error| self.at_entry(index, error)),
            Step::SyncFolders => self.sync_folders(),
            Step::Finish => finish(&self.state).map_err(|error| (self.state.record(), error)),
        }
    }

    fn at_entry(&self, index: usize, error: io::Error) -> StepFailure {
        (self.journal.entries[index].path.clone(), error)
    }

    fn write_journal(&self) -> io::Result<()> {
        disk::write_whole(&self.state.journal(), &self.journal.encode()?)
    }

    fn stage(&mut self, index: usize) -> io::Result<()> {
        let entry = &self.journal.entries[index];
        let temp = self.root.join(self.journal.temp(index));
        let target = self.root.join(&entry.target);
        self.staged[index] = Some(Staged::prepare(&target, &temp, entry.after.as_deref(), &entry.attributes)?);
        Ok(())
    }

    fn check_again(&self, index: usize) -> io::Result<()> {
        let entry = &self.journal.entries[index];
        if disk::content(&self.root, &entry.target)? == entry.before {
            return Ok(());
        }
        Err(io::Error::other("it was changed by another program in this moment"))
    }

    fn replace(&mut self, index: usize) -> io::Result<()> {
        // Once more: the files before this one have taken their time. What comes between this look and the move is not
        // seen; the standard library has no move that asks first.
        self.check_again(index)?;
        self.begun = index + 1;
        let entry = &self.journal.entries[index];
        let temp = self.root.join(self.journal.temp(index));
        let target = self.root.join(&entry.target);
        match self.staged[index].take() {
            Some(staged) => staged.commit(&target, &temp, entry.after.as_deref()),
            None => Err(io::Error::other("its new content was not prepared")),
        }
    }

    fn sync_folders(&self) -> Result<(), StepFailure> {
        self.journal.folders().into_iter().try_for_each(|folder| {
            let folder = self.root.join(folder);
            disk::sync_folder(&folder).map_err(|error| (folder, error))
        })
    }

    /// Puts back what was replaced and takes all traces away. The journal stays while a file could not be put back.
    fn roll_back(self, (path, source): StepFailure) -> Failure {
        let Self { root, state, journal, begun, .. } = self;
        let mut failure = Failure { path, source, restored: vec![], left: vec![], journal: state.journal() };
        let cleared = recover::remove_temps(&root, &journal);
        for index in 0..begun {
            let path = journal.entries[index].path.clone();
            match recover::put_back(&root, &journal, index) {
                Ok(true) => failure.restored.push(path),
                Ok(false) => {}
                Err(error) => failure.left.push((path, error)),
            }
        }
        failure.left.extend(cleared.err());
        if failure.left.is_empty() {
            failure.left.extend(recover::discard(&root, &journal, &state).err());
        }
        failure
    }
}

/// The steps for a number of files, in order.
fn steps(files: usize) -> impl Iterator<Item = Step> {
    iter::once(Step::WriteJournal)
        .chain((0..files).map(Step::Stage))
        .chain((0..files).map(Step::CheckAgain))
        .chain((0..files).map(Step::Replace))
        .chain([Step::SyncFolders, Step::Finish])
}

/// The journal becomes the undo record, and the new tree the one that counts.
fn finish(state: &StateFolder) -> io::Result<()> {
    fs::rename(state.journal(), state.record())?;
    // Not an error: should the power fail before the name is durable, recovery finds every file new and does this
    // again.
    let _ = disk::sync_folder(state.path());
    Ok(())
}

/// Different for every run that could meet another one's temporary files.
fn new_id() -> String {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}", std::process::id(), since_epoch.as_nanos())
}
