//! The program at its command line: what it is asked, what it says, how it exits.
//!
//! What it does to whole projects is the business of `tests/projects.rs`. Read [`Project::of`] first.
#![allow(clippy::disallowed_methods, reason = "tests play the user: they write files and start programs")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stderr, reason = "a test that is passed over says so")]

mod arguments;
mod bad_input;
mod choices;
mod configuration;
mod crash;
mod doctor;
mod editor;
mod formats;
mod git;
mod large;
mod modes;
mod output;
mod rights;
mod shell;
#[path = "../support/mod.rs"]
mod support;
mod traps;
mod undo;
mod wizard;

use std::fs;

use support::{Project, Run};

/// A Flask application in one module.
const APP: &str = "\
from flask import Flask

app = Flask(__name__)
";

impl Project {
    /// A project of these files: paths and texts.
    fn of(files: &[(&str, &str)]) -> Self {
        let project = Self::empty("shop");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A Flask application and what it requires.
    fn flask() -> Self {
        Self::of(&[("app.py", APP), ("requirements.txt", "flask\n")])
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read_bytes(&self, path: &str) -> Vec<u8> {
        fs::read(self.root().join(path)).unwrap()
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }
}

impl Run {
    /// The diff as text.
    fn diff(&self) -> String {
        String::from_utf8(self.stdout.clone()).unwrap()
    }

    /// The lines that the diff adds to this file, without comments.
    fn added_to(&self, path: &str) -> Vec<String> {
        let diff = self.diff();
        let of_file =
            diff.split("diff --git ").find(|part| part.starts_with(&format!("a/{path} "))).unwrap_or_default();
        let added = of_file.lines().filter(|line| !line.starts_with("+++")).filter_map(|line| line.strip_prefix('+'));
        added.filter(|line| !line.trim_start().starts_with('#')).map(str::to_owned).collect()
    }

    /// The run failed with this code, said these words, and showed no diff.
    #[track_caller]
    fn fails(&self, code: i32, words: &str) {
        assert!(self.stderr.contains(words), "`{words}` is not in:\n{}", self.stderr);
        assert_eq!((self.code, self.diff()), (code, String::new()));
    }
}
