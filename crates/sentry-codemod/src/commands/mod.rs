//! One file for each thing the program does. Read [`run`] first.

mod detect;
mod fix;
mod stdin;
mod undo;
mod wizard;

use anyhow::Result;

use crate::arguments::{Arguments, Command, Verbosity};
use crate::exit::Exit;

/// Does what was asked for.
///
/// # Errors
/// Whatever keeps the command from its end.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let verbosity = Verbosity::of(arguments.quiet, arguments.verbose);
    match &arguments.command {
        None => fix::run(&arguments.fix, verbosity),
        Some(Command::Detect(detect)) => detect::run(detect, verbosity),
        Some(Command::Undo(undo)) => undo::run(undo),
    }
}
