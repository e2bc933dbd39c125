//! What goes to stdout and what to stderr, in which colour, and when nobody reads it.

use std::process::Stdio;

use crate::Project;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sentry-codemod");
const ESCAPE: &str = "\u{1b}[";

#[test]
fn stdout_has_the_diff_and_nothing_else() {
    let run = Project::flask().run(&[]);
    assert!(run.diff().starts_with("diff --git a/app.py b/app.py\n--- a/app.py\n+++ b/app.py\n@@"), "{}", run.diff());
    assert!(!run.stderr.contains("diff --git") && run.stderr.contains("Flask"), "{}", run.stderr);
}

#[test]
fn colour_only_when_asked_for_or_on_a_terminal() {
    let project = Project::flask();
    assert!(!project.run(&[]).diff().contains(ESCAPE));
    assert!(!project.run(&["--color", "never"]).diff().contains(ESCAPE));
    assert!(project.run(&["--color", "always"]).diff().contains(ESCAPE));
}

#[test]
fn colour_by_the_environment() {
    let project = Project::flask();
    let diff = |name: &str, flag: &str| {
        let output = project.command(PROGRAM).arg(flag).env(name, "1").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(diff("CLICOLOR_FORCE", "--dry-run").contains(ESCAPE));
    assert!(!diff("CLICOLOR_FORCE", "--color=never").contains(ESCAPE));
    assert!(!diff("NO_COLOR", "--dry-run").contains(ESCAPE));
    assert!(diff("NO_COLOR", "--color=always").contains(ESCAPE));
}

#[test]
fn reader_who_has_seen_enough() {
    let project = Project::flask();
    let mut child = project.command(PROGRAM).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take()); // as `| head -1` does
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("panicked") && !stderr.contains("error:"), "{stderr}");
}

#[test]
fn story_that_nobody_reads() {
    let project = Project::flask();
    let mut child = project.command(PROGRAM).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.starts_with(b"diff --git"));
}
