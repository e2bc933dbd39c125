//! The suite that really runs applications: one trial for each application and launcher.
//!
//! A trial copies a project from `tests/projects`, lets the codemod put Sentry into it, starts its real launcher against an ingest
//! on loopback, sends a request or a job, and looks at what arrived. For each application at least one placement that is known to be
//! wrong must miss what the right one brings, which proves that the trial can fail.
//!
//! Nothing outside loopback is contacted, save for the package index when a virtual environment is made.
//! Read [`application::Application`] first: the form of the `runtime.toml` beside each project.
//!
//! Trials whose name begins with `verify` have `sentry-codemod verify` look at the same applications.
//!
//! Variables: `RUNTIME_TABLE=FILE` writes what arrived as a Markdown table, `VERIFY_TABLE=FILE` what verify said;
//! `RUNTIME_VERIFY=all` runs verify on every launcher and every wrong placement, not on one of each framework; `RUNTIME_PLACEMENT=by-hand` puts in the placement that
//! `runtime.toml` spells out, without the codemod, to tell a broken application from a broken codemod; `RUNTIME_PYTHON=python3.12`
//! names another interpreter; with `CI` set nothing may be skipped.

#![allow(clippy::disallowed_methods, reason = "this suite copies projects and runs processes")]
#![allow(clippy::print_stderr, reason = "what is skipped has to be seen")]

mod application;
mod arrivals;
mod client;
#[path = "../support/environment.rs"]
mod environment;
#[path = "../support/folder.rs"]
mod folder;
mod pitfalls;
mod placement;
mod processes;
mod situations;
mod table;
mod trial;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Trial};

use crate::application::Application;
use crate::environment::Locks;
use crate::table::Table;
use crate::verify::{Expected, Placement};

/// The packages of the applications.
pub(crate) const LOCKS: Locks = Locks { suite: "runtime" };

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let applications = match Application::load_all(&projects()) {
        Ok(applications) => applications,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let table = Arc::new(Mutex::new(Table::default()));
    let mut trials: Vec<Trial> = applications.into_iter().flat_map(|application| trials(application, &table)).collect();
    trials.push(Trial::test("locks / no address of an index", || Ok(LOCKS.check()?)));
    trials.push(Trial::test("verify / the table of pitfalls is true", || Ok(pitfalls::table_is_true()?)));
    trials.extend(
        situations::SITUATIONS
            .iter()
            .chain(pitfalls::PITFALLS)
            .map(|(name, situation)| Trial::test(format!("verify / situation / {name}"), move || Ok(situation()?))),
    );
    let conclusion = libtest_mimic::run(&arguments, trials);
    for (variable, markdown) in
        [("RUNTIME_TABLE", Table::to_markdown as fn(&Table) -> String), ("VERIFY_TABLE", Table::verify_to_markdown)]
    {
        let Some(path) = std::env::var_os(variable) else { continue };
        let markdown = table.lock().map(|table| markdown(&table)).unwrap_or_default();
        if let Err(error) = std::fs::write(&path, markdown) {
            eprintln!("`{}` cannot be written: {error}", Path::new(&path).display());
            return ExitCode::FAILURE;
        }
    }
    conclusion.exit_code()
}

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/projects")
}

/// One trial for each launcher with init in its place, one for each bad placement.
fn trials(application: Application, table: &Arc<Mutex<Table>>) -> Vec<Trial> {
    let application = Arc::new(application);
    // Where a machine has no Redis the rows that need one are passed over, and say so; never in CI.
    let skipped = application.redis && !processes::redis_is_installed() && std::env::var_os("CI").is_none();
    if skipped {
        eprintln!(
            "SKIPPED: {} needs `redis-server`, which is not on PATH; install it to run these rows",
            application.name
        );
    }
    let mut trials = Vec::new();
    for launch in 0..application.launches.len() {
        let name = format!("{} / {}", application.name, application.launches[launch].name);
        let (application, table) = (Arc::clone(&application), Arc::clone(table));
        trials.push(Trial::test(name, move || {
            let proof = trial::right_placement(&application, &application.launches[launch])?;
            table.lock().map_err(|error| error.to_string())?.add_proof(proof);
            Ok(())
        }));
    }
    for bad in 0..application.bad.len() {
        let name = format!("{} / wrong: {}", application.name, application.bad[bad].name);
        let (application, table) = (Arc::clone(&application), Arc::clone(table));
        trials.push(Trial::test(name, move || {
            let counterproof = trial::wrong_placement(&application, &application.bad[bad])?;
            table.lock().map_err(|error| error.to_string())?.add_counterproof(counterproof);
            Ok(())
        }));
    }
    trials.extend(verify_trials(&application, table));
    trials.into_iter().map(|trial| trial.with_ignored_flag(skipped)).collect()
}

/// The trials of `sentry-codemod verify`: every row when `RUNTIME_VERIFY` is `all`; else, for the application that bears the name of its
/// rule, its first launcher with init in its place, without any, and at the first wrong place.
fn verify_trials(application: &Arc<Application>, table: &Arc<Mutex<Table>>) -> Vec<Trial> {
    let is_all = std::env::var("RUNTIME_VERIFY").is_ok_and(|rows| rows == "all");
    let is_example = application.rules.contains(&application.name) && application.verify == Expected::Judged;
    let (launches, bad) = match is_all {
        _ if application.verify == Expected::NotTried => return Vec::new(),
        true => (application.launches.len(), application.bad.len()),
        false if is_example => (1, 1),
        false => return Vec::new(),
    };
    let right = (0..launches).map(|launch| (launch, "in its place", None));
    let wrong = (0..bad).map(|bad| (0, "wrong", Some(bad)));
    let rows = right.chain([(0, "nowhere", None)]).chain(wrong);
    let trial = |(launch, kind, bad): (usize, &'static str, Option<usize>)| {
        let name = &application.launches[launch].name;
        let place = bad.map_or(kind.to_owned(), |bad| format!("wrong: {}", application.bad[bad].name));
        let name = format!("verify / {} / {name} / {place}", application.name);
        let (application, table) = (Arc::clone(application), Arc::clone(table));
        Trial::test(name, move || {
            let placement = match (kind, bad) {
                (_, Some(bad)) => Placement::Wrong(&application.bad[bad]),
                ("in its place", _) => Placement::Right,
                _ => Placement::Nowhere,
            };
            let said = verify::trial(&application, &application.launches[launch], &placement)?;
            table.lock().map_err(|error| error.to_string())?.add_said(said);
            Ok(())
        })
    };
    rows.map(trial).collect()
}
