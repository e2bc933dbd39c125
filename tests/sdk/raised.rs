//! A project that was written for SDK 1, carried to newer releases by the doctor and run there. Read [`check`] first.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use ingest::{Ingest, Item};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::LOCKS;
use crate::folder::copy;
use crate::support::Project;

/// A release, and whether the doctor has carried the project to it.
type Row = (&'static str, Option<&'static str>);

/// It reports where it was written for, and everywhere that the doctor carries it to.
const REPORTS: [Row; 3] = [("before-2", None), ("newest", Some("2.75.0")), ("next", Some("3.0.0b2"))];

/// One trial for each release, and the proof that the last of them can fail.
pub(crate) fn trials(skipped: &dyn Fn(&str) -> bool) -> Vec<Trial> {
    let reports = REPORTS.map(|(lock, raised)| {
        let how = if raised.is_some() { "raised by the doctor" } else { "as it was written" };
        Trial::test(format!("{lock} / a project of SDK 1 {how}"), move || check(lock, raised))
            .with_ignored_flag(skipped(lock))
    });
    let dies = Trial::test("next / a project of SDK 1 as it was written", dies).with_ignored_flag(skipped("next"));
    reports.into_iter().chain([dies]).collect()
}

/// The program starts without a warning and reports what it reported before, and no more.
fn check(lock: &str, raised: Option<&str>) -> Result<(), Failed> {
    let project = project(raised)?;
    let ingest = Ingest::start()?;
    let output = run(lock, &project, &ingest)?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() || (raised.is_some() && said.contains("DeprecationWarning")) {
        return Err(said.into());
    }
    let is_event = |item: &Item| item.event().is_some();
    ingest.wait_for(Duration::from_secs(10), |received| {
        let envelopes = received.iter().filter_map(|request| request.content.as_ref().ok());
        envelopes.flat_map(|envelope| &envelope.items).filter(|item| is_event(item)).count() == 3
    });
    let items = ingest.items();
    let events: Vec<&Value> = items.iter().filter(|item| is_event(item)).filter_map(Item::json).collect();
    let named = |name: &str| events.iter().find(|event| says(event) == Some(name));
    for (name, order) in
        [("order 7 cannot be filled", Some("7")), ("the shop closes", None), ("the shelf is empty", None)]
    {
        let event = named(name).ok_or_else(|| format!("`{name}` has not arrived:\n{events:#?}\n{said}"))?;
        assert_eq!(event["tags"]["shop"], "north", "{event:#}");
        assert_eq!(event["tags"]["order"].as_str(), order, "what is set in a pushed scope stays there: {event:#}");
        assert_eq!(event["release"], "shop@1");
    }
    let frame = named("order 7 cannot be filled")
        .and_then(|event| event["exception"]["values"][0]["stacktrace"]["frames"].as_array()?.last());
    let password = frame.and_then(|frame| frame["vars"]["password"].as_str()).unwrap_or_default();
    assert!(password.contains("[Filtered]"), "what was filtered before is filtered: {frame:#?}");
    Ok(())
}

/// What an event tells.
fn says(event: &Value) -> Option<&str> {
    let message = event["message"].as_str().or_else(|| event["logentry"]["message"].as_str());
    event["exception"]["values"][0]["value"].as_str().or(message)
}

/// Without the doctor it does not even start.
fn dies() -> Result<(), Failed> {
    let ingest = Ingest::start()?;
    let output = run("next", &project(None)?, &ingest)?;
    assert!(!output.status.success() && ingest.items().is_empty(), "{output:?}");
    Ok(())
}

/// A copy of the project, mended for a release until the doctor has no more to mend.
fn project(raised: Option<&str>) -> Result<Project, Failed> {
    let project = Project::empty("shop");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sdk/project"), &project.root())?;
    let Some(version) = raised else { return Ok(project) };
    let mend = || project.run(&["doctor", "--sdk-version", version, "--fix", "--unsafe-fixes", "--exit-zero"]);
    let mut before = None;
    while before != Some(project.tree()) {
        before = Some(project.tree());
        let run = mend();
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    let left = project.run(&["doctor", "--sdk-version", version]);
    assert_eq!(left.code, 0, "{}", String::from_utf8_lossy(&left.stdout));
    Ok(project)
}

fn run(lock: &str, project: &Project, ingest: &Ingest) -> Result<Output, Failed> {
    let python = LOCKS.environment(lock)?.join("bin/python");
    let mut command = project.command(&python.display().to_string());
    Ok(command.args(["-W", "always", "app.py"]).env("SENTRY_DSN", ingest.dsn()).output()?)
}
