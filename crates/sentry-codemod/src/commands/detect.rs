//! Says what a project is, and nothing of what it lacks. Read [`run`] first.

use anyhow::Result;

use crate::arguments::{DetectArguments, TextOrJson, Verbosity};
use crate::exit::Exit;
use crate::inspection::{Asked, Inspection, Target};
use crate::output;

/// Prints the facts: as the story has them, or as data.
///
/// # Errors
/// When the path cannot be used.
pub(crate) fn run(arguments: &DetectArguments, verbosity: Verbosity) -> Result<Exit> {
    let target = Target::of(&arguments.path)?;
    let asked = Asked { settings: arguments.settings.clone(), verbosity, ..Asked::default() };
    let inspection = Inspection::of(&target, &asked)?;
    let exit = Exit::Fine.or_failed(inspection.has_unreadable());
    match arguments.output_format {
        TextOrJson::Text => output::facts(&inspection, verbosity)?,
        TextOrJson::Json => output::facts_as_json(&inspection, exit)?,
    }
    Ok(exit)
}
