//! The one question that git is asked: which of the files to be changed have changes that are not committed.
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
