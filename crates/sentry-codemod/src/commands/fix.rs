//! Show, write or check the change. Read [`run`] first.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use changeset::{Changeset, StateDir};
use planner::fix::compatible;
use planner::rewrite::rewrite;

use crate::arguments::{Colour, FixArguments};
use crate::exit::Exit;
use crate::inspection::{Inspection, Target};
use crate::{git, output};

/// Shows the change, writes it, or says whether there is one.
///
/// # Errors
/// When the path cannot be used, or a file cannot be written.
pub(crate) fn run(arguments: &FixArguments, colour: Colour) -> Result<Exit> {
    let target = Target::of(&arguments.path)?;
    let state = StateDir::for_root(&target.root);
    if arguments.apply {
        output::recovered(changeset::recover(&target.root, &state)?.as_ref());
    } else if changeset::interrupted(&state).is_some() {
        output::interrupted();
    }

    let inspection = Inspection::of(target, &arguments.choices.choices())?;
    let fixes = inspection.outcomes.iter().flat_map(|outcome| outcome.plan.fixes_of_main_run());
    let (fixes, _) = compatible(fixes.filter(|fix| fix.is_allowed(arguments.unsafe_fixes)));
    let changeset =
        rewrite(&inspection.workspace, fixes).context("this is a bug: nothing was changed; please report it")?;

    let story = output::Story { inspection: &inspection, arguments };
    output::story(&story);
    let exit = if arguments.apply {
        let exit = apply(arguments, &changeset, &state)?;
        output::left_to_user(&story, &changeset);
        if !changeset.is_empty() {
            output::way_back(&arguments.path);
        }
        exit
    } else {
        output::diff(&changeset, colour)?;
        output::ending(&story, &changeset);
        let is_failed_check = arguments.check && !arguments.exit_zero;
        let findings = is_failed_check && (!changeset.is_empty() || inspection.has_errors());
        if findings { Exit::Findings } else { Exit::Fine }
    };
    Ok(exit.or_failed(inspection.has_unreadable()))
}

fn apply(arguments: &FixArguments, changeset: &Changeset, state: &StateDir) -> Result<Exit> {
    let files: Vec<PathBuf> = changeset.changes().iter().map(|change| change.path.clone()).collect();
    let dirty = if arguments.allow_dirty { Vec::new() } else { git::uncommitted(changeset.root(), &files) };
    if !dirty.is_empty() {
        let names: Vec<String> = dirty.iter().map(|path| format!("`{}`", path.display())).collect();
        bail!(
            "uncommitted changes in {}; nothing was written\n  commit or stash them, or say --allow-dirty",
            names.join(", ")
        );
    }
    let applied = changeset::apply(changeset, state)?;
    output::applied(&applied);
    Ok(if arguments.exit_non_zero_on_fix && !applied.files.is_empty() { Exit::Findings } else { Exit::Fine })
}
