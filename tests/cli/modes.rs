//! Dry run, apply and check: what they write, and how they exit.

use crate::{APP, Project};

#[test]
fn no_mode_is_a_dry_run() {
    let project = Project::flask();
    let (plain, dry) = (project.run(&[]), project.run(&["--dry-run"]));
    assert_eq!((plain.code, plain.diff()), (0, dry.diff()));
    assert_eq!(project.read("app.py"), APP);
}

#[test]
fn apply_names_what_it_wrote_and_does_nothing_twice() {
    let project = Project::flask();
    let first = project.run(&["--apply"]);
    assert_eq!((first.code, first.diff()), (0, String::new()));
    assert!(
        first.stderr.ends_with("wrote app.py\nwrote requirements.txt\ntake it back: sentry-codemod undo\n"),
        "{}",
        first.stderr
    );

    let applied = project.tree();
    let second = project.run(&["--apply"]);
    assert_eq!(second.code, 0);
    assert!(second.stderr.ends_with("nothing to change\n"), "{}", second.stderr);
    assert!(project.tree() == applied);
}

#[test]
fn apply_for_hooks_exits_1_when_it_wrote() {
    let project = Project::flask();
    assert_eq!(project.run(&["--apply", "--exit-non-zero-on-fix"]).code, 1);
    assert_eq!(project.run(&["--apply", "--exit-non-zero-on-fix"]).code, 0);
}

#[test]
fn check_exits_1_until_the_project_is_right() {
    let project = Project::flask();
    let before = project.tree();
    assert_eq!(project.run(&["--check"]).code, 1);
    assert_eq!(project.run(&["--check", "--exit-zero"]).code, 0);
    assert!(project.tree() == before);

    project.run(&["--apply"]);
    assert_eq!(project.run(&["--check"]).code, 0);
}

#[test]
fn check_exits_1_for_an_error_that_only_a_person_can_fix() {
    let app = "from flask import Flask\nfrom raven.contrib.flask import Sentry\n\napp = Flask(__name__)\nSentry(app)\n";
    let project = Project::of(&[("app.py", app), ("requirements.txt", "flask\nraven\n")]);
    project.run(&["--check"]).fails(1, "raven");
    project.run(&["--check", "--exit-zero"]).fails(0, "raven");
}

#[test]
fn folder_without_python() {
    let project = Project::of(&[("README.md", "# Nothing here\n")]);
    project.run(&[]).fails(0, "no process of a known framework");
    project.run(&["--check"]).fails(0, "no process of a known framework");
    project.run(&["--apply"]).fails(0, "nothing to change");
}

#[test]
fn file_as_path_is_the_program_to_look_at() {
    let project = Project::of(&[("app.py", APP), ("examples/demo.py", APP), ("requirements.txt", "flask\n")]);
    assert!(project.run(&[]).added_to("examples/demo.py").is_empty());
    let run = project.run(&["examples/demo.py"]);
    assert_eq!(run.code, 0);
    assert!(run.added_to("examples/demo.py").contains(&"sentry_sdk.init(".to_owned()), "{}", run.diff());
    assert_eq!(run.added_to("requirements.txt"), ["sentry-sdk[flask]>=2.70,<3"]);
}

/// Who points at a script wants that script to report.
#[test]
fn script_without_a_framework_as_path() {
    let script = "def run():\n    print('once a night')\n\n\nrun()\n";
    let project = Project::of(&[("jobs/nightly.py", script), ("requirements.txt", "requests\n")]);
    let run = project.run(&["jobs/nightly.py"]);
    assert!(run.added_to("jobs/nightly.py").contains(&"sentry_sdk.init(".to_owned()), "{}", run.diff());
}

#[test]
fn folder_below_its_manifest_as_path() {
    let project = Project::of(&[("web/app.py", APP), ("jobs/app.py", APP), ("requirements.txt", "flask\n")]);
    let run = project.run(&["web"]);
    assert!(run.added_to("web/app.py").contains(&"sentry_sdk.init(".to_owned()), "{}", run.diff());
    assert!(run.added_to("jobs/app.py").is_empty());
    assert_eq!(run.added_to("requirements.txt"), ["sentry-sdk[flask]>=2.70,<3"]);
}

#[test]
fn folder_as_path_is_all_that_changes() {
    let files =
        [("a/app.py", APP), ("a/requirements.txt", "flask\n"), ("b/app.py", APP), ("b/requirements.txt", "flask\n")];
    let project = Project::of(&files);
    assert_eq!(project.run(&["--apply", "a"]).code, 0);
    assert!(project.read("a/app.py").contains("sentry_sdk.init("));
    assert_eq!(project.read("b/app.py"), APP);
}

#[test]
fn spaces_in_paths() {
    let project = Project::of(&[("my shop/web server.py", APP), ("my shop/requirements.txt", "flask\n")]);
    let run = project.run(&["--apply", "my shop"]);
    let end = "wrote requirements.txt\nwrote web server.py\ntake it back: sentry-codemod undo 'my shop'\n";
    assert!(run.stderr.ends_with(end), "{}", run.stderr);
    assert!(project.read("my shop/web server.py").contains("sentry_sdk.init("));
}

#[test]
fn check_of_a_program_that_cannot_be_parsed() {
    let project =
        Project::of(&[("app.py", "from flask import Flask\n\napp = Flask(\n"), ("requirements.txt", "flask\n")]);
    project.run(&["--check"]).fails(2, "app.py:");
}

#[test]
fn a_comment_keeps_hands_off_a_file() {
    let project = Project::of(&[
        ("app.py", "# sentry-codemod: ignore\nfrom flask import Flask\n\napp = Flask(__name__)\n"),
        ("requirements.txt", "flask\n"),
    ]);
    let run = project.run(&[]);
    assert_eq!((run.code, run.diff()), (0, String::new()), "{}", run.stderr);
}

#[test]
fn a_comment_keeps_hands_off_a_line() {
    let ignored = "from flask import Flask\n\napp = Flask(__name__)  # sentry-codemod: ignore\n";
    let project = Project::of(&[("old.py", ignored), ("web.py", APP), ("requirements.txt", "flask\n")]);
    let run = project.run(&[]);
    assert!(run.added_to("old.py").is_empty(), "{}", run.diff());
    assert!(run.added_to("web.py").contains(&"sentry_sdk.init(".to_owned()), "{}", run.diff());
}

#[test]
fn a_comment_that_ignores_nothing_is_reported() {
    let app = format!("{APP}# sentry-codemod: ignore[no-init]\n");
    let project = Project::of(&[("app.py", &app), ("requirements.txt", "flask\n")]);
    let run = project.run(&[]);
    assert!(run.stderr.contains("unused-ignore"), "{}", run.stderr);
}

#[test]
fn settings_of_tools_in_a_folder_make_no_project_of_it() {
    let tools = "[tool.ruff]\nline-length = 99\n";
    let project = Project::of(&[("src/app.py", APP), ("src/pyproject.toml", tools), ("requirements.txt", "flask\n")]);
    assert_eq!(project.run(&[]).added_to("requirements.txt"), ["sentry-sdk[flask]>=2.70,<3"]);
}
