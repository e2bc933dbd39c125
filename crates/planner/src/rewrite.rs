//! Edits carried out in memory, and the proof that nothing else changed. Read [`rewrite`] first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use changeset::{Changeset, ChangesetError, Edit, FileChange};
use python_project::Workspace;
use python_source::{Source, preserved_but_for, same_shape};

use crate::fix::{FileEdits, Fix, Keeps, NewFile};

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

/// The files as all fixes together leave them; none may contradict another, as [`compatible`](crate::fix::compatible) sees to.
///
/// # Errors
/// When a result is not what was meant; nothing is changed then.
pub fn rewrite<'a>(workspace: &Workspace, fixes: impl IntoIterator<Item = &'a Fix>) -> Result<Changeset, RewriteError> {
    let mut files: BTreeMap<&Path, Vec<FileEdits>> = BTreeMap::new();
    let mut created: Vec<&NewFile> = Vec::new();
    for fix in fixes {
        for file in &fix.files {
            let known = files.entry(&file.path).or_default();
            let wanted = |edit: &&Edit| known.iter().any(|other| other.edits.contains(edit));
            // Two projects may share a module or a manifest, two fixes an import; what both want is wanted once.
            let edits = file.edits.iter().filter(|edit| !wanted(edit)).cloned().collect();
            known.push(FileEdits { edits, ..file.clone() });
        }
        created.extend(fix.created.iter().filter(|file| !created.contains(file)).collect::<Vec<_>>());
    }
    let mut changes = files.into_values().map(|parts| change(workspace, &parts)).collect::<Result<Vec<_>, _>>()?;
    changes.extend(created.into_iter().map(|file| FileChange::created(&file.path, file.text.as_bytes())));
    Ok(Changeset::new(workspace.root(), changes)?)
}

/// One file after all parts of its edits.
fn change(workspace: &Workspace, parts: &[FileEdits]) -> Result<FileChange, RewriteError> {
    let path = parts.first().map(|part| part.path.clone()).unwrap_or_default();
    let before = workspace.read(&path).map_err(RewriteError::Unreadable)?.to_vec();
    let edits: Vec<Edit> = parts.iter().flat_map(|part| part.edits.iter().cloned()).collect();
    let change = FileChange::edited(&path, before.clone(), &edits)
        .map_err(|source| RewriteError::Edits { path: path.clone(), source })?;
    let lost = |message: String| RewriteError::Lost { path: path.clone(), message };
    if parts.iter().any(|part| part.keeps == Keeps::Bytes && part.edits.iter().any(|edit| !edit.range.is_empty())) {
        return Err(lost("bytes would have been replaced".to_owned()));
    }
    if let Some(after) = &change.after {
        check(&before, parts, after.clone()).map_err(lost)?;
    }
    Ok(change)
}

/// Checks that a Python source has kept what its edits must keep: first those that add statements, then those inside them.
fn check(before: &[u8], parts: &[FileEdits], after: Vec<u8>) -> Result<(), String> {
    let decode = |bytes: Vec<u8>| Source::decode(bytes).map_err(|error| error.to_string());
    let additions = |part: &&FileEdits| matches!(part.keeps, Keeps::Statements { .. });
    let calls: Vec<String> = parts.iter().filter_map(|part| part.keeps.calls()).flatten().cloned().collect();
    let has = |keeps: Keeps| parts.iter().any(|part| part.keeps == keeps);
    if parts.iter().any(|part| additions(&part)) {
        let edits: Vec<Edit> = parts.iter().filter(additions).flat_map(|part| part.edits.iter().cloned()).collect();
        let added = decode(changeset::apply_edits(before, &edits).map_err(|error| error.to_string())?)?;
        preserved_but_for(&decode(before.to_vec())?, &added, &calls).map_err(|error| error.to_string())?;
        if has(Keeps::Shape) && !has(Keeps::Syntax) {
            return same_shape(&added, &decode(after)?).map_err(|error| error.to_string());
        }
    } else if has(Keeps::Shape) && !has(Keeps::Syntax) {
        return same_shape(&decode(before.to_vec())?, &decode(after)?).map_err(|error| error.to_string());
    }
    if has(Keeps::Syntax) {
        python_source::parse(&decode(after)?).map_err(|error| error.to_string())?;
    }
    Ok(())
}
