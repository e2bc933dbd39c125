//! Prints the completions for a shell. Read [`run`] first.

use anyhow::Result;
use clap::CommandFactory;

use crate::arguments::{Arguments, CompletionsArguments};
use crate::exit::Exit;
use crate::output;

/// Prints what the shell is to load.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn run(arguments: &CompletionsArguments) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "sentry-codemod", &mut script);
    output::document(&script)?;
    Ok(Exit::Fine)
}
