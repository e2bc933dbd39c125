//! What `rules/sdk.toml` says of sentry-sdk, held against real releases: one trial for each lock under `locks`.
//!
//! `probe.py` runs in an environment with one release and says what that has; whatever the table misses or says wrongly fails.
//! A project that was written for SDK 1 is carried to newer ones by the doctor and run there: `raised`.
//! The releases are locked, so a new one turns nothing red: `SDK_NEWEST=1` asks the package index whether there is one.
//! Read [`check`] first.
//!
//! `RUNTIME_PYTHON=python3.12` names another interpreter; with `CI` set nothing may be skipped.
#![allow(clippy::disallowed_methods, reason = "this suite installs releases of the SDK and runs them")]
#![allow(clippy::print_stderr, reason = "what is skipped has to be seen")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "../support/environment.rs"]
mod environment;
#[path = "../support/folder.rs"]
mod folder;
mod raised;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use pep440_rs::Version;
use planner::Catalogue;
use planner::sdk::{Enabled, Sdk};
use serde::Deserialize;

use crate::environment::Locks;

const LOCKS: Locks = Locks { suite: "sdk" };

/// The locks, each with one release.
const RELEASES: [&str; 5] = ["before-2", "first-2", "logs-change", "newest", "next"];

/// What `probe.py` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    version: Version,
    options: BTreeMap<String, InitOption>,
    integrations: BTreeMap<String, Integration>,
    /// Whether the release has a table of the oldest versions of libraries.
    has_least: bool,
    extras: BTreeSet<String>,
    names: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InitOption {
    default: String,
    /// `None` where the release does not annotate it.
    r#type: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Integration {
    module: String,
    enabled: String,
    least: Option<Version>,
    identifier: String,
    replaces: BTreeSet<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let lacking: Vec<&str> =
        if arguments.list { Vec::new() } else { RELEASES.into_iter().filter(|lock| is_lacking(lock)).collect() };
    let table = RELEASES.map(|lock| {
        let trial = Trial::test(format!("{lock} / the table says what the release has"), move || check(lock));
        trial.with_ignored_flag(lacking.contains(&lock))
    });
    let mut trials: Vec<Trial> = table.into_iter().chain(raised::trials(&|lock| lacking.contains(&lock))).collect();
    trials.push(Trial::test("locks / no address of an index", || Ok(LOCKS.check()?)));
    if std::env::var_os("SDK_NEWEST").is_some() {
        trials.push(Trial::test("newest / nothing newer in the index", nothing_newer));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Whether a release cannot be installed here: then its trials are passed over, and that is said; never in CI.
fn is_lacking(lock: &str) -> bool {
    let installed = LOCKS.environment(lock);
    if std::env::var_os("CI").is_some() {
        return false;
    }
    if let Err(error) = &installed {
        eprintln!("SKIPPED: {lock}, which cannot be installed:\n{error}");
    }
    installed.is_err()
}

/// The table and the release agree in every point.
fn check(lock: &str) -> Result<(), Failed> {
    let sdk = Catalogue::load().map_err(|error| error.to_string())?.sdk;
    let release = probe(lock, &sdk)?;
    let expected = match lock {
        "newest" => Some(&sdk.newest),
        "next" => Some(&sdk.next),
        "first-2" => Some(&sdk.oldest),
        _ => None,
    };
    let mut faults = Faults::default();
    faults.unless_equal("the release", expected.unwrap_or(&release.version), &release.version);
    options(&sdk, &release, &mut faults);
    integrations(&sdk, &release, &mut faults);
    extras(&sdk, &release, &mut faults);
    for name in &sdk.names {
        faults.unless_equal(&name.name, &name.releases.has(&release.version), &release.names[&name.name]);
    }
    faults.0.is_empty().then_some(()).ok_or_else(|| faults.0.concat().into())
}

fn options(sdk: &Sdk, release: &Release, faults: &mut Faults) {
    let version = &release.version;
    let known = sdk.options.iter().filter(|option| option.releases.has(version));
    let known: BTreeMap<&str, _> = known.map(|option| (option.name.as_str(), option)).collect();
    let missed: Vec<&String> = release.options.keys().filter(|name| !known.contains_key(name.as_str())).collect();
    faults.unless_equal("options that the table misses", &Vec::new(), &missed);
    for option in &sdk.options {
        faults.unless_equal(&option.name, &option.releases.has(version), &release.names[&init_with(&option.name)]);
    }
    for (name, real) in &release.options {
        let Some(option) = known.get(name.as_str()) else { continue };
        faults.unless_equal(&format!("{name}, default"), &option.default.at(version), &Some(&real.default));
        if let Some(kind) = &real.r#type {
            faults.unless_equal(&format!("{name}, type"), &option.kind.as_str(), &kind.as_str());
        }
    }
}

fn integrations(sdk: &Sdk, release: &Release, faults: &mut Faults) {
    let version = &release.version;
    let known = sdk.integrations.iter().filter(|one| one.releases.has(version));
    let known: BTreeMap<&str, _> = known.map(|one| (one.class.as_str(), one)).collect();
    faults.unless_equal("integrations", &known.keys().copied().collect(), &keys(&release.integrations));
    for (class, real) in &release.integrations {
        let Some(integration) = known.get(class.as_str()) else { continue };
        let enabled = integration.enabled.at(version).map(|enabled| match enabled {
            Enabled::Always => "always",
            Enabled::Automatic => "automatic",
            Enabled::Written => "written",
        });
        faults.unless_equal(&format!("{class}, module"), &integration.module, &real.module);
        faults.unless_equal(&format!("{class}, enabled"), &enabled, &Some(real.enabled.as_str()));
        if release.has_least {
            faults.unless_equal(&format!("{class}, least"), &integration.least(version), &real.least.as_ref());
        }
        let replaced = integration.replaces.as_ref().and_then(|replaces| replaces.at(version));
        let replaced = replaced.into_iter().flatten().filter_map(|class| release.integrations.get(class));
        let replaced = replaced.map(|one| one.identifier.clone()).collect();
        faults.unless_equal(&format!("{class}, replaces"), &replaced, &real.replaces);
    }
}

/// Names of extras are compared as installers do: `pure_eval` is `pure-eval`.
fn extras(sdk: &Sdk, release: &Release, faults: &mut Faults) {
    let known = sdk.extras.iter().filter(|extra| extra.releases.has(&release.version));
    let real = release.extras.iter().map(|extra| extra.replace('_', "-"));
    faults.unless_equal("extras", &known.map(|extra| extra.name.clone()).collect(), &real.collect::<BTreeSet<_>>());
    for extra in sdk.integrations.iter().filter_map(|integration| integration.extra.as_ref()) {
        faults.unless_equal(extra, &true, &sdk.extras.iter().any(|known| known.name == *extra));
    }
}

/// Where table and release differ, a line each.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless_equal<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, table: &T, release: &T) {
        if table != release {
            self.0.push(format!("{what}\n  rules/sdk.toml: {table:?}\n  the release:    {release:?}\n"));
        }
    }
}

