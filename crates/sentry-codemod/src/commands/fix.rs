//! Show, write or check the change. Read [`run`] first.

use std::path::PathBuf;

use anyhow::{Context, Result};
use changeset::{Changeset, StateDir};
use planner::Fix;
use planner::rewrite::rewrite;

use super::{stdin, wizard};
use crate::arguments::{FixArguments, OutputFormat, Verbosity};
use crate::exit::Exit;
use crate::git;
use crate::inspection::{Inspection, Target, Told};
use crate::output::{self, Ending, Mode};

/// Shows the change, writes it, or says whether there is one; for an editor or with questions, where that is asked for.
///
/// # Errors
/// When the path cannot be used, or a file cannot be written.
pub(crate) fn run(arguments: &FixArguments, verbosity: Verbosity) -> Result<Exit> {
    if arguments.interactive {
        return wizard::run(arguments, verbosity);
    }
    if let Some(file) = &arguments.stdin_filename {
        return stdin::run(file, arguments, verbosity);
    }
    let target = Target::of(&arguments.path)?;
    let state = StateDir::for_root(&target.root);
    if arguments.apply {
        output::recovered(changeset::recover(&target.root, &state)?.as_ref());
    } else if changeset::interrupted(&state).is_some() {
        output::interrupted();
    }

    let inspection = Inspection::of(&target, &arguments.asked(verbosity))?;
    let told = Told::default();
    let (changeset, waiting) = change(&inspection, &told)?;
    let ending = if arguments.apply { write(arguments.allow_dirty, &changeset, &state) } else { Ending::Shown };
    let exit = exit(arguments, &inspection, &told, &changeset, &ending);

    let run = output::Run {
        inspection: &inspection,
        changeset: &changeset,
        told: &told,
        waiting,
        ending: &ending,
        verbosity,
    };
    output::story(&run);
    match arguments.output_format {
        OutputFormat::Text if arguments.apply => {}
        OutputFormat::Text => output::diff(&changeset)?,
        OutputFormat::Json => output::json(&run, mode(arguments), exit)?,
        OutputFormat::Github => output::github(&run)?,
        OutputFormat::Sarif => output::sarif(&run, exit)?,
    }
    output::ending(&run);
    if matches!(&ending, Ending::Written(applied) if !applied.files.is_empty()) && verbosity != Verbosity::Quiet {
        output::way_back(&arguments.path);
    }
    ending.error().map_or(Ok(exit), Err)
}

/// The change of a run, and what has to wait for another one because it touches the same bytes.
pub(super) fn change<'a>(inspection: &'a Inspection, told: &Told) -> Result<(Changeset, Vec<&'a Fix>)> {
    let (fixes, waiting) = inspection.fixes(told);
    let changeset =
        rewrite(&inspection.workspace, fixes).context("this is a bug: nothing was changed; please report it")?;
    Ok((changeset, waiting))
}

fn mode(arguments: &FixArguments) -> Mode {
    match (arguments.apply, arguments.check) {
        (true, _) => Mode::Apply,
        (_, true) => Mode::Check,
        _ => Mode::DryRun,
    }
}

/// Writes the change, unless somebody's work is in the way.
pub(super) fn write(allow_dirty: bool, changeset: &Changeset, state: &StateDir) -> Ending {
    let dirty = if allow_dirty { Vec::new() } else { uncommitted(changeset) };
    if !dirty.is_empty() {
        return Ending::Uncommitted(dirty);
    }
    changeset::apply(changeset, state).map_or_else(Ending::Failed, Ending::Written)
}

/// The files to be changed that have changes which are not committed.
pub(super) fn uncommitted(changeset: &Changeset) -> Vec<PathBuf> {
    let files: Vec<PathBuf> = changeset.changes().iter().map(|change| change.path.clone()).collect();
    git::uncommitted(changeset.root(), &files)
}

/// How the run ends; what failed outranks findings.
fn exit(
    arguments: &FixArguments,
    inspection: &Inspection,
    told: &Told,
    changeset: &Changeset,
    ending: &Ending,
) -> Exit {
    let is_failed_check =
        arguments.check && !arguments.exit_zero && (!changeset.is_empty() || inspection.has_errors(told));
    let is_failed_hook = matches!(ending, Ending::Written(applied) if !applied.files.is_empty());
    let exit = match is_failed_check || is_failed_hook && arguments.exit_non_zero_on_fix {
        true => Exit::Findings,
        false => Exit::Fine,
    };
    exit.or_failed(inspection.has_unreadable() || ending.error().is_some())
}
