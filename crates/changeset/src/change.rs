//! What a run wants to change, as a value. Read [`Changeset`] first. Never touches the disk.

use std::path::{Path, PathBuf};

use crate::edit::{Edit, EditError, apply_edits};
use crate::path::is_plain;

/// The permission bits of a new file that nobody said anything else about.
const ORDINARY_MODE: u32 = 0o644;

/// One file before and after. `before` is absent for a new file, `after` for one that goes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Where the file is, seen from the root of its changeset; the platform's own bytes.
    pub path: PathBuf,
    /// What the file held when it was read.
    pub before: Option<Vec<u8>>,
    /// What it shall hold.
    pub after: Option<Vec<u8>>,
    /// Unix permission bits (`0o755`). A new file gets them, less the umask; a diff that creates or deletes shows them.
    /// A file that stays keeps the mode it has on disk, whatever stands here.
    pub mode: u32,
}

impl FileChange {
    /// A file that was read as `before` and gets these edits.
    ///
    /// # Errors
    /// When the edits overlap or lie outside the file.
    pub fn edited(path: impl Into<PathBuf>, before: Vec<u8>, edits: &[Edit]) -> Result<Self, EditError> {
        let after = apply_edits(&before, edits)?;
        Ok(Self { path: path.into(), before: Some(before), after: Some(after), mode: ORDINARY_MODE })
    }

    /// A file that is not there yet. Its folder has to be.
    pub fn created(path: impl Into<PathBuf>, after: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), before: None, after: Some(after.into()), mode: ORDINARY_MODE }
    }

    /// A file that goes away; `mode` is the one it has, for the diff.
    pub fn deleted(path: impl Into<PathBuf>, before: Vec<u8>, mode: u32) -> Self {
        Self { path: path.into(), before: Some(before), after: None, mode }
    }
}

/// The changes of one run below one root, sorted by path: no file twice, none that stays the same, none outside the
/// root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changeset {
    root: PathBuf,
    changes: Vec<FileChange>,
}

/// Why changes do not make a changeset. Both are bugs of whoever made the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangesetError {
    /// A path that is absolute, empty, or has `.` or `..` in it.
    #[error("`{}` is not a path below the root", .0.display())]
    NotBelowRoot(PathBuf),
    /// Two changes of one file.
    #[error("`{}` is changed twice", .0.display())]
    Twice(PathBuf),
}

impl Changeset {
    /// Sorts the changes and drops those that change nothing.
    ///
    /// # Errors
    /// When a path leads out of `root`, or two changes speak of one path.
    pub fn new(root: impl Into<PathBuf>, mut changes: Vec<FileChange>) -> Result<Self, ChangesetError> {
        if let Some(stray) = changes.iter().find(|change| !is_plain(&change.path)) {
            return Err(ChangesetError::NotBelowRoot(stray.path.clone()));
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        if let Some(pair) = changes.windows(2).find(|pair| pair[0].path == pair[1].path) {
            return Err(ChangesetError::Twice(pair[0].path.clone()));
        }
        changes.retain(|change| change.before != change.after);
        Ok(Self { root: root.into(), changes })
    }

    /// The folder that every path is seen from.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The changes, sorted by path.
    pub fn changes(&self) -> &[FileChange] {
        &self.changes
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_sorted_and_those_without_effect_dropped() {
        let same = FileChange::edited("m.py", b"x\n".to_vec(), &[]).unwrap();
        let changeset =
            Changeset::new("/r", vec![FileChange::created("b", ""), same, FileChange::created("a", "1")]).unwrap();
        let paths: Vec<_> = changeset.changes().iter().map(|change| change.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["a", "b"]);
    }

    #[test]
    fn paths_that_could_leave_the_root_are_refused() {
        for path in ["", "/etc/passwd", "../x", "a/../../x", "./x"] {
            let refused = Changeset::new("/r", vec![FileChange::created(path, "")]);
            assert_eq!(refused, Err(ChangesetError::NotBelowRoot(path.into())));
        }
    }

    #[test]
    fn one_file_cannot_be_changed_twice() {
        let twice = vec![FileChange::created("a/b", "1"), FileChange::created("a//b", "2")];
        assert_eq!(Changeset::new("/r", twice), Err(ChangesetError::Twice("a/b".into())));
    }
}