fn keys<T>(map: &BTreeMap<String, T>) -> BTreeSet<&str> {
    map.keys().map(String::as_str).collect()
}

/// An option as a parameter of init.
fn init_with(option: &str) -> String {
    format!("sentry_sdk.init({option})")
}

/// Asks the release of a lock, also for each name of the table.
fn probe(lock: &str, sdk: &Sdk) -> Result<Release, String> {
    let python = LOCKS.environment(lock)?.join("bin/python");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sdk/probe.py");
    let mut command = Command::new(python);
    command.arg(script).args(sdk.names.iter().map(|name| &name.name));
    command.args(sdk.options.iter().map(|option| init_with(&option.name)));
    let output = command.output().map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// The index has no release that is newer than those of the table.
fn nothing_newer() -> Result<(), Failed> {
    let sdk = Catalogue::load().map_err(|error| error.to_string())?.sdk;
    let python = LOCKS.environment("newest")?.join("bin/python");
    for (more, known) in [(None, &sdk.newest), (Some("--pre"), &sdk.next)] {
        let mut command = Command::new(&python);
        let command = command.args(["-m", "pip", "install", "--dry-run", "--no-deps", "--ignore-installed", "--quiet"]);
        let output =
            command.args(["--report", "-", "sentry-sdk"]).args(more).output().map_err(|error| error.to_string())?;
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("pip: {error}\n{}", String::from_utf8_lossy(&output.stderr)))?;
        let found = report["install"][0]["metadata"]["version"].as_str().unwrap_or_default();
        if found != known.to_string() {
            return Err(format!(
                "the index has {found}, rules/sdk.toml knows {known}; tests/sdk/README.md says how to raise it"
            )
            .into());
        }
    }
    Ok(())
}
