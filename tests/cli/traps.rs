//! Trees that want more than to be edited: to be opened, waited for, executed, believed, or shown to a terminal.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{APP, Project};

impl Project {
    fn pipe(&self, name: &str) {
        assert!(self.command("mkfifo").arg(name).status().unwrap().success());
    }

    /// A program that leaves a mark when it is run, and the mark.
    fn bait(&self) -> (PathBuf, PathBuf) {
        let (bait, mark) = (self.root().with_file_name("bait"), self.root().with_file_name("mark"));
        fs::write(&bait, format!("#!/bin/sh\ntouch '{}'\ncat\n", mark.display())).unwrap();
        fs::set_permissions(&bait, fs::Permissions::from_mode(0o755)).unwrap();
        (bait, mark)
    }

    /// What git says is configured, for programs to be run.
    fn configure(&self, name: &str, value: &str) {
        assert!(self.command("git").args(["config", name, value]).status().unwrap().success());
    }

    /// The application is handled as if nothing else lay there.
    #[track_caller]
    fn is_handled(&self) {
        let run = self.run(&["--apply", "--allow-dirty"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(self.read("app.py").contains("sentry_sdk.init("), "{}", run.stderr);
    }
}

/// Opening a pipe waits for a writer, and reading a device may never end.
#[test]
fn pipes_sockets_and_devices_are_not_opened() {
    let project = Project::flask();
    for name in ["pipe.py", "Procfile", "pyproject.toml", "uv.lock", ".flake8", ".env.example"] {
        project.pipe(name);
    }
    let _socket = UnixListener::bind(project.root().join("socket.py")).unwrap();
    // Only root can make a device.
    let _ = project.command("mknod").args(["zero.py", "c", "1", "5"]).output();
    project.is_handled();
}

#[test]
fn ignore_files_that_are_pipes_or_endless() {
    for trap in [".gitignore", ".ignore"] {
        let project = Project::flask();
        project.pipe(trap);
        project.write("sub/other.py", "");
        project.pipe(&format!("sub/{trap}"));
        symlink("/dev/zero", project.root().join("sub").join(if trap == ".ignore" { ".gitignore" } else { ".ignore" }))
            .unwrap();
        let run = project.run(&[]);
        assert!(run.stderr.contains(&format!("{trap}: no regular file")), "{}", run.stderr);
        project.is_handled();
    }
}

#[test]
fn git_folder_that_is_a_pipe_or_holds_some() {
    let project = Project::flask();
    project.pipe(".git");
    project.is_handled();

    let project = Project::flask();
    fs::create_dir_all(project.root().join(".git/info")).unwrap();
    project.pipe(".git/HEAD");
    project.pipe(".git/info/exclude");
    project.is_handled();
}

/// Each of these makes an ordinary `git status` run a program that the repository names.
#[test]
fn programs_that_a_repository_names_are_not_run() {
    let project = Project::flask();
    let (bait, mark) = project.bait();
    let path = bait.to_str().unwrap();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=T", "-c", "user.email=t@example.com"];
        assert!(project.command("git").args(who).args(arguments).status().unwrap().success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "start"]);
    project.configure("core.fsmonitor", path);
    project.configure("core.hooksPath", "hooks");
    project.configure("diff.external", path);
    project.configure("filter.a.clean", path);
    project.configure("filter.a.required", "true");
    for hook in ["post-index-change", "pre-commit", "fsmonitor-watchman"] {
        project.write(&format!("hooks/{hook}"), fs::read(&bait).unwrap());
        fs::set_permissions(project.root().join("hooks").join(hook), fs::Permissions::from_mode(0o755)).unwrap();
    }
    project.write(".gitattributes", "requirements.txt filter=a\n");
    // Touched, so that git has to look at the content again.
    for file in ["app.py", "requirements.txt"] {
        let text = project.read(file);
        project.write(file, text);
    }
    assert_eq!(project.run(&["--apply"]).code, 0);
    assert!(!mark.exists(), "something was run");
    assert_eq!(project.run(&["undo"]).code, 0);

    // The name of this filter cannot be said on a command line.
    project.configure("filter.a=b.clean", path);
    project.write(".gitattributes", "requirements.txt filter=a=b\n");
    project.run(&["--apply"]).fails(2, "uncommitted changes");
    assert!(!mark.exists(), "something was run");

    // It would have been: this is what the test is about.
    project.configure("core.fsmonitor", "false");
    git(&["status", "--short"]);
    assert!(mark.exists(), "the bait is dead");
}

/// A repository can hold any file but `.git`. If a journal in it were believed, it could have a git hook written.
#[test]
fn journal_that_came_with_the_project_is_not_believed() {
    let project = Project::flask();
    // What a real apply leaves is the best forgery.
    project.run(&["--apply"]);
    let states = project.root().with_file_name("state").join("sentry-codemod");
    let record = fs::read_dir(states).unwrap().next().unwrap().unwrap().path().join("undo");
    let forged = fs::read(record).unwrap();
    for name in ["journal", "undo"] {
        project.write(&format!(".sentry-codemod/{name}"), &forged);
    }
    project.run(&["undo"]);
    let before = project.tree();
    project.run(&["undo"]).fails(2, "nothing to undo");
    assert!(project.tree() == before);
}

#[test]
fn links_are_never_written_through_to_the_outside() {
    let project = Project::of(&[("requirements.txt", "flask\n")]);
    let outside = project.root().with_file_name("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("app.py"), APP).unwrap();
    fs::write(outside.join("pyproject.toml"), "[project]\nname = 'x'\ndependencies = ['flask']\n").unwrap();
    symlink(outside.join("app.py"), project.root().join("app.py")).unwrap();
    symlink(outside.join("pyproject.toml"), project.root().join("pyproject.toml")).unwrap();
    symlink(&outside, project.root().join("package")).unwrap();
    project.run(&["--apply"]);
    assert_eq!(fs::read_to_string(outside.join("app.py")).unwrap(), APP);
    assert!(!fs::read_to_string(outside.join("pyproject.toml")).unwrap().contains("sentry"));
    assert_eq!(fs::read_dir(outside).unwrap().count(), 2);
}

#[test]
fn hard_links_are_written_in_place_and_put_back() {
    let project = Project::flask();
    let twin = project.root().with_file_name("twin.py");
    fs::hard_link(project.root().join("app.py"), &twin).unwrap();
    project.is_handled();
    assert_eq!(fs::read_to_string(&twin).unwrap(), project.read("app.py"));
    assert_eq!(project.run(&["undo"]).code, 0);
    assert_eq!(fs::read_to_string(twin).unwrap(), APP);
}

/// Sequences in names and sources could rewrite what a terminal shows, or worse.
#[test]
fn control_characters_do_not_reach_the_terminal() {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m";
    let project = Project::flask();
    project.write(&format!("a{evil}.py"), "from flask import Flask\nclass :\n");
    project.write(&format!("b{evil}/app.py"), APP);
    project.write(&format!("b{evil}/requirements.txt"), "flask\n");
    project.write("Procfile", format!("web{evil}: gunicorn app:app --name '{evil}'\n"));
    project.write("pyproject.toml", format!("[project]\nname = \"x\"\nrequires = {evil}\n"));
    for arguments in ["--dry-run", "--check", "--apply", "undo"] {
        let run = project.run(&[arguments]);
        let stray: Vec<char> = run.stderr.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\t')).collect();
        assert!(stray.is_empty(), "{arguments:?}: {stray:?} in {:?}", run.stderr);
    }
}

#[test]
fn environment_of_the_user_is_not_printed() {
    let project = Project::flask();
    let program = env!("CARGO_BIN_EXE_sentry-codemod");
    for arguments in [&[][..], &["--apply"], &["undo"], &["--no-such-option"]] {
        let output = project.command(program).args(arguments).env("SECRET_TOKEN", "hunter2-hunter2").output().unwrap();
        for stream in [output.stdout, output.stderr] {
            assert!(!String::from_utf8_lossy(&stream).contains("hunter2-hunter2"));
        }
    }
}

/// A full disk, as a small one of its own: only root can mount it.
#[test]
fn full_disk() {
    let project = Project::flask();
    let disk = project.root().with_file_name("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(&disk).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("passed over: no small disk can be mounted here");
        return;
    }
    let _unmount = Unmount(&disk);
    fs::write(disk.join("app.py"), APP).unwrap();
    fs::write(disk.join("requirements.txt"), "flask\n").unwrap();
    let mut filler = 0;
    while fs::write(disk.join(format!("filler{filler}")), [0; 4096]).is_ok() {
        filler += 1;
    }
    let names = || fs::read_dir(&disk).unwrap().count();
    let before = names();
    let run = project.run(&["--apply", disk.to_str().unwrap()]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains("No space left on device") && run.stderr.contains("no file was changed"),
        "{}",
        run.stderr
    );
    assert_eq!(fs::read_to_string(disk.join("app.py")).unwrap(), APP);
    assert_eq!(names(), before, "nothing is left behind");
}

struct Unmount<'a>(&'a Path);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

/// The same by a limit that anybody can set: no file may grow beyond a few bytes.
#[test]
fn files_that_must_not_grow() {
    let project = Project::flask();
    let before = project.tree();
    let program = env!("CARGO_BIN_EXE_sentry-codemod");
    // The signal that goes with the limit is ignored, so that the write fails, as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f 0; exec '{program}' --apply");
    let output = project.command("bash").args(["-c", &script]).stdout(std::process::Stdio::piped()).output().unwrap();
    assert_ne!(output.status.code(), Some(0));
    assert!(project.tree() == before);
}

#[test]
fn names_of_every_kind_of_byte() {
    let project = Project::flask();
    for name in [&b"a\nb.py"[..], b"\xff\xfe.py", b"a\\b.py", b"a\tb.py", b"\"'`$(x).py", b"-rf.py"] {
        fs::write(project.root().join(OsStr::from_bytes(name)), APP).unwrap();
    }
    let before = project.tree();
    assert_eq!(project.run(&["--apply"]).code, 0);
    let changed = project.tree().iter().filter(|(path, file)| before.get(*path) != Some(file)).count();
    assert!(changed >= 2, "{changed}");
    assert_eq!(project.run(&["undo"]).code, 0);
    assert!(project.tree() == before);
}
