//! What a shell has to know to complete the command line. Read [`CompletionsArguments`] first.

use clap::Args;
use clap_complete::Shell;

/// Print the completions for a shell
///
/// They name every command, option and value, as this version of the program has them.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples, each with the file that the shell reads at its start:
  eval \"$(sentry-codemod completions bash)\"                   ~/.bashrc
  eval \"$(sentry-codemod completions zsh)\"                    ~/.zshrc, below compinit
  sentry-codemod completions fish | source                     config.fish
  sentry-codemod completions powershell | Out-String | iex     $PROFILE
  eval (sentry-codemod completions elvish | slurp)             rc.elv")]
pub(crate) struct CompletionsArguments {
    /// The shell
    pub shell: Shell,
}
