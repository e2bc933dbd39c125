//! Edits carried out in memory, and the proof that nothing else changed. Read [`rewrite`] first.

use std::path::PathBuf;

use changeset::{Changeset, ChangesetError, FileChange};
use python_project::Workspace;
use python_source::{Source, preserved_but_for};

use crate::plan::{FileEdits, Fix, Keeps, NewFile, Plan};

/// Why edits are not carried out. Each is a bug of this program: the files stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// The edits of a file contradict each other.
    #[error("{}: {source}", path.display())]
    Edits {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        source: changeset::EditError,
    },
    /// A file could not be read a second time.
    #[error("{0}")]
    Unreadable(python_project::Problem),
    /// The edited file has lost something, or is no Python any more.
    #[error("{}: the edit would have changed more than it should: {message}", path.display())]
    Lost {
        /// The file.
        path: PathBuf,
        /// What was lost.
        message: String,
    },
    /// The same file twice, or a path outside.
    #[error(transparent)]
    Changeset(#[from] ChangesetError),
}

/// The files as all plans together leave them.
///
/// # Errors
/// When a result is not what was meant; nothing is changed then.
pub fn rewrite<'a>(
    workspace: &Workspace,
    plans: impl IntoIterator<Item = &'a Plan>,
) -> Result<Changeset, RewriteError> {
    let fixes: Vec<&Fix> = plans.into_iter().filter_map(|plan| plan.fix.as_ref()).collect();
    let mut files: Vec<FileEdits> = Vec::new();
    for edits in fixes.iter().flat_map(|fix| &fix.files) {
        match files.iter_mut().find(|file| file.path == edits.path) {
            // Two projects may share a module or a manifest; what both want is wanted once.
            Some(file) if file.edits == edits.edits => {}
            Some(file) => {
                file.edits.extend(edits.edits.iter().cloned());
                file.keeps.allow(&edits.keeps);
            }
            None => files.push(edits.clone()),
        }
    }
    let mut changes = files.into_iter().map(|file| change(workspace, file)).collect::<Result<Vec<_>, _>>()?;
    let mut created: Vec<&NewFile> = fixes.iter().flat_map(|fix| &fix.created).collect();
    created.dedup();
    changes.extend(created.into_iter().map(|file| FileChange::created(&file.path, file.text.as_bytes())));
    Ok(Changeset::new(workspace.root(), changes)?)
}

fn change(workspace: &Workspace, file: FileEdits) -> Result<FileChange, RewriteError> {
    let before = workspace.read(&file.path).map_err(RewriteError::Unreadable)?.to_vec();
    let change = FileChange::edited(&file.path, before.clone(), &file.edits)
        .map_err(|source| RewriteError::Edits { path: file.path.clone(), source })?;
    if file.keeps == Keeps::Bytes && file.edits.iter().any(|edit| !edit.range.is_empty()) {
        let message = "bytes would have been replaced".to_owned();
        return Err(RewriteError::Lost { path: file.path, message });
    }
    if let (Keeps::Statements { calls }, Some(after)) = (&file.keeps, &change.after) {
        let lost = |message: String| RewriteError::Lost { path: file.path.clone(), message };
        let before = Source::decode(before).map_err(|error| lost(error.to_string()))?;
        let after = Source::decode(after.clone()).map_err(|error| lost(error.to_string()))?;
        preserved_but_for(&before, &after, calls).map_err(|error| lost(error.to_string()))?;
    }
    Ok(change)
}
