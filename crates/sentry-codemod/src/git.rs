//! The questions that git is asked: which files have changes that are not committed, and which belong to the work tree.
#![allow(clippy::disallowed_methods, reason = "this is where git is run")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The files, relative to `root`, with uncommitted changes. None where there is no git, or `root` is in no work tree.
pub(crate) fn uncommitted(root: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
    let dirty = |file: &&PathBuf| {
        let output = Command::new("git")
            .arg("-C")
            .arg(root)
            // A repository's own configuration may name a program to run here.
            .args([
                "-c",
                "core.fsmonitor=false",
                "status",
                "--porcelain",
                "--untracked-files=all",
                "--ignored=no",
                "--",
            ])
            .arg(Path::new(".").join(file))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output();
        output.is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
    };
    files.iter().filter(dirty).cloned().collect()
}

/// The files below `root` that are tracked or could be, relative to it; `None` where there is no git, or `root` is in no work tree.
#[cfg(unix)]
pub(crate) fn files(root: &Path) -> Option<Vec<PathBuf>> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Some(names.map(|name| PathBuf::from(OsStr::from_bytes(name))).collect())
}
