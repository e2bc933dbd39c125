//! What is no use as an argument ends the run with code 2 and a word on what would be.

use crate::Project;

#[track_caller]
fn refused(arguments: &[&str], words: &str) {
    let project = Project::flask();
    let before = project.tree();
    project.run(arguments).fails(2, words);
    assert!(project.tree() == before);
}

#[test]
fn unknown_flag() {
    refused(&["--no-such-flag"], "unexpected argument '--no-such-flag'");
}

#[test]
fn misspelt_flag() {
    refused(&["--aply"], "'--apply'");
}

#[test]
fn path_that_is_not_there() {
    refused(&["no/such/folder"], "`no/such/folder` does not exist");
}

#[test]
fn path_of_a_file_that_is_no_python() {
    refused(&["requirements.txt"], "`requirements.txt` is no Python file");
}

#[test]
fn two_modes_at_once() {
    refused(&["--apply", "--check"], "cannot be used with");
}

#[test]
fn option_of_another_mode() {
    refused(&["--exit-zero"], "--check");
    refused(&["--allow-dirty"], "--apply");
}

#[test]
fn malformed_dsn() {
    for dsn in ["o1.ingest.sentry.io/42", "https://o1.ingest.sentry.io/42", "https://key@host/no-number", ""] {
        refused(&["--dsn", dsn], "https://PUBLIC_KEY@HOST/PROJECT_ID");
    }
}

#[test]
fn unknown_feature_is_answered_with_the_nearest() {
    refused(&["--features", "errors,tracign"], "`tracing`");
    refused(&["--with", "profiles"], "`profiling`");
    refused(&["--without", "log"], "`logs`");
}

#[test]
fn sample_rate_that_is_no_share() {
    for rate in ["1.5", "-1", "often", "NaN"] {
        refused(&[&format!("--sample-rate={rate}")], "from 0 to 1");
    }
}

#[test]
fn sdk_version_that_is_no_version() {
    refused(&["--sdk-version", "newest"], "neither `auto` nor a version");
}
