//! Why files were not written, undone or recovered, and what to do about it. Read [`ApplyError`] first.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use super::state::StateError;

/// Why a changeset was not applied. Whatever the reason, [`Failure::left`] names the only files that may not be as they
/// were.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The root itself cannot be reached.
    #[error("cannot open `{}`: {source}", path.display())]
    Root {
        /// The root of the changeset.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Some files must not be written. Nothing was.
    #[error("nothing was written:{}", lines(.0))]
    Refused(Vec<Refusal>),
    /// An earlier apply was cut short and waits for [`recover`](crate::recover). Nothing was written.
    #[error("an earlier run was interrupted; its journal `{}` has to be recovered first", .0.display())]
    Interrupted(PathBuf),
    /// Another process is applying to this root. Nothing was written.
    #[error("another run is writing (it holds `{}`); try again when it is done", .0.display())]
    Busy(PathBuf),
    /// There is nowhere to keep the journal. Nothing was written.
    #[error("nothing was written, there is no folder for the journal:{}\n  make one of them writable, or set XDG_STATE_HOME to one that is", tried(.0))]
    NoState(Vec<(PathBuf, io::Error)>),
    /// Writing failed on the way; what had been replaced was put back.
    #[error(transparent)]
    Failed(Box<Failure>),
}

/// A failure on the way, and what was done about it.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {source}; {}", path.display(), self.outcome())]
pub struct Failure {
    /// The file (or journal) at which it failed.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
    /// Files that had been replaced and have their old content again.
    pub restored: Vec<PathBuf>,
    /// Files that could not be put back, each with the reason. Their old content is in the journal.
    pub left: Vec<(PathBuf, io::Error)>,
    /// Where the journal is; it exists only when `left` has something in it.
    pub journal: PathBuf,
}

impl Failure {
    fn outcome(&self) -> String {
        if !self.left.is_empty() {
            let journal = self.journal.display();
            format!("not put back:{}; their old content is in `{journal}`", tried(&self.left))
        } else if self.restored.is_empty() {
            "no file was changed".to_owned()
        } else {
            format!("every file is as it was (put back: {})", names(&self.restored))
        }
    }
}

/// One file that must not be written.
#[derive(Debug, thiserror::Error)]
#[error("`{}` {reason}", path.display())]
pub struct Refusal {
    /// The file, seen from the root.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why a file must not be written.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// Its bytes are not those that the plan was made for.
    #[error("has changed since it was read; run again")]
    Changed,
    /// Its bytes are not those that the last apply left.
    #[error("has changed since the last apply; put that change aside, then undo")]
    ChangedSinceApply,
    /// It was there when it was read.
    #[error("is not there any more; put it back, or run again")]
    Vanished,
    /// It should be new.
    #[error("is already there; move it away, or run again")]
    InTheWay,
    /// A symbolic link leads out of the root.
    #[error("lies outside the project, at `{}`; run in the project that holds it", .0.display())]
    Outside(PathBuf),
    /// A new file's folder is missing.
    #[error("has no folder; make it and run again")]
    NoFolder,
    /// A folder, a device, a pipe.
    #[error("is not a regular file; leave it out")]
    NotAFile,
    /// This user may not write it.
    #[error("is read-only; make it writable or leave it out")]
    ReadOnly,
    /// To delete the file behind a link would leave a link to nothing.
    #[error("is a symbolic link and cannot be deleted; delete it by hand")]
    LinkDeleted,
    /// Two paths of one changeset lead to one file.
    #[error("is the same file as `{}`; leave one of them out", .0.display())]
    SameFile(PathBuf),
    /// The system did not let us look.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

/// A journal or undo record that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`: {why}", path.display())]
pub struct RecordError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// Why the last apply was not undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// Nothing was applied here, or it is undone already.
    #[error("there is nothing to undo")]
    Nothing,
    /// The undo record cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The old bytes could not be written, for the reasons that an apply has.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// Why an interrupted apply was not brought to an end.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The journal cannot be read, so no file can be put back from it.
    #[error("{0}; look at the files, then delete it")]
    Record(RecordError),
    /// These files hold neither the old nor the new content: somebody has edited them since. Nothing was written.
    #[error(
        "an interrupted run cannot be rolled back, since {} changed afterwards; the old content of every file is in `{}`: delete it to keep \
         the files as they are",
        names(files), journal.display()
    )]
    Changed {
        /// The files.
        files: Vec<PathBuf>,
        /// The journal with every old content.
        journal: PathBuf,
    },
    /// The process that writes the journal is alive.
    #[error("another run is writing (it holds `{}`); try again when it is done", .0.display())]
    Busy(PathBuf),
    /// A file could not be read or put back. The journal stays; recovering again goes on from here.
    #[error("cannot recover `{}`: {source}; run again when that is mended", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<StateError> for ApplyError {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Busy(folder) => Self::Busy(folder),
            StateError::Unwritable(reasons) => Self::NoState(reasons),
        }
    }
}

fn names(paths: &[PathBuf]) -> String {
    let quoted = paths.iter().map(|path| quoted(path));
    quoted.collect::<Vec<_>>().join(", ")
}

fn quoted(path: &Path) -> String {
    format!("`{}`", path.display())
}

fn tried(reasons: &[(PathBuf, io::Error)]) -> String {
    lines(&reasons.iter().map(|(path, error)| format!("{}: {error}", quoted(path))).collect::<Vec<_>>())
}

/// Each on a line of its own, indented.
fn lines(items: &[impl Display]) -> String {
    items.iter().map(|item| format!("\n  {item}")).collect()
}
