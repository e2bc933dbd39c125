//! What the user chooses is what is written.

use crate::Project;

/// What is added to a Flask application.
fn init(arguments: &[&str]) -> Vec<String> {
    let run = Project::flask().run(arguments);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let added = run.added_to("app.py");
    assert_eq!(added[0], "import sentry_sdk");
    let start = added.iter().position(|line| line == "sentry_sdk.init(").unwrap() + 1;
    let end = added.iter().position(|line| line == ")").unwrap();
    added[start..end].iter().map(|line| line.trim().to_owned()).collect()
}

/// What is collected of people's data by default: all of it, with what has a sensitive name in local variables filtered.
const COLLECTION: &str = r#"data_collection={"stack_frame_variables": {"mode": "denylist"}},"#;

fn requirement(arguments: &[&str]) -> Vec<String> {
    Project::flask().run(arguments).added_to("requirements.txt")
}

#[test]
fn nothing_chosen() {
    assert_eq!(init(&[]), [COLLECTION, "traces_sample_rate=1.0,", "enable_logs=True,"]);
    assert_eq!(requirement(&[]), ["sentry-sdk[flask]>=2.70,<3"]);
}

#[test]
fn features() {
    assert_eq!(init(&["--features", "errors"]), [COLLECTION]);
    assert_eq!(init(&["--features", "errors,logs"]), [COLLECTION, "enable_logs=True,"]);
    assert_eq!(init(&["--without", "tracing"]), [COLLECTION, "enable_logs=True,"]);
    assert_eq!(init(&["--without", "tracing,logs"]), [COLLECTION]);
}

#[test]
fn profiling() {
    let options = init(&["--with", "profiling"]);
    assert!(options.contains(&"profile_session_sample_rate=1.0,".to_owned()), "{options:?}");
    assert!(options.contains(&"profile_lifecycle=\"trace\",".to_owned()), "{options:?}");
}

#[test]
fn sample_rate() {
    assert_eq!(init(&["--sample-rate", "0.25"])[1], "traces_sample_rate=0.25,");
    assert_eq!(init(&["--sample-rate", "0"])[1], "traces_sample_rate=0.0,");
}

#[test]
fn dsn_environment_and_release() {
    let chosen =
        ["--dsn", "https://abc@o1.ingest.sentry.io/42", "--environment", "production", "--release", "shop@1.2"];
    let options = init(&chosen);
    for option in
        ["dsn=\"https://abc@o1.ingest.sentry.io/42\",", "environment=\"production\",", "release=\"shop@1.2\","]
    {
        assert!(options.contains(&option.to_owned()), "{option} is not in {options:?}");
    }
}

#[test]
fn quotes_and_backslashes_in_a_value_stay_one_string() {
    let options = init(&["--environment", "the \"new\" \\ one"]);
    assert!(options.contains(&r#"environment="the \"new\" \\ one","#.to_owned()), "{options:?}");
}

#[test]
fn nothing_that_identifies_people() {
    assert_eq!(init(&["--no-pii"]), ["traces_sample_rate=1.0,", "enable_logs=True,"]);
    let run = Project::flask().run(&["--no-pii"]);
    assert!(run.stderr.contains("nothing that identifies people"), "{}", run.stderr);
}

#[test]
fn the_last_word_on_people_counts() {
    assert_eq!(init(&["--no-pii", "--pii"]), init(&[]));
}

#[test]
fn sdk_older_than_logs_and_data_collection() {
    let chosen = ["--sdk-version", "2.34"];
    assert_eq!(init(&chosen), ["send_default_pii=True,", "traces_sample_rate=1.0,"]);
    assert!(Project::flask().run(&chosen).stderr.contains("sentry-sdk 2.34 does not know `enable_logs`"));
}

#[test]
fn sdk_that_has_dropped_options() {
    let options = init(&["--sdk-version", "3.0"]).concat();
    assert!(!options.contains("enable_logs") && !options.contains("send_default_pii"), "{options}");
}

#[test]
fn chosen_sdk_is_the_floor() {
    assert_eq!(requirement(&["--sdk-version", "2.34"]), ["sentry-sdk[flask]>=2.34,<3"]);
    assert_eq!(requirement(&["--sdk-version", "3.0"]), ["sentry-sdk[flask]>=3"]);
}

/// Release 3 sends by default what is not to be sent.
#[test]
fn range_where_nothing_is_to_be_sent() {
    assert_eq!(requirement(&["--features", "errors", "--no-pii"]), ["sentry-sdk[flask]>=2,<3"]);
}

#[test]
fn no_extras() {
    assert_eq!(requirement(&["--no-extras"]), ["sentry-sdk>=2.70,<3"]);
}
