//! Show, write or check the change. Read [`run`] first.

use std::path::PathBuf;

use anyhow::{Context, Result};
use changeset::{Changeset, StateDir};
use planner::Diagnostic;
use planner::fix::compatible;
use planner::rewrite::rewrite;

use crate::arguments::{Colour, FixArguments, OutputFormat};
use crate::exit::Exit;
use crate::git;
use crate::inspection::{Asked, Inspection, Outcome, Target};
use crate::output::{self, Ending, Mode};

/// Shows the change, writes it, or says whether there is one.
///
/// # Errors
/// When the path cannot be used, or a file cannot be written.
pub(crate) fn run(arguments: &FixArguments, colour: Colour) -> Result<Exit> {
    let target = Target::of(&arguments.path)?;
    let state = StateDir::for_root(&target.root);
    if arguments.apply {
        output::recovered(changeset::recover(&target.root, &state)?);
    }

    let asked = Asked {
        choices: arguments.choices.clone(),
        settings: arguments.settings.clone(),
        unsafe_fixes: arguments.unsafe_fixes,
        unsaved: None,
    };
    let inspection = Inspection::of(&target, &asked)?;
    let (fixes, waiting) = compatible(inspection.outcomes.iter().flat_map(Outcome::allowed_fixes));
    let changeset =
        rewrite(&inspection.workspace, fixes).context("this is a bug: nothing was changed; please report it")?;
    let ending = if arguments.apply { apply(arguments, &changeset, &state) } else { Ending::Shown };
    let exit = exit(arguments, &inspection, &changeset, &ending);

    let run = output::Run {
        inspection: &inspection,
        changeset: &changeset,
        waiting: &waiting,
        is_told: Diagnostic::is_told_by_main_run,
        ending: &ending,
    };
    output::story(&run);
    match arguments.output_format {
        OutputFormat::Text if arguments.apply => {}
        OutputFormat::Text => output::diff(&changeset, colour)?,
        OutputFormat::Json => output::json(&run, mode(arguments), exit)?,
        OutputFormat::Github => output::github(&run)?,
        OutputFormat::Sarif => output::sarif(&run, exit)?,
    }
    output::ending(&run);
    ending.error().map_or(Ok(exit), Err)
}

fn mode(arguments: &FixArguments) -> Mode {
    match (arguments.apply, arguments.check) {
        (true, _) => Mode::Apply,
        (_, true) => Mode::Check,
        _ => Mode::DryRun,
    }
}

/// Writes the change, unless somebody's work is in the way.
fn apply(arguments: &FixArguments, changeset: &Changeset, state: &StateDir) -> Ending {
    let files: Vec<PathBuf> = changeset.changes().iter().map(|change| change.path.clone()).collect();
    let dirty = if arguments.allow_dirty { Vec::new() } else { git::uncommitted(changeset.root(), &files) };
    if !dirty.is_empty() {
        return Ending::Uncommitted(dirty);
    }
    changeset::apply(changeset, state).map_or_else(Ending::Failed, Ending::Written)
}

/// How the run ends; what failed outranks findings.
fn exit(arguments: &FixArguments, inspection: &Inspection, changeset: &Changeset, ending: &Ending) -> Exit {
    let is_failed_check = arguments.check && !arguments.exit_zero && (!changeset.is_empty() || inspection.has_errors());
    let is_failed_hook = matches!(ending, Ending::Written(applied) if !applied.files.is_empty());
    let exit = match is_failed_check || is_failed_hook && arguments.exit_non_zero_on_fix {
        true => Exit::Findings,
        false => Exit::Fine,
    };
    exit.or_failed(inspection.has_unreadable() || ending.error().is_some())
}
