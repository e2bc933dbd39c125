//! Runs the user's command and tells which of its processes report. Read [`run`] first.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use verify::{Job, Limits, ProjectCopy, Report, Verdict};

use super::fix::change;
use crate::arguments::{TextOrJson, Verbosity, VerifyArguments};
use crate::exit::Exit;
use crate::inspection::{Asked, Inspection, Target, Told};
use crate::{git, output};

/// The name of the hidden command that runs [`watchdog`].
const WATCHDOG: &str = "verify-watchdog";

/// Runs the commands, tells what was seen, and answers whether it is enough.
///
/// # Errors
/// When a command cannot be started, or the plan cannot be made.
pub(crate) fn run(arguments: &VerifyArguments, verbosity: Verbosity) -> Result<Exit> {
    if arguments.snippet {
        output::verify::snippet();
        return Ok(Exit::Fine);
    }
    let interrupted = interruption().context("cannot listen for Ctrl-C")?;
    let folder = std::env::current_dir().context("the current folder is gone")?;
    let mut job = Job {
        commands: std::iter::once(&arguments.command)
            .chain(arguments.also.iter().map(|also| &also.0))
            .cloned()
            .collect(),
        folder,
        urls: arguments.url.clone(),
        limits: Limits { ready: arguments.ready_timeout, total: arguments.timeout },
        watchdog: vec![std::env::current_exe().context("the program cannot find itself")?.into(), WATCHDOG.into()],
        copy: None,
    };
    // The copy lives as long as what runs in it.
    let copy = if arguments.plan { Some(copy_of_plan(arguments, verbosity)?) } else { None };
    if let Some((copy, import_roots)) = &copy {
        move_into(&mut job, copy, import_roots);
    }
    let report = verify::verify(&job, &interrupted)?;
    match arguments.output_format {
        TextOrJson::Text => output::verify::text(&report),
        TextOrJson::Json => output::verify::json(&report)?,
    }
    Ok(exit(&report, interrupted.load(Ordering::Relaxed)))
}

/// A copy of the project with the planned change, and the folders in it from which modules are imported.
fn copy_of_plan(arguments: &VerifyArguments, verbosity: Verbosity) -> Result<(ProjectCopy, Vec<PathBuf>)> {
    let target = Target::of(&arguments.project)?;
    let asked = Asked {
        choices: arguments.choices.clone(),
        settings: arguments.settings.clone(),
        verbosity,
        ..Asked::default()
    };
    let inspection = Inspection::of(&target, &asked)?;
    let (changeset, _) = change(&inspection, &Told::default())?;
    if changeset.is_empty() {
        output::verify::nothing_planned();
    }
    let files = git::files(changeset.root()).unwrap_or_else(|| verify::files_below(changeset.root()));
    let projects = inspection.outcomes.iter().map(|outcome| &outcome.facts.project);
    let import_roots = projects.flat_map(|project| project.import_roots(&inspection.workspace)).collect();
    Ok((ProjectCopy::make(&changeset, &files)?, import_roots))
}

/// Has the commands run in the copy, as far as they are part of the project; an interpreter or a launcher stays where it is.
fn move_into(job: &mut Job, copy: &ProjectCopy, import_roots: &[PathBuf]) {
    for program in job.commands.iter_mut().filter_map(|command| command.first_mut()) {
        if program.to_string_lossy().contains('/') {
            let path = job.folder.join(&*program);
            *program = copy.counterpart(&path).unwrap_or(path).into_os_string();
        }
    }
    job.folder = copy.counterpart(&job.folder).unwrap_or_else(|| copy.root().to_owned());
    job.copy = Some(copy.description(import_roots));
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
