//! Settings from files: which counts, what is above it, and what is wrong with one.

use crate::{APP, Project};

/// A project of one Flask application in a folder, with what goes there beside it.
fn service(folder: &str) -> [(String, String); 2] {
    [(format!("{folder}/app.py"), APP.to_owned()), (format!("{folder}/requirements.txt"), "flask\n".to_owned())]
}

impl Project {
    fn with_configuration(path: &str, text: &str) -> Self {
        let project = Self::flask();
        project.write(path, text);
        project
    }
}

#[test]
fn table_in_pyproject_does_what_flags_do() {
    let settings = "[tool.sentry-codemod]\nwith = [\"profiling\"]\npii = false\nextras = false\n";
    let project = Project::with_configuration("pyproject.toml", settings);
    let run = project.run(&[]);
    assert!(run.stderr.contains("settings      pyproject.toml"), "{}", run.stderr);
    let isolated = project.run(&["--isolated", "--with", "profiling", "--no-pii", "--no-extras"]);
    assert_eq!(run.diff(), isolated.diff());
    assert!(run.diff().contains("profile_lifecycle") && !run.diff().contains("data_collection"), "{}", run.diff());
}

#[test]
fn own_file_comes_before_pyproject() {
    let project = Project::with_configuration("sentry-codemod.toml", "sample-rate = 0.25\n");
    project.write("pyproject.toml", "[tool.sentry-codemod]\nsample-rate = 0.5\n");
    assert!(project.run(&[]).diff().contains("traces_sample_rate=0.25"));
}

#[test]
fn command_line_is_above_the_file() {
    let project =
        Project::with_configuration("sentry-codemod.toml", "pii = false\nsample-rate = 0.25\nextras = false\n");
    let diff = project.run(&["--pii", "--sample-rate", "0.75", "--extras"]).diff();
    assert!(diff.contains("data_collection={") && diff.contains("traces_sample_rate=0.75"), "{diff}");
    assert!(diff.contains("sentry-sdk[flask]"), "{diff}");
}

#[test]
fn each_project_of_a_monorepo_has_its_nearest_file() {
    let project = Project::empty("mono");
    for (path, text) in service("a").iter().chain(&service("b")) {
        project.write(path, text);
    }
    project.write("sentry-codemod.toml", "sample-rate = 0.1\n");
    project.write("b/sentry-codemod.toml", "sample-rate = 0.2\n");
    let run = project.run(&[]);
    assert!(run.added_to("a/app.py").contains(&"    traces_sample_rate=0.1,".to_owned()), "{}", run.diff());
    assert!(run.added_to("b/app.py").contains(&"    traces_sample_rate=0.2,".to_owned()), "{}", run.diff());
}

#[test]
fn file_above_the_project_counts_up_to_the_top_of_the_repository() {
    let project = Project::empty("mono");
    for (path, text) in service("services/web") {
        project.write(&path, text);
    }
    project.write("sentry-codemod.toml", "sample-rate = 0.1\nexclude = [\"services/web/old\"]\n");
    project.write("services/web/old/app.py", APP);
    project.git(&["init", "--quiet"]);
    let run = project.run(&["services/web"]);
    assert!(run.diff().contains("traces_sample_rate=0.1"), "{}", run.diff());
    assert!(!run.diff().contains("old/app.py"), "{}", run.diff());

    project.write("services/web/.git/HEAD", "ref: refs/heads/main\n");
    assert!(project.run(&["services/web"]).diff().contains("traces_sample_rate=1.0"));
}

#[test]
fn file_that_is_named_counts_alone() {
    let project = Project::with_configuration("sentry-codemod.toml", "sample-rate = 0.25\n");
    project.write("ci/strict.toml", "sample-rate = 0.5\n");
    assert!(project.run(&["--config", "ci/strict.toml"]).diff().contains("traces_sample_rate=0.5"));
    project.run(&["--config", "no/such.toml"]).fails(2, "cannot read the configuration `no/such.toml`");
    project.run(&["--config", "ci/strict.toml", "--isolated"]).fails(2, "cannot be used with");
}

