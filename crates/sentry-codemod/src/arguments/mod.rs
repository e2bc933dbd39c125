//! What the user typed. Parsing only checks the form; nothing is looked up here. Read [`Arguments`], then [`Command`].

mod choices;
mod completions;
mod detect;
mod doctor;
mod explain;
mod fix;
mod man;
mod settings;
mod undo;
mod values;
#[cfg(unix)]
mod verify;

use clap::{Parser, Subcommand};

pub(crate) use choices::ChoiceArguments;
pub(crate) use completions::CompletionsArguments;
pub(crate) use detect::DetectArguments;
pub(crate) use doctor::DoctorArguments;
pub(crate) use explain::{ExplainArguments, RulesArguments};
pub(crate) use fix::FixArguments;
pub(crate) use man::ManArguments;
pub(crate) use settings::SettingsArguments;
pub(crate) use undo::UndoArguments;
pub(crate) use values::{Colour, Dsn, OutputFormat, Placement, SdkVersion, TextOrJson, Verbosity, rate};
#[cfg(unix)]
pub(crate) use verify::VerifyArguments;

/// Puts Sentry into a Python project, at the place where it works.
///
/// Without a mode it shows what it would do as a diff and changes nothing.
#[derive(Debug, Clone, Parser)]
#[command(name = "sentry-codemod", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  sentry-codemod                     show the diff for the project in this folder
  sentry-codemod | git apply         the same change, by git's hand
  sentry-codemod --apply             write it: all files or none
  sentry-codemod -i                  be asked what Sentry shall do, then see and write it
  sentry-codemod --check services/   for CI: exit 1 when something would change

Exit codes:
  0  fine
  1  findings: --check, doctor, verify
  2  wrong usage, unreadable input or a failed write
  3  verify could not prove anything")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,

    /// Tell nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Tell of every process, and where the settings come from
    #[arg(short, long, global = true)]
    pub verbose: bool,

    #[command(flatten)]
    pub fix: FixArguments,
}

/// What to do instead of showing, writing or checking the change.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Command {
    Detect(DetectArguments),
    Doctor(Box<DoctorArguments>),
    Explain(ExplainArguments),
    Rules(RulesArguments),
    Undo(UndoArguments),
    #[cfg(unix)]
    Verify(Box<VerifyArguments>),
    /// The process that cleans up when `verify` is killed; it starts this itself
    #[cfg(unix)]
    #[command(hide = true)]
    VerifyWatchdog,
    Completions(CompletionsArguments),
    Man(ManArguments),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
