//! Says what a project is, and nothing of what it lacks. Read [`run`] first.

use anyhow::Result;
use planner::Choices;

use crate::arguments::{DetectArguments, TextOrJson};
use crate::exit::Exit;
use crate::inspection::{Inspection, Target};
use crate::output;

/// Prints the facts: as the story has them, or as data.
///
/// # Errors
/// When the path cannot be used.
pub(crate) fn run(arguments: &DetectArguments) -> Result<Exit> {
    let target = Target::of(&arguments.path)?;
    let inspection = Inspection::of(target, Choices::default())?;
    let exit = Exit::Fine.or_failed(inspection.has_unreadable());
    match arguments.output_format {
        TextOrJson::Text => output::facts(&inspection)?,
        TextOrJson::Json => output::facts_as_json(&inspection, exit)?,
    }
    Ok(exit)
}
