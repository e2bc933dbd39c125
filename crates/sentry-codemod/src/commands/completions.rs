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
    // For Bash, clap_complete 4.6 takes the hyphen of the name for the border of a command where it lists the options of
    // commands, not where it finds out which command was typed; without this no command would be completed.
    let script = String::from_utf8(script)?.replace("sentry__subcmd__codemod", "sentry__codemod");
    output::text(&script)?;
    Ok(Exit::Fine)
}
