//! Says what is wrong with the Sentry that a project has, and mends it when told to. Read [`run`] first.

use anyhow::Result;
use changeset::{Changeset, StateDir};
use planner::Severity;

use super::fix::{change, write};
use crate::arguments::{DoctorArguments, OutputFormat, Verbosity};
use crate::exit::Exit;
use crate::inspection::{Inspection, Target, Told};
use crate::output::{self, Ending, Mode, Run};

/// Prints the findings, or the changes that mend them, or makes these.
///
/// # Errors
/// When the path cannot be used, or a file cannot be written.
pub(crate) fn run(arguments: &DoctorArguments, verbosity: Verbosity) -> Result<Exit> {
    let target = Target::of(&arguments.path)?;
    let state = StateDir::for_root(&target.root);
    if arguments.fix {
        output::recovered(changeset::recover(&target.root, &state)?.as_ref());
    }
    let inspection = Inspection::of(&target, &arguments.asked(verbosity))?;
    let told = Told { by_doctor: true, select: arguments.select.clone(), ignore: arguments.ignore.clone() };
    let (changeset, waiting) = change(&inspection, &told)?;
    let ending = match arguments.fix && !changeset.is_empty() {
        true => write(arguments.allow_dirty, &changeset, &state),
        false => Ending::Shown,
    };
    let run = Run { inspection: &inspection, changeset: &changeset, told: &told, waiting, ending: &ending, verbosity };
    let exit = exit(arguments, &run);
    print(arguments, &run, &changeset, exit)?;
    ending.error().map_or(Ok(exit), Err)
}

fn print(arguments: &DoctorArguments, run: &Run<'_>, changeset: &Changeset, exit: Exit) -> Result<()> {
    match arguments.output_format {
        OutputFormat::Text if arguments.diff => {
            output::diff(changeset)?;
        }
        OutputFormat::Text => output::findings(run)?,
        OutputFormat::Json => output::json(run, Mode::Doctor, exit)?,
        OutputFormat::Github => output::github(run)?,
        OutputFormat::Sarif => output::sarif(run, exit)?,
    }
    output::diagnosis(run);
    Ok(())
}

/// Errors and warnings that are still there count; what failed outranks them.
fn exit(arguments: &DoctorArguments, run: &Run<'_>) -> Exit {
    let stands = run.open_findings().iter().any(|finding| finding.diagnostic.severity < Severity::Note);
    let exit = if stands && !arguments.exit_zero { Exit::Findings } else { Exit::Fine };
    exit.or_failed(run.inspection.has_unreadable() || run.ending.error().is_some())
}
