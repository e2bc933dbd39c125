//! Runs the user's command and tells which of its processes report. Read [`run`] first.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use verify::{Job, Limits, Report, Verdict};

use crate::arguments::{OutputFormat, VerifyArguments};
use crate::exit::Exit;
use crate::output;

/// The name of the hidden command that runs [`watchdog`].
const WATCHDOG: &str = "verify-watchdog";

/// Runs the commands, tells what was seen, and answers whether it is enough.
///
/// # Errors
/// When a command cannot be started, or the plan cannot be made.
pub(crate) fn run(arguments: &VerifyArguments) -> Result<Exit> {
    if arguments.snippet {
        output::verify::snippet();
        return Ok(Exit::Fine);
    }
    let interrupted = interruption().context("cannot listen for Ctrl-C")?;
    let commands: Vec<Vec<OsString>> =
        [&arguments.command].into_iter().chain(arguments.also.iter().map(|also| &also.0)).cloned().collect();
    let job = Job {
        commands,
        folder: std::env::current_dir().context("the current folder is gone")?,
        urls: arguments.url.clone(),
        limits: Limits { ready: arguments.ready_timeout, total: arguments.timeout },
        watchdog: vec![std::env::current_exe().context("the program cannot find itself")?.into(), WATCHDOG.into()],
        copy: None,
    };
    let report = verify::verify(&job, &interrupted)?;
    match arguments.output_format {
        OutputFormat::Text => output::verify::text(&report),
        OutputFormat::Json => output::verify::json(&report)?,
    }
    Ok(exit(&report, interrupted.load(Ordering::Relaxed)))
}

/// Stops what an earlier `verify` has left when that was killed.
pub(crate) fn watchdog() -> Exit {
    verify::watch(std::io::stdin().lock());
    Exit::Fine
}

/// Becomes true when somebody wants this to end.
fn interruption() -> std::io::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
    }
    Ok(interrupted)
}

fn exit(report: &Report, is_interrupted: bool) -> Exit {
    match report.verdict {
        _ if is_interrupted => Exit::Interrupted,
        Verdict::Proven => Exit::Fine,
        Verdict::Degraded | Verdict::Silent => Exit::Findings,
        Verdict::NotProven => Exit::NotProven,
    }
}
