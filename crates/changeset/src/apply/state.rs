//! Where the journal and the undo record of a root are kept. Read [`StateDir`] first. Never touches the user's files.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::disk;

/// The name under which every candidate keeps its state.
const NAME: &str = "sentry-codemod";

/// The folders in which the state of one root may be kept, best first.
///
/// The first one that can be written is used, and all are searched when something is to be recovered or undone, so a
/// folder that was read-only yesterday hides nothing today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDir {
    candidates: Vec<PathBuf>,
}

impl StateDir {
    /// This folder and no other.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { candidates: vec![folder.into()] }
    }

    /// The folders for a root, all of them outside the user's files:
    ///
    /// 1. the git folder, when the root lies in a work tree: `.git/sentry-codemod/<hash>`, a hash of the root's place in
    ///    the work tree, so that the state moves with it;
    /// 2. the user's state folder: `$XDG_STATE_HOME` or `~/.local/state`, `~/Library/Application Support` on macOS,
    ///    `%LOCALAPPDATA%` on Windows, and in it `sentry-codemod/<hash of the root>`.
    ///
    /// None lies among the files themselves: a journal is obeyed, and one that came with a repository could have any
    /// file of the tree written, a git hook for example.
    ///
    /// Looks for `.git` on the disk and at the environment; creates nothing.
    pub fn for_root(root: &Path) -> Self {
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let in_git = WorkTree::around(&root).map(|tree| tree.git_dir.join(NAME).join(short_hash(&tree.root_in_tree)));
        let in_home = state_home(|name| std::env::var_os(name)).map(|home| home.join(NAME).join(short_hash(&root)));
        Self { candidates: in_git.into_iter().chain(in_home).collect() }
    }

    /// The file of this name in any of the folders; the newest if several have one.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        let found = self.candidates.iter().map(|folder| folder.join(name)).filter(|file| file.is_file());
        found.max_by_key(|file| fs::metadata(file).and_then(|meta| meta.modified()).ok())
    }

    /// The first folder that can be created and written, locked for this process.
    pub(super) fn open(&self) -> Result<StateFolder, StateError> {
        let mut tried = Vec::new();
        for folder in &self.candidates {
            match StateFolder::open(folder) {
                Ok(folder) => return Ok(folder),
                Err(StateError::Unwritable(reasons)) => tried.extend(reasons),
                Err(busy) => return Err(busy),
            }
        }
        Err(StateError::Unwritable(tried))
    }
}

/// Why no folder could be opened.
#[derive(Debug)]
pub(super) enum StateError {
    /// Another process holds the lock of this folder.
    Busy(PathBuf),
    /// No candidate could be created or written.
    Unwritable(Vec<(PathBuf, io::Error)>),
}

/// One state folder that this process alone may write until the value goes away, by whatever end.
#[derive(Debug)]
pub(super) struct StateFolder {
    path: PathBuf,
    /// The lock ends with the process at the latest, so a killed one leaves none behind.
    lock: File,
}

impl Drop for StateFolder {
    /// Closing the file is not enough: a child process that is being started at this moment has it open too.
    fn drop(&mut self) {
        // Where there was no lock there is none to give back.
        let _ = self.lock.unlock();
    }
}

/// The file that says an apply is under way.
pub(super) const JOURNAL: &str = "journal";
/// The file that says what the last apply did: the journal, renamed.
pub(super) const RECORD: &str = "undo";

impl StateFolder {
    /// Opens and locks one folder, which is created when it is not there.
    pub(super) fn open(folder: &Path) -> Result<Self, StateError> {
        let unwritable = |error| StateError::Unwritable(vec![(folder.to_owned(), error)]);
        disk::create_private_folder(folder).map_err(unwritable)?;
        let lock = disk::open_lock(&folder.join("lock")).map_err(unwritable)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => Err(StateError::Busy(folder.to_owned())),
            // Some network file systems know no locks. To work without one is better there than not to work.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Self { path: folder.to_owned(), lock }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    pub(super) fn record(&self) -> PathBuf {
        self.path.join(RECORD)
    }
}

/// Where `root` lies in its git work tree (empty for the top), or nothing when it lies in none.
///
/// This is the prefix that [`unified_diff`](crate::unified_diff) needs.
pub fn path_in_work_tree(root: &Path) -> Option<PathBuf> {
    WorkTree::around(&root.canonicalize().ok()?).map(|tree| tree.root_in_tree)
}

