//! A project in a folder of its own, and the program run on it as a user would run it. Read [`Project`] first.
//!
//! Nothing of the machine gets in: not its environment, not its git configuration, not the folder where the program
//! keeps what `undo` needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A Python project in a temporary folder.
pub(crate) struct Project {
    temp: TempDir,
    name: String,
}

/// Every file below a folder: its path from there, whether it is executable, its bytes.
pub(crate) type Tree = BTreeMap<PathBuf, (bool, Vec<u8>)>;

/// What a run of the program left.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    /// The diff, and nothing else.
    pub(crate) stdout: Vec<u8>,
    /// The story.
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("the story is text"),
        }
    }
}

impl Project {
    /// An empty project; its folder has this name.
    pub(crate) fn empty(name: &str) -> Self {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir(temp.path().join(name)).unwrap();
        Self { temp, name: name.to_owned() }
    }

    /// Its folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.temp.path().join(&self.name)
    }

    /// Runs `sentry-codemod ARGUMENTS` in its folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.command(env!("CARGO_BIN_EXE_sentry-codemod")).args(arguments).output().unwrap().into()
    }

    /// A command to run in its folder.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.temp.path().join("home"))
            .env("XDG_STATE_HOME", self.temp.path().join("state"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", self.temp.path());
        command
    }

    /// Its files. Links and what git keeps are left out.
    pub(crate) fn tree(&self) -> Tree {
        let mut tree = Tree::new();
        read_tree(&self.root(), Path::new(""), &mut tree);
        tree
    }
}

fn read_tree(folder: &Path, relative: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (kind, path) = (entry.file_type().unwrap(), relative.join(entry.file_name()));
        if kind.is_dir() && entry.file_name() != ".git" {
            read_tree(&entry.path(), &path, tree);
        } else if kind.is_file() {
            tree.insert(path, (is_executable(&entry.path()), fs::read(entry.path()).unwrap()));
        }
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    false
}
