//! Taking a change back: `undo`, and what it refuses.

use std::fs;
use std::process::Command;

use crate::support::{Run, Tree};
use crate::{APP, Project};

impl Project {
    /// The Flask application after an apply, and its tree before.
    fn applied() -> (Self, Tree) {
        let project = Self::flask();
        let before = project.tree();
        assert_eq!(project.run(&["--apply"]).code, 0);
        assert!(project.tree() != before);
        (project, before)
    }
}

#[test]
fn every_file_is_put_back_and_named() {
    let (project, before) = Project::applied();
    let run = project.run(&["undo"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, "put back app.py\nput back requirements.txt\n"));
    assert!(project.tree() == before);
}

#[test]
fn twice_is_nothing_to_undo() {
    let (project, before) = Project::applied();
    project.run(&["undo"]);
    project.run(&["undo"]).fails(2, "nothing to undo");
    assert!(project.tree() == before);
}

#[test]
fn nothing_was_applied() {
    let project = Project::flask();
    let before = project.tree();
    project.run(&["undo"]).fails(2, "nothing to undo");
    assert!(project.tree() == before);
}

#[test]
fn file_edited_since_stops_it() {
    let (project, _) = Project::applied();
    let mine = project.read("app.py") + "# mine\n";
    project.write("app.py", &mine);
    let edited = project.tree();
    project.run(&["undo"]).fails(2, "`app.py` has changed since the last apply");
    assert!(project.tree() == edited);
}

#[test]
fn file_removed_since_stops_it() {
    let (project, _) = Project::applied();
    fs::remove_file(project.root().join("requirements.txt")).unwrap();
    let removed = project.tree();
    project.run(&["undo"]).fails(2, "`requirements.txt` is not there any more");
    assert!(project.tree() == removed);
}

#[test]
fn from_a_folder_of_the_project() {
    let (project, before) = Project::applied();
    project.write("docs/index.md", "# Shop\n");
    let program = env!("CARGO_BIN_EXE_sentry-codemod");
    let output = project.command(program).arg("undo").current_dir(project.root().join("docs")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", Run::from(output).stderr);
    fs::remove_dir_all(project.root().join("docs")).unwrap();
    assert!(project.tree() == before);
}

#[test]
fn created_files_go_away() {
    let files = [
        ("jobs.py", "import redis\nfrom rq import Queue\n\nqueue = Queue(connection=redis.Redis())\n"),
        ("Procfile", "worker: rq worker\n"),
        ("requirements.txt", "rq\n"),
    ];
    let project = Project::of(&files);
    let before = project.tree();
    project.run(&["--apply"]);
    let created: Vec<_> = project.tree().into_keys().filter(|path| !before.contains_key(path)).collect();
    assert_eq!(created.len(), 1, "the settings module of `rq worker`");
    let run = project.run(&["undo"]);
    assert!(run.stderr.contains(&format!("removed {}\n", created[0].display())), "{}", run.stderr);
    assert!(project.tree() == before);
}

#[test]
fn applied_undone_and_applied_again() {
    let (project, before) = Project::applied();
    let after = project.tree();
    for _ in 0..3 {
        assert_eq!(project.run(&["undo"]).code, 0);
        assert!(project.tree() == before);
        assert_eq!(project.run(&["--apply"]).code, 0);
        assert!(project.tree() == after);
    }
}

#[test]
fn with_git_the_record_lies_in_its_folder() {
    let project = Project::flask();
    let git = |arguments: &[&str]| assert!(project.command("git").args(arguments).status().unwrap().success());
    git(&["init", "--quiet"]);
    assert_eq!(project.run(&["--apply", "--allow-dirty"]).code, 0);
    assert!(project.root().join(".git/sentry-codemod").is_dir());
    assert_eq!(project.run(&["undo"]).code, 0);
    assert_eq!(project.read("app.py"), APP);
}

#[test]
fn without_a_folder_for_the_journal_nothing_is_written() {
    let project = Project::flask();
    let before = project.tree();
    let mut command: Command = project.command(env!("CARGO_BIN_EXE_sentry-codemod"));
    let run: Run = command.arg("--apply").env("XDG_STATE_HOME", "/dev/null/state").output().unwrap().into();
    run.fails(2, "set XDG_STATE_HOME");
    assert!(project.tree() == before);
}
