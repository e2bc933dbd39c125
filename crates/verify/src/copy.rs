//! A copy of a project with a planned change, in a temporary folder. Read [`ProjectCopy`]; it never writes outside of it.
#![allow(clippy::disallowed_methods, reason = "files are copied into a folder of verify's own")]

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use changeset::{ApplyError, Changeset, ChangesetError, StateDir};
use tempfile::TempDir;

use crate::{CopyOf, session};

/// Files that programs need and repositories ignore.
const IGNORED_BUT_NEEDED: &[&str] = &[".env", ".env.local", ".flaskenv", "db.sqlite3", "local_settings.py"];

/// The copy. Dropping it removes it.
pub struct ProjectCopy {
    scratch: TempDir,
    root: PathBuf,
    original: PathBuf,
    planned: Vec<PathBuf>,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A file could not be copied.
    #[error("`{}` cannot be copied: {error}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// The change does not fit together.
    #[error(transparent)]
    Change(#[from] ChangesetError),
    /// The change could not be made in the copy.
    #[error("the planned change cannot be made in the copy: {0}")]
    Apply(#[from] Box<ApplyError>),
}

impl ProjectCopy {
    /// Copies `files`, each relative to the change's root, and what repositories ignore although programs need it; then makes the change.
    ///
    /// # Errors
    /// When a file cannot be copied or the change cannot be made.
    pub fn make(changeset: &Changeset, files: &[PathBuf]) -> Result<Self, CopyError> {
        let original = changeset.root().to_owned();
        let named = |path: &Path| {
            let path = path.to_owned();
            move |error| CopyError::File { path, error }
        };
        let scratch = tempfile::Builder::new().prefix(session::FOLDER).tempdir().map_err(named(&original))?;
        // A program may go by the name of its folder.
        let root = scratch.path().join(original.file_name().unwrap_or("project".as_ref()));
        fs::create_dir(&root).map_err(named(&root))?;
        for file in files.iter().chain(&changed(changeset)).chain(&ignored_but_needed(&original, files)) {
            copy_file(&original.join(file), &root.join(file)).map_err(named(file))?;
        }
        let changes = changeset.changes().to_vec();
        let planned = changes.iter().map(|change| change.path.clone()).filter(|path| is_python(path)).collect();
        let state = StateDir::at(scratch.path().join("state"));
        changeset::apply(&Changeset::new(&root, changes)?, &state).map_err(Box::new)?;
        Ok(Self { scratch, root, original, planned })
    }

    /// The folder that takes the place of `path` of the project; `None` when there is none.
    pub fn counterpart(&self, path: &Path) -> Option<PathBuf> {
        let counterpart = self.root.join(path.strip_prefix(&self.original).ok()?);
        counterpart.exists().then_some(counterpart)
    }

    /// Its top folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What a [`crate::Job`] has to know of it; `import_roots` are relative to its top folder.
    pub fn description(&self, import_roots: &[PathBuf]) -> CopyOf {
        CopyOf {
            root: self.root.clone(),
            original: self.original.clone(),
            scratch: self.scratch.path().to_owned(),
            import_roots: import_roots.iter().map(|folder| self.root.join(folder)).collect(),
            planned: self.planned.clone(),
        }
    }
}

/// Files that the change is made to: they have to be there, also when a repository ignores them.
fn changed(changeset: &Changeset) -> Vec<PathBuf> {
    let is_there = |path: &PathBuf| changeset.root().join(path).exists();
    changeset.changes().iter().map(|change| change.path.clone()).filter(is_there).collect()
}

fn ignored_but_needed(root: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders: Vec<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    folders.push(Path::new(""));
    folders.sort();
    folders.dedup();
    let candidates = folders.iter().flat_map(|folder| IGNORED_BUT_NEEDED.iter().map(|name| folder.join(name)));
    candidates.filter(|file| root.join(file).is_file()).collect()
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

/// Copies a file or a link; what is neither (a folder of another repository, a socket) is left out, as is what is gone by now.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(kind) = fs::symlink_metadata(from).map(|metadata| metadata.file_type()) else { return Ok(()) };
    if fs::symlink_metadata(to).is_ok() {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    if kind.is_symlink() {
        symlink(fs::read_link(from)?, to)
    } else if kind.is_file() {
        fs::copy(from, to).map(drop)
    } else {
        Ok(())
    }
}

/// The files of a project that is in no repository: all but environments, caches and what belongs to other tools.
pub fn files_below(root: &Path) -> Vec<PathBuf> {
    const LEFT_OUT: &[&str] =
        &[".git", ".hg", "__pycache__", "node_modules", ".tox", ".nox", ".mypy_cache", ".ruff_cache"];
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let is_left_out = LEFT_OUT.iter().any(|name| entry.file_name() == *name);
            match is_folder {
                true if is_left_out || root.join(&path).join("pyvenv.cfg").exists() => {}
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files
}
