//! How the program reaches its users: the wheel, pre-commit's hooks, the GitHub Action, and the recipes of the book.
//!
//! Each is taken as it is published: the wheel comes from the source distribution, the hooks from `.pre-commit-hooks.yaml`,
//! the steps from `action.yml`, the recipes from the pages. The tools that run them come from `locks/packaging.txt`.
//! Trials that need the wheel build the program for release; they run in CI and with `-- --ignored`. Read [`main`] first.
#![allow(clippy::disallowed_methods, reason = "tests play the user: they write files and start programs")]
#![allow(clippy::print_stderr, reason = "what is skipped has to be seen")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod action;
#[path = "../support/environment.rs"]
mod environment;
#[path = "../support/folder.rs"]
mod folder;
mod hooks;
mod recipes;
mod shop;
mod wheel;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::environment::Locks;

const LOCKS: Locks = Locks { suite: "packaging" };

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let in_ci = std::env::var_os("CI").is_some();
    let has_tools = arguments.list || in_ci || has_tools();
    let with_tools = [
        trial("action / every step is Bash", action::every_step_is_bash),
        trial("action / checks, applies and reports", action::checks_applies_and_reports),
        trial("recipes / GitLab CI", recipes::gitlab),
        trial("recipes / multi-gitter and the summary", recipes::multi_gitter),
        trial("recipes / Sourcegraph", recipes::sourcegraph),
        trial("recipes / all-repos", recipes::all_repos),
        trial("locks / no address of an index", || Ok(LOCKS.check()?)),
    ];
    let with_wheel = [
        trial("wheel / installs, runs, and goes without a trace", wheel::installs_runs_and_goes),
        trial("wheel / runs from a folder of packages", wheel::runs_from_a_folder_of_packages),
        trial("wheel / uvx and pipx run it", wheel::uvx_and_pipx_run_it),
        trial("wheel / says where the program should have been", wheel::says_where_the_program_should_have_been),
        trial("hooks / check refuses, apply mends", hooks::check_refuses_and_apply_mends),
        trial("action / installs the release", action::installs_the_release),
        trial("recipes / tox", recipes::tox),
        trial("recipes / nox", recipes::nox),
    ];
    if !in_ci && !arguments.list {
        eprintln!("SKIPPED: what needs the wheel, which is built in CI or with `-- --ignored`");
    }
    let with_tools = with_tools.into_iter().map(|trial| trial.with_ignored_flag(!has_tools));
    let with_wheel = with_wheel.into_iter().map(|trial| trial.with_ignored_flag(!in_ci));
    libtest_mimic::run(&arguments, with_tools.chain(with_wheel).collect()).exit_code()
}

fn trial(name: &str, check: fn() -> Result<(), Failed>) -> Trial {
    Trial::test(name, check)
}

/// Whether the tools are there or can be installed; that they cannot is said.
fn has_tools() -> bool {
    let tools = LOCKS.environment("packaging");
    if let Err(error) = &tools {
        eprintln!("SKIPPED: every trial, because the tools cannot be installed:\n{error}");
    }
    tools.is_ok()
}

/// One of the tools.
fn tool(name: &str) -> Result<PathBuf, String> {
    Ok(LOCKS.environment("packaging")?.join("bin").join(name))
}

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What a command did; it succeeded.
///
/// # Errors
/// When it cannot be started or fails, with all that it said.
fn succeed(command: &mut Command) -> Result<String, String> {
    let (code, said) = said(command)?;
    if code == 0 { Ok(said) } else { Err(format!("{command:?}: exit code {code}\n{said}")) }
}

/// The exit code of a command, and all that it said on stdout and stderr.
fn said(command: &mut Command) -> Result<(i32, String), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned()))
}
