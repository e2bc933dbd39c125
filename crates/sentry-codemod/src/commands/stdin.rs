//! For editors: the text of one file comes on stdin, and goes to stdout as the change leaves it. Read [`run`] first.

use std::io::Read;
use std::path::Path;

use super::fix::change;
use crate::arguments::{FixArguments, Verbosity};
use crate::exit::Exit;
use crate::inspection::{Asked, Inspection, Target, Told};
use crate::output::{self, Ending};
use anyhow::{Context, Result};

/// Plans for the project around the file with the text in its place. Nothing is written.
///
/// # Errors
/// When the folder of the file is not there, or stdin cannot be read.
pub(crate) fn run(file: &Path, arguments: &FixArguments, verbosity: Verbosity) -> Result<Exit> {
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text).context("cannot read stdin")?;
    let (target, path) = Target::around(file)?;
    let asked = Asked { unsaved: Some((&path, text.clone())), ..arguments.asked(verbosity) };
    let inspection = Inspection::of(&target, &asked)?;
    let told = Told::default();
    let (changeset, waiting) = change(&inspection, &told)?;

    let run = output::Run {
        inspection: &inspection,
        changeset: &changeset,
        told: &told,
        waiting,
        ending: &Ending::Shown,
        verbosity,
    };
    output::story(&run);
    let change = changeset.changes().iter().find(|change| change.path == path);
    output::bytes(change.and_then(|change| change.after.as_deref()).unwrap_or(&text))?;
    output::others(&run, &path);
    Ok(Exit::Fine.or_failed(inspection.has_unreadable()))
}
