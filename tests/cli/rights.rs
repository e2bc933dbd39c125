//! What an ordinary user may not read or write. Root may do everything, so root runs the program as somebody else here.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};

use crate::support::Run;
use crate::{APP, Project};

/// The user that owns nothing.
const NOBODY: u32 = 65534;

impl Project {
    /// The Flask application in a folder, owned by whom the program will run as. None where root cannot be somebody else.
    fn of_somebody() -> Option<Self> {
        let project = Self::of(&[("web/app.py", APP), ("web/secret.py", ""), ("requirements.txt", "flask\n")]);
        let is_root = chown(project.root(), Some(NOBODY), Some(NOBODY)).is_ok();
        if !is_root {
            return Some(project);
        }
        let around = project.root().parent().unwrap().to_owned();
        project.set_mode("..", 0o755);
        fs::create_dir(around.join("state")).unwrap();
        // Where the tests were built may be closed to others.
        fs::copy(env!("CARGO_BIN_EXE_sentry-codemod"), around.join("program")).unwrap();
        for path in ["../state", "web", "web/app.py", "web/secret.py", "requirements.txt"] {
            chown(project.root().join(path), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let can_be = project.as_somebody("true", &[]).is_some_and(|run| run.code == 0);
        if !can_be {
            eprintln!("passed over: root cannot run programs as another user here");
        }
        can_be.then_some(project)
    }

    fn set_mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn as_somebody(&self, program: &str, arguments: &[&str]) -> Option<Run> {
        let user = format!("--reuid={NOBODY}");
        let group = format!("--regid={NOBODY}");
        let mut command = self.command("setpriv");
        command.args([&user, &group, "--clear-groups", program]).args(arguments);
        command.output().ok().map(Run::from)
    }

    fn run_as_somebody(&self, arguments: &[&str]) -> Run {
        let program = self.root().with_file_name("program");
        if program.exists() {
            self.as_somebody(program.to_str().unwrap(), arguments).unwrap()
        } else {
            self.run(arguments)
        }
    }

    /// `--apply` fails with these words, and no file has changed.
    #[track_caller]
    fn nothing_is_written(&self, words: &str) {
        let before = self.tree();
        let run = self.run_as_somebody(&["--apply"]);
        assert!(run.code == 2 && run.stderr.contains(words), "{}", run.stderr);
        assert!(self.tree() == before);
    }
}

#[test]
fn read_only_file() {
    let Some(project) = Project::of_somebody() else { return };
    project.set_mode("requirements.txt", 0o444);
    project.nothing_is_written("`requirements.txt` is read-only");
}

#[test]
fn folder_that_takes_no_new_file() {
    let Some(project) = Project::of_somebody() else { return };
    project.set_mode("web", 0o555);
    project.nothing_is_written("cannot write `web/app.py`");
}

#[test]
fn unreadable_file_and_folder() {
    let Some(project) = Project::of_somebody() else { return };
    project.set_mode("web/secret.py", 0o000);
    fs::create_dir(project.root().join("vault")).unwrap();
    project.set_mode("vault", 0o000);
    let run = project.run_as_somebody(&["--apply"]);
    project.set_mode("vault", 0o755);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.contains("web/secret.py: Permission denied") && run.stderr.contains("vault: "),
        "{}",
        run.stderr
    );
    assert!(project.read("web/app.py").contains("sentry_sdk.init("));
}

/// A new file could not be given to its owner, so the old one is written in place: and stays whose it was.
#[test]
fn file_of_somebody_else_that_may_be_written() {
    let Some(project) = Project::of_somebody() else { return };
    let file = project.root().join("web/app.py");
    if chown(&file, Some(0), Some(0)).is_err() {
        return;
    }
    project.set_mode("web/app.py", 0o666);
    let run = project.run_as_somebody(&["--apply"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let owner = || std::os::unix::fs::MetadataExt::uid(&fs::metadata(&file).unwrap());
    assert_eq!(owner(), 0);
    assert!(project.read("web/app.py").contains("sentry_sdk.init("));
    assert_eq!(project.run_as_somebody(&["undo"]).code, 0);
    assert_eq!((project.read("web/app.py").as_str(), owner()), (APP, 0));
}
