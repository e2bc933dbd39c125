//! The text of one file on stdin, for editors.

use std::io::Write;
use std::process::Stdio;

use crate::support::Run;
use crate::{APP, Project};

impl Project {
    /// Runs the program with this text on stdin.
    fn run_with(&self, stdin: &[u8], arguments: &[&str]) -> Run {
        let mut command = self.command(env!("CARGO_BIN_EXE_sentry-codemod"));
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin).unwrap();
        child.wait_with_output().unwrap().into()
    }
}

#[test]
fn text_that_is_not_saved_is_what_counts() {
    let project = Project::flask();
    let before = project.tree();
    let unsaved = format!("{APP}\n# not saved\n");
    let run = project.run_with(unsaved.as_bytes(), &["--stdin-filename", "app.py"]);
    let text = run.diff();
    assert_eq!(run.code, 0);
    assert!(text.contains("sentry_sdk.init(") && text.ends_with("\n# not saved\n"), "{text}");
    assert!(run.stderr.contains("would change too: requirements.txt"), "{}", run.stderr);
    assert!(project.tree() == before);
}

#[test]
fn file_that_is_not_there_yet() {
    let project = Project::of(&[("requirements.txt", "flask\n")]);
    let run = project.run_with(APP.as_bytes(), &["--stdin-filename", "web.py", "--quiet"]);
    assert!(run.diff().contains("sentry_sdk.init("), "{}", run.diff());
    assert_eq!(run.stderr, "");
}

#[test]
fn file_that_needs_nothing_comes_back_as_it_is() {
    let project = Project::flask();
    let text = b"print('caf\xe9')\r\n# no newline";
    assert_eq!(project.run_with(text, &["--stdin-filename", "other.py"]).stdout, text);
}

#[test]
fn file_of_a_folder_that_is_not_there() {
    Project::flask().run_with(b"", &["--stdin-filename", "no/such/app.py"]).fails(2, "`no/such` does not exist");
}

#[test]
fn modes_that_write_make_no_sense_with_it() {
    Project::flask().run_with(b"", &["--stdin-filename", "app.py", "--apply"]).fails(2, "cannot be used with");
}