struct WorkTree {
    git_dir: PathBuf,
    root_in_tree: PathBuf,
}

impl WorkTree {
    /// The nearest work tree around a canonical path.
    fn around(root: &Path) -> Option<Self> {
        root.ancestors().find_map(|top| {
            let git_dir = git_dir(top)?;
            let root_in_tree = root.strip_prefix(top).ok()?.to_owned();
            Some(Self { git_dir, root_in_tree })
        })
    }
}

/// The git folder of a work tree: `.git` itself, or where the file `.git` points (linked work trees, submodules).
fn git_dir(top: &Path) -> Option<PathBuf> {
    let dot_git = top.join(".git");
    let git_dir = if dot_git.is_file() {
        let text = fs::read_to_string(&dot_git).ok()?;
        top.join(text.strip_prefix("gitdir:")?.trim())
    } else {
        dot_git
    };
    // Where there is no HEAD, git itself does not take it for a repository.
    git_dir.join("HEAD").is_file().then_some(git_dir)
}

fn state_home(var: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name| var(name).map(PathBuf::from).filter(|path| path.is_absolute());
    // Where the variable is not set, as in many containers, the system's list of users knows it.
    let home = || folder("HOME").or_else(std::env::home_dir);
    if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_STATE_HOME").or_else(|| home().map(|home| home.join(".local/state")))
    }
}

/// Enough of the SHA-256 of a path to name a folder.
fn short_hash(path: &Path) -> String {
    disk::hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree_with_git(git: &Path) -> tempfile::TempDir {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join(git)).unwrap();
        fs::write(tree.path().join(git).join("HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::create_dir_all(tree.path().join("web/app")).unwrap();
        tree
    }

    #[test]
    fn a_root_in_a_work_tree_keeps_its_state_in_the_git_folder() {
        let tree = tree_with_git(Path::new(".git"));
        let top = tree.path().canonicalize().unwrap();
        let state = StateDir::for_root(&top.join("web"));
        assert!(state.candidates[0].starts_with(top.join(".git").join(NAME)));
        assert_ne!(state.candidates[0], StateDir::for_root(&top).candidates[0]);
        assert_eq!(path_in_work_tree(&top.join("web/app")), Some("web/app".into()));
        assert_eq!(path_in_work_tree(&top), Some(PathBuf::new()));
    }

    #[test]
    fn a_git_file_is_followed_to_the_folder_it_names() {
        let tree = tree_with_git(Path::new("elsewhere"));
        fs::write(tree.path().join("web/.git"), "gitdir: ../elsewhere\n").unwrap();
        let web = tree.path().canonicalize().unwrap().join("web");
        let state = StateDir::for_root(&web);
        assert!(state.candidates[0].starts_with(web.join("../elsewhere").join(NAME)));
    }

    #[test]
    fn no_state_lies_among_the_files_of_the_root() {
        let root = tempfile::tempdir().unwrap();
        let top = root.path().canonicalize().unwrap();
        let candidates = StateDir::for_root(&top).candidates;
        assert!(candidates.iter().all(|folder| !folder.starts_with(&top)), "{candidates:?}");
    }

    #[test]
    #[cfg(all(unix, not(target_os = "macos")))]
    fn the_state_home_is_xdg_or_below_home() {
        let var = |name: &str| (name == "HOME").then(|| "/home/u".into());
        assert_eq!(state_home(var), Some("/home/u/.local/state".into()));
        assert_eq!(state_home(|_| Some("/xdg".into())), Some("/xdg".into()));
        // Neither set, or set to what is no place: the user's own home, as the system knows it.
        let of_user = std::env::home_dir().map(|home| home.join(".local/state"));
        assert_eq!(state_home(|_| Some("relative".into())), of_user);
        assert_eq!(state_home(|_| None), of_user);
    }

    #[test]
    fn a_folder_that_cannot_be_made_gives_way_to_the_next() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("file"), "").unwrap();
        let state = StateDir { candidates: vec![place.path().join("file/state"), place.path().join("good")] };
        assert_eq!(state.open().unwrap().path(), place.path().join("good"));
    }

    #[test]
    fn two_processes_do_not_write_at_once() {
        let place = tempfile::tempdir().unwrap();
        let state = StateDir::at(place.path());
        let _first = state.open().unwrap();
        assert!(matches!(state.open(), Err(StateError::Busy(_))));
    }
}
