//! The program is killed while it writes, at moments that nobody chose: afterwards the tree is the old one or the new
//! one, and the next run says what it repaired. Read [`rounds`] first.
//!
//! `CRASH_ROUNDS=1000` kills more often than the ordinary run of the tests; the counts are printed.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::Tree;
use crate::{APP, Project};

/// Services, each with two files that change.
const SERVICES: usize = 12;

impl Project {
    fn services() -> Self {
        let project = Self::empty("shop");
        for number in 0..SERVICES {
            project.write(&format!("service{number:02}/app.py"), APP);
            project.write(&format!("service{number:02}/requirements.txt"), "flask\n");
        }
        project
    }

    /// Whether a journal lies in the state folder: files are being written.
    fn is_writing(&self) -> bool {
        let states = fs::read_dir(self.root().with_file_name("state/sentry-codemod")).into_iter().flatten();
        states.flatten().any(|state| state.path().join("journal").exists())
    }

    /// Runs the program and kills it some time after it began to write. False when it was done before that.
    fn is_killed(&self, arguments: &[&str], after: Duration) -> bool {
        let mut command = self.command(env!("CARGO_BIN_EXE_sentry-codemod"));
        let mut program = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while !self.is_writing() {
            if program.try_wait().unwrap().is_some() {
                return false;
            }
        }
        let begun = Instant::now();
        while begun.elapsed() < after {
            std::hint::spin_loop();
        }
        program.kill().unwrap();
        program.wait().unwrap().code().is_none()
    }

    /// Temporary files of the program.
    fn litter(&self) -> Vec<PathBuf> {
        let is_ours = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(".sentry-codemod");
        self.tree().into_keys().filter(is_ours).collect()
    }
}

/// What the killed runs left.
#[derive(Debug, Default)]
struct Counts {
    old: usize,
    new: usize,
    mixed: usize,
    not_killed: usize,
}

/// Kills `arguments` again and again. Each time `repair` is run, which must leave the tree that it leaves of a whole one.
fn rounds(arguments: &[&str], repair: &[&str], undone: bool) -> Counts {
    let count = std::env::var("CRASH_ROUNDS").map_or(4, |count| count.parse().unwrap());
    let project = Project::services();
    let old = project.tree();
    project.run(&["--apply"]);
    let new = project.tree();
    let starts_old = arguments == ["--apply"];
    let mut counts = Counts::default();
    for round in 0..count {
        start_from(&project, if starts_old { &old } else { &new });
        // Spread over the time that the writing takes, without two rounds alike.
        let after = Duration::from_micros((round as u64 * 7919) % 20_000);
        if !project.is_killed(arguments, after) {
            counts.not_killed += 1;
        }
        let interrupted = project.is_writing();
        match project.tree() {
            tree if tree == old => counts.old += 1,
            tree if tree == new => counts.new += 1,
            _ => counts.mixed += 1,
        }
        let run = project.run(repair);
        assert_eq!(run.stderr.contains("an earlier run was interrupted"), interrupted, "{}", run.stderr);
        assert!(project.tree() == if undone { old.clone() } else { new.clone() }, "round {round}: {}", run.stderr);
        assert_eq!(project.litter(), Vec::<PathBuf>::new(), "round {round}");
    }
    counts
}

/// Brings the tree there by the program itself, whatever it was.
fn start_from(project: &Project, tree: &Tree) {
    for arguments in [["--apply"], ["undo"]] {
        if project.tree() != *tree {
            project.run(&arguments);
        }
    }
    assert!(project.tree() == *tree);
}

#[test]
fn killed_in_apply_then_applied_again() {
    println!("{:?}", rounds(&["--apply"], &["--apply"], false));
}

#[test]
fn killed_in_apply_then_undone() {
    println!("{:?}", rounds(&["--apply"], &["undo"], true));
}

#[test]
fn killed_in_undo_then_undone_again() {
    println!("{:?}", rounds(&["undo"], &["undo"], true));
}

#[test]
fn killed_in_undo_then_applied_again() {
    println!("{:?}", rounds(&["undo"], &["--apply"], false));
}