#[test]
fn unknown_key_is_named_with_place_and_nearest() {
    let project = Project::with_configuration("pyproject.toml", "[tool.sentry-codemod]\npii = true\nfeatuers = []\n");
    let before = project.tree();
    project.run(&["--apply"]).fails(2, "pyproject.toml:3:1: unknown key `featuers`; did you mean `features`?");
    assert!(project.tree() == before);
}

#[test]
fn wrong_value_is_named_with_its_place() {
    let project = Project::with_configuration("sentry-codemod.toml", "pii = \"no\"\n");
    project.run(&[]).fails(2, "sentry-codemod.toml:1:7: ");
    let project = Project::with_configuration("sentry-codemod.toml", "with = [\"profilign\"]\n");
    project.run(&[]).fails(2, "sentry-codemod.toml:1:9: unknown feature `profilign`; did you mean `profiling`?");
    let project = Project::with_configuration("sentry-codemod.toml", "dsn = \"nowhere\"\n");
    project.run(&[]).fails(2, "sentry-codemod.toml:1:7: `dsn`: ");
}

#[test]
fn broken_file_below_the_root_is_named_as_well() {
    let project = Project::empty("mono");
    for (path, text) in service("a") {
        project.write(&path, text);
    }
    project.write("a/sentry-codemod.toml", "pii = \n");
    project.run(&[]).fails(2, "a/sentry-codemod.toml:1:");
}

#[test]
fn file_of_a_test_is_nobodys() {
    let project = Project::flask();
    project.write("tests/data/sentry-codemod.toml", "no-such-key = 1\n");
    assert_eq!(project.run(&[]).code, 0);
}

#[test]
fn excluded_code_is_not_looked_at() {
    let project = Project::flask();
    project.write("legacy/old.py", APP);
    assert!(project.run(&[]).diff().contains("legacy/old.py"));
    for run in [project.run(&["--exclude", "legacy"]), project.run(&["--exclude", "old*.py"]), {
        project.write("sentry-codemod.toml", "exclude = [\"legacy/\"]\n");
        project.run(&[])
    }] {
        assert!(!run.diff().contains("legacy/old.py") && run.diff().contains("a/app.py"), "{}", run.diff());
    }
    project.run(&["--exclude", "a["]).fails(2, "--exclude");
}

#[test]
fn exclusion_of_a_nested_file_counts_below_it_alone() {
    let project = Project::empty("mono");
    for (path, text) in service("a").iter().chain(&service("b")) {
        project.write(path, text);
    }
    project.write("b/sentry-codemod.toml", "exclude = [\"*.py\"]\n");
    let run = project.run(&[]);
    assert!(run.diff().contains("a/a/app.py") && !run.diff().contains("a/b/app.py"), "{}", run.diff());
}

#[test]
fn process_that_no_file_declares() {
    let settings =
        "[process]\nnightly = \"python jobs/nightly.py\"\nfeed = { command = \"python feed.py\", folder = \"jobs\" }\n";
    let project = Project::with_configuration("sentry-codemod.toml", settings);
    let script = "from celery import Celery\n\nqueue = Celery('q')\n\n\ndef run():\n    print(queue)\n\n\nrun()\n";
    project.write("jobs/nightly.py", script);
    project.write("jobs/feed.py", script);
    let run = project.run(&["--verbose"]);
    assert!(run.stderr.contains("python jobs/nightly.py  sentry-codemod.toml:2"), "{}", run.stderr);
    assert!(run.stderr.contains("sentry-codemod.toml:3"), "{}", run.stderr);
    for path in ["jobs/nightly.py", "jobs/feed.py"] {
        assert!(run.added_to(path).contains(&"sentry_sdk.init(".to_owned()), "{}", run.diff());
    }
}
