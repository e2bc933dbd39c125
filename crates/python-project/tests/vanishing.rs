//! The tree is walked first and read later: in between, another program may have been at it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test prepares files, and may fail")]

use std::fs;
use std::path::Path;

use python_project::{Vocabulary, Workspace};

/// A workspace of two modules, and what was done to the tree after the walk.
fn walked(disturb: impl Fn(&Path)) -> (Workspace, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["app.py", "other.py"] {
        fs::write(folder.path().join(name), "x = 1\n").unwrap();
    }
    let workspace = Workspace::discover(folder.path(), &Vocabulary::default(), |_| false);
    disturb(folder.path());
    (workspace, folder)
}

/// The module cannot be read for this reason, and the other one can.
#[track_caller]
fn is_unreadable(workspace: &Workspace, words: &str) {
    let module = |name: &str| workspace.module(workspace.find(Path::new(name)).unwrap());
    let problem = module("app.py").unwrap_err();
    assert!(problem.to_string().contains(words), "{problem}");
    assert!(module("other.py").is_ok());
    assert!(workspace.read(Path::new("app.py")).is_err());
}

#[test]
fn file_that_has_gone() {
    let (workspace, _folder) = walked(|root| fs::remove_file(root.join("app.py")).unwrap());
    is_unreadable(&workspace, "app.py: No such file");
}

#[test]
fn file_that_is_a_folder_now() {
    let (workspace, _folder) = walked(|root| {
        fs::remove_file(root.join("app.py")).unwrap();
        fs::create_dir(root.join("app.py")).unwrap();
    });
    is_unreadable(&workspace, "app.py: no regular file");
}

#[test]
#[cfg(unix)]
fn file_that_is_a_pipe_now() {
    let (workspace, _folder) = walked(|root| {
        fs::remove_file(root.join("app.py")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(root.join("app.py")).status().unwrap().success());
    });
    is_unreadable(&workspace, "app.py: no regular file");
}

#[test]
fn file_that_has_grown_beyond_measure() {
    let (workspace, _folder) = walked(|root| {
        fs::File::options().write(true).open(root.join("app.py")).unwrap().set_len(1 << 30).unwrap();
    });
    is_unreadable(&workspace, "app.py: larger than 8 MiB");
}
