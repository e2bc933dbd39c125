//! Trials of `sentry-codemod verify`: what it says of the same applications, with init in its place, without any, and at a wrong place.
//! Read [`trial`].
//!
//! Every placement that the suite proves must be proven by verify, every one that is known to be wrong must be named.

use std::fmt;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::application::{Application, Bad, Launch, Step};
use crate::placement;
use crate::processes::Stage;

/// Where init is.
pub(crate) enum Placement<'a> {
    /// Where the codemod puts it.
    Right,
    /// Nowhere: the application with the probe in it, and nothing else.
    Nowhere,
    /// At a place that is known to be wrong.
    Wrong(&'a Bad),
}

/// What verify has to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Expected {
    /// Exit 0 when init is in its place, 1 when it is not.
    #[default]
    Judged,
    /// Exit 0 also here: what is lost is nothing that verify asks for.
    Proven,
    /// Exit 3: nothing in the application that the probe knows.
    NotProven,
    /// Not tried: what is started is no part of the application.
    NotTried,
}

/// A row of the table.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Said {
    pub(crate) rules: String,
    pub(crate) application: String,
    pub(crate) launcher: String,
    pub(crate) placement: String,
    pub(crate) verdict: String,
    pub(crate) seen: String,
}

/// Runs verify on a copy of the application and compares what it says with what is known.
///
/// # Errors
/// When it says something else, leaves a process behind or changes a file; with its report.
pub(crate) fn trial(application: &Application, launch: &Launch, placement: &Placement<'_>) -> Result<Said, String> {
    let scratch = TempDir::with_prefix("sentry-codemod-").map_err(|error| error.to_string())?;
    let project = scratch.path().join("project");
    placement::copy(&application.folder, &project).map_err(|error| error.to_string())?;
    match placement {
        Placement::Right => placement::right(application, &project)?,
        Placement::Nowhere => {}
        Placement::Wrong(bad) => placement::by_hand(&bad.sites, &project)?,
    }
    let before = files(&project);
    let environment = crate::LOCKS.environment(&application.group)?;
    let mut stage = Stage::new(scratch.path(), &environment, "").map_err(|error| error.to_string())?;
    if application.redis {
        stage.start_redis()?;
    }
    let (code, report) = run(&stage, &project, launch, application)?;
    stage.stop()?;
    let complaint = complaint(application, placement, code, &report)
        .or_else(|| (files(&project) != before).then(|| "it has changed the files of the project".to_owned()));
    match complaint {
        None => Ok(said(application, launch, placement, &report)),
        Some(complaint) => Err(format!("{complaint}\n{report:#}")),
    }
}

fn run(stage: &Stage, project: &Path, launch: &Launch, application: &Application) -> Result<(i32, Value), String> {
    let mut commands = launch.start.iter().map(|start| stage.expanded(&start.command));
    let first = commands.next().ok_or("no command")?;
    let mut verify = Command::new(env!("CARGO_BIN_EXE_sentry-codemod"));
    verify.current_dir(project).args(["verify", "--output-format", "json", "--ready-timeout", "30"]);
    verify.envs(stage.variables()).env_remove("SENTRY_DSN");
    if let Some(path) = own_route(application) {
        verify.args(["--url", path]);
    }
    for also in commands {
        verify.args(["--also", &also]);
    }
    let words = shlex::split(&first).ok_or("a quote is open")?;
    let output = verify.arg("--").args(words).output().map_err(|error| error.to_string())?;
    let report = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}\n{}", String::from_utf8_lossy(&output.stderr)))?;
    Ok((output.status.code().unwrap_or(-1), report))
}

/// A route of the application that answers well.
fn own_route(application: &Application) -> Option<&str> {
    application.drive.iter().find_map(|step| match step {
        Step::Request(request) if request.json.is_none() && request.status == 200 => Some(request.path.as_str()),
        _ => None,
    })
}

/// What is wrong with what verify says.
fn complaint(application: &Application, placement: &Placement<'_>, code: i32, report: &Value) -> Option<String> {
    let expected = match placement {
        Placement::Wrong(bad) if application.verify == Expected::Judged => bad.verify,
        _ => application.verify,
    };
    let expected_code = match (expected, placement) {
        (Expected::NotProven | Expected::NotTried, _) => 3,
        (Expected::Proven, _) | (Expected::Judged, Placement::Right) => 0,
        (Expected::Judged, _) => 1,
    };
    if code != expected_code {
        return Some(format!("exit code {code}, not {expected_code}"));
    }
    if code == 1 && causes(report).is_empty() {
        return Some("nothing is named".to_owned());
    }
    let statuses = report["requested"].as_array().into_iter().flatten().map(|requested| &requested["status"]);
    statuses
        .filter(|status| **status != 200)
        .map(|status| format!("the application's own route answers {status}"))
        .next()
}

/// The words for what is missing.
fn causes(report: &Value) -> Vec<String> {
    let of_processes = report["processes"].as_array().into_iter().flatten().map(|process| &process["missing"]);
    let missing = of_processes.chain([&report["missing"]]).filter_map(Value::as_array).flatten();
    let mut causes: Vec<String> = missing.filter_map(|missing| Some(missing["cause"].as_str()?.to_owned())).collect();
    causes.sort();
    causes.dedup();
    causes
}

fn said(application: &Application, launch: &Launch, placement: &Placement<'_>, report: &Value) -> Said {
    let processes = report["processes"].as_array().into_iter().flatten().filter(|process| process["role"] != "other");
    let mut seen: Vec<String> = processes
        .map(|process| {
            let word = |key: &str| process[key].as_str().unwrap_or("no").to_owned();
            format!(
                "{} {}: error {}, transaction {}",
                word("framework"),
                word("role"),
                word("error"),
                word("transaction")
            )
        })
        .collect();
    seen.sort();
    seen.dedup();
    seen.extend(causes(report).into_iter().map(|cause| format!("`{cause}`")));
    Said {
        rules: application.rules.join(", "),
        application: application.name.clone(),
        launcher: launch.name.clone(),
        placement: placement.to_string(),
        verdict: report["verdict"].as_str().unwrap_or_default().to_owned(),
        seen: seen.join("; "),
    }
}

impl fmt::Display for Placement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right => f.write_str("in its place"),
            Self::Nowhere => f.write_str("nowhere"),
            Self::Wrong(bad) => f.write_str(&bad.name),
        }
    }
}

/// The files of a project, but for the schedule that a beat keeps in the folder where it runs.
fn files(project: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![project.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path.clone());
            }
            if !path.to_string_lossy().contains("celerybeat-schedule") {
                files.push((path.display().to_string(), std::fs::read(&path).unwrap_or_default()));
            }
        }
    }
    files.sort();
    files
}
