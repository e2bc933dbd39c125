//! The questions that git is asked: which files have changes that are not committed, and which belong to the work tree.
//!
//! A repository's own configuration can name programs that git starts for it, and a repository can come from anywhere.
//! None of them is started from here. Read [`uncommitted`] first.
#![allow(clippy::disallowed_methods, reason = "this is where git is run")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is said on git's command line outranks every configuration.
const SAFE: [&str; 6] = [
    // A program that tells which files have changed.
    "-c",
    "core.fsmonitor=false",
    // Programs to run when the index is written, which `status` does to remember what it saw.
    "-c",
    "core.hooksPath=/dev/null",
    // A folder of the tree that has the shape of a repository without being checked out as one.
    "-c",
    "safe.bareRepository=explicit",
];

/// The files, relative to `root`, with uncommitted changes. None where there is no git, or `root` is in no work tree.
pub(crate) fn uncommitted(root: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().filter(|file| is_uncommitted(&root.join(file)).unwrap_or(false)).cloned().collect()
}

/// `None` when git does not say.
fn is_uncommitted(file: &Path) -> Option<bool> {
    // From its own folder, since that may belong to a submodule.
    let (folder, name) = (file.parent()?, file.file_name()?);
    let mut status = git(folder);
    for filter in filters(folder) {
        // Such a name cannot be said on a command line, so git is not asked.
        if filter.contains(['=', char::REPLACEMENT_CHARACTER]) {
            return Some(true);
        }
        // Without a program, and content that lacks it is no error.
        for setting in ["clean=", "process=", "required=false"] {
            status.args(["-c", &format!("{filter}.{setting}")]);
        }
    }
    status.args(["status", "--porcelain", "--untracked-files=all", "--ignored=no", "--ignore-submodules=all", "--"]);
    Some(!answer(status.arg(Path::new(".").join(name)))?.is_empty())
}

/// The configured programs through which git would pass the content of files: `filter.lfs`, for example.
fn filters(folder: &Path) -> Vec<String> {
    let mut list = git(folder);
    list.args(["config", "--includes", "--null", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process)$"]);
    let names = answer(&mut list).unwrap_or_default();
    let names = names.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    names.filter_map(|name| Some(name.rsplit_once('.')?.0.to_owned())).collect()
}

fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("--no-optional-locks").arg("-C").arg(folder).args(SAFE);
    // Set where a hook of git has started this program, and true for git's own folder only.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        git.env_remove(variable);
    }
    // What is missing in a partial clone would be fetched, by whatever the configuration names.
    git.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
    git.stdin(Stdio::null()).stderr(Stdio::null());
    git
}

/// What git answers; nothing when it fails.
fn answer(git: &mut Command) -> Option<Vec<u8>> {
    let output = git.output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The files below `root` that are tracked or could be, relative to it; `None` where there is no git, or `root` is in no work tree.
#[cfg(unix)]
pub(crate) fn files(root: &Path) -> Option<Vec<PathBuf>> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let mut list = git(root);
    list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = answer(&mut list)?;
    let names = output.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Some(names.map(|name| PathBuf::from(OsStr::from_bytes(name))).collect())
}
