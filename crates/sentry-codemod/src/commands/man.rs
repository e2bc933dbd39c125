//! Prints the manual page of the program or of one of its commands. Read [`run`] first.

use anyhow::{Context, Result};
use clap::{Command, CommandFactory};

use crate::arguments::{Arguments, ManArguments};
use crate::exit::Exit;
use crate::output;

/// Prints the page in the language of `man`.
///
/// # Errors
/// When there is no such command, or stdout cannot be written.
pub(crate) fn run(arguments: &ManArguments) -> Result<Exit> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let command = match &arguments.command {
        Some(name) => named(&program, name)?,
        None => program,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).context("cannot write the page")?;
    // What follows the options in `--help` are examples, which clap_mangen cannot know.
    let page = String::from_utf8(page)?.replace(".SH EXTRA\n", ".SH EXAMPLES\n");
    output::text(&page)?;
    Ok(Exit::Fine)
}

/// One of the program's commands, called by its full name as its page is.
fn named(program: &Command, name: &str) -> Result<Command> {
    let commands: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
    let command = program
        .find_subcommand(name)
        .with_context(|| format!("there is no command `{name}`; the commands are {}", commands.join(", ")))?;
    let full_name = command.get_display_name().unwrap_or(name).to_owned();
    Ok(command.clone().name(full_name))
}
