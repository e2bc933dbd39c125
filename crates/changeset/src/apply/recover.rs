//! What to do with the journal of a process that died on the way. Read [`recover()`] first. Never touches a file that
//! holds neither the old nor the new content.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{self, Staged};
use super::error::{RecordError, RecoverError};
use super::journal::{Entry, Journal, Kind};
use super::state::{JOURNAL, StateDir, StateError, StateFolder};
use super::{StepFailure, finish};

/// How an interrupted apply or undo ended after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// All files hold what they held before it. These had to be put back.
    RolledBack(Kind, Vec<PathBuf>),
    /// All these files had been written already, and it counts as done.
    Finished(Kind, Vec<PathBuf>),
}

impl Recovered {
    /// Whether the files hold what they held before the apply, so that there is nothing of it left to undo.
    pub fn is_undone(&self) -> bool {
        matches!(self, Self::RolledBack(Kind::Apply, _) | Self::Finished(Kind::Undo, _))
    }
}

/// The journal of an interrupted apply, if there is one. Only looks; the journal may also be that of a process still
/// alive.
pub fn interrupted(state: &StateDir) -> Option<PathBuf> {
    state.find(JOURNAL)
}

/// Brings an interrupted apply to an end: afterwards the tree is the old one or the new one. None when nothing was
/// interrupted.
///
/// It can itself be interrupted and run again.
///
/// # Errors
/// See [`RecoverError`]. The journal stays, and so does every old content.
pub fn recover(root: &Path, state: &StateDir) -> Result<Option<Recovered>, RecoverError> {
    let Some(path) = interrupted(state) else {
        return Ok(None);
    };
    let folder = open(&path)?;
    // Another process may have come to its own end while we waited for the lock.
    if !path.is_file() {
        return Ok(None);
    }
    let journal = load(&path).map_err(RecoverError::Record)?;
    let root = root.canonicalize().map_err(|source| RecoverError::Io { path: root.to_owned(), source })?;
    let states = states(&root, &journal)?;

    let changed = paths(&journal, &states, |state| state == State::Other);
    if !changed.is_empty() {
        return Err(RecoverError::Changed { files: changed, journal: path });
    }
    let outcome = if states.iter().all(|&state| state == State::After) {
        finish(&folder).map_err(|source| RecoverError::Io { path, source })?;
        Recovered::Finished(journal.kind, paths(&journal, &states, |_| true))
    } else {
        roll_back(&root, &journal, &folder).map_err(|(path, source)| RecoverError::Io { path, source })?;
        Recovered::RolledBack(journal.kind, paths(&journal, &states, |state| state != State::Before))
    };
    Ok(Some(outcome))
}

/// Reads a journal or an undo record.
pub(super) fn load(path: &Path) -> Result<Journal, RecordError> {
    let damaged = |why| RecordError { path: path.to_owned(), why };
    let bytes = fs::read(path).map_err(|error| damaged(error.to_string()))?;
    Journal::decode(&bytes).map_err(damaged)
}

/// What an entry's file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    After,
    /// Some bytes of each: writing in place was cut short.
    Torn,
    /// Somebody else's bytes.
    Other,
}

fn state_of(root: &Path, entry: &Entry) -> io::Result<State> {
    let now = disk::content(root, &entry.target)?;
    Ok(match (now, &entry.before, &entry.after) {
        (now, before, _) if now == *before => State::Before,
        (now, _, after) if now == *after => State::After,
        (Some(now), Some(before), Some(after)) if is_mixture(&now, before, after) => State::Torn,
        _ => State::Other,
    })
}

/// Whether every byte is the old or the new one of its place, as writing in place leaves it.
fn is_mixture(now: &[u8], before: &[u8], after: &[u8]) -> bool {
    let lengths = before.len().min(after.len())..=before.len().max(after.len());
    let of_either = |(place, byte): (usize, &u8)| before.get(place) == Some(byte) || after.get(place) == Some(byte);
    lengths.contains(&now.len()) && now.iter().enumerate().all(of_either)
}

fn states(root: &Path, journal: &Journal) -> Result<Vec<State>, RecoverError> {
    let state =
        |entry: &Entry| state_of(root, entry).map_err(|source| RecoverError::Io { path: entry.path.clone(), source });
    journal.entries.iter().map(state).collect()
}

fn paths(journal: &Journal, states: &[State], wanted: impl Fn(State) -> bool) -> Vec<PathBuf> {
    let chosen = journal.entries.iter().zip(states).filter(|&(_, &state)| wanted(state));
    chosen.map(|(entry, _)| entry.path.clone()).collect()
}

fn roll_back(root: &Path, journal: &Journal, folder: &StateFolder) -> Result<(), StepFailure> {
    remove_temps(root, journal)?;
    for (index, entry) in journal.entries.iter().enumerate() {
        put_back(root, journal, index).map_err(|error| (entry.path.clone(), error))?;
    }
    discard(root, journal, folder)
}

/// Gives one file its old content again; false when it has it already.
pub(super) fn put_back(root: &Path, journal: &Journal, index: usize) -> io::Result<bool> {
    let entry = &journal.entries[index];
    match state_of(root, entry)? {
        State::Before => Ok(false),
        State::Other => Err(io::Error::other("it was changed by another program")),
        State::After | State::Torn => {
            let (target, temp) = (root.join(&entry.target), root.join(journal.temp(index)));
            let content = entry.before.as_deref();
            Staged::prepare(&target, &temp, content, &entry.attributes)?.commit(&target, &temp, content)?;
            Ok(true)
        }
    }
}

/// Takes away the new contents that were not put in place.
pub(super) fn remove_temps(root: &Path, journal: &Journal) -> Result<(), StepFailure> {
    (0..journal.entries.len()).try_for_each(|index| {
        let temp = root.join(journal.temp(index));
        disk::remove_if_there(&temp).map_err(|error| (temp, error))
    })
}

/// Makes the old tree durable, and only then forgets the journal.
pub(super) fn discard(root: &Path, journal: &Journal, folder: &StateFolder) -> Result<(), StepFailure> {
    for place in journal.folders() {
        let place = root.join(place);
        disk::sync_folder(&place).map_err(|error| (place, error))?;
    }
    disk::remove_if_there(&folder.journal()).map_err(|error| (folder.journal(), error))
}

fn open(journal: &Path) -> Result<StateFolder, RecoverError> {
    StateFolder::open(journal.parent().unwrap_or(journal)).map_err(|error| match error {
        StateError::Busy(folder) => RecoverError::Busy(folder),
        StateError::Unwritable(reasons) => {
            let source = reasons.into_iter().next().map_or_else(|| io::ErrorKind::Other.into(), |(_, error)| error);
            RecoverError::Io { path: journal.to_owned(), source }
        }
    })
}
