//! One file for each thing the program does. Read [`run`] first.

mod completions;
mod detect;
mod doctor;
mod explain;
mod fix;
mod man;
mod stdin;
mod undo;
#[cfg(unix)]
mod verify;
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
        Some(Command::Doctor(doctor)) => doctor::run(doctor, verbosity),
        Some(Command::Explain(explain)) => explain::run(explain),
        Some(Command::Rules(_)) => explain::list(),
        Some(Command::Undo(undo)) => undo::run(undo),
        #[cfg(unix)]
        Some(Command::Verify(verify)) => verify::run(verify, verbosity),
        #[cfg(unix)]
        Some(Command::VerifyWatchdog) => Ok(verify::watchdog()),
        Some(Command::Completions(completions)) => completions::run(completions),
        Some(Command::Man(man)) => man::run(man),
    }
}
