//! sentry-codemod: finds the processes of a Python project and puts Sentry where each of them reports to it.
//!
//! What was typed is an [`Arguments`]; each command is a file of `commands`, and most begin with an inspection of the project.

mod arguments;
mod commands;
mod exit;
mod git;
mod inspection;
mod output;
mod progress;
mod settings;
mod text;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use exit::Exit;

fn main() -> ExitCode {
    exit::report_panics();
    // A usage error ends here, with clap's own message and code 2.
    let arguments = Arguments::parse();
    output::set_colour(arguments.color);
    // The run on paper recurses as the user's program nests; the thread's stack is the room for it.
    let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(move || commands::run(&arguments));
    let outcome = worker.map(std::thread::JoinHandle::join);
    match outcome {
        Ok(Ok(Ok(exit))) => exit.code(),
        Ok(Ok(Err(error))) => {
            output::error(&error);
            Exit::Failed.code()
        }
        // The panic has been reported where it happened.
        Ok(Err(_)) => Exit::Failed.code(),
        Err(error) => {
            output::error(&anyhow::Error::new(error).context("cannot start a thread"));
            Exit::Failed.code()
        }
    }
}
