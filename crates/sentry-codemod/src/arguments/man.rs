//! The manual for `man`. Read [`ManArguments`] first.

use clap::Args;

/// Print the manual page of the program or of one of its commands
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod man | man -l -      read it
  sentry-codemod man undo > ~/.local/share/man/man1/sentry-codemod-undo.1")]
pub(crate) struct ManArguments {
    /// The command; without one, the page of the program
    pub command: Option<String>,
}
