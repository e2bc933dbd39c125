//! One file for each thing the program does. Read [`run`] first.

mod completions;
mod detect;
mod doctor;
mod explain;
mod fix;
mod man;
mod undo;
#[cfg(unix)]
mod verify;

use anyhow::Result;

use crate::arguments::{Arguments, Command};
use crate::exit::Exit;

/// Does what was asked for.
///
/// # Errors
/// Whatever keeps the command from its end.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    match &arguments.command {
        None => fix::run(&arguments.fix, arguments.color),
        Some(Command::Detect(detect)) => detect::run(detect),
        Some(Command::Doctor(doctor)) => doctor::run(doctor, arguments.color),
        Some(Command::Explain(explain)) => explain::run(explain),
        Some(Command::Rules(_)) => explain::list(),
        Some(Command::Undo(undo)) => undo::run(undo),
        #[cfg(unix)]
        Some(Command::Verify(verify)) => verify::run(verify),
        #[cfg(unix)]
        Some(Command::VerifyWatchdog) => Ok(verify::watchdog()),
        Some(Command::Completions(completions)) => completions::run(completions),
        Some(Command::Man(man)) => man::run(man),
    }
}
