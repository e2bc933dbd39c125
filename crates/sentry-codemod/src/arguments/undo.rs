//! Taking back the last change. Read [`UndoArguments`] first.

use std::path::PathBuf;

use clap::Args;

/// Put back every file as it was before the last --apply
///
/// Byte for byte, all files or none; a file that was edited since is named, and nothing is written.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod undo                the project in this folder
  sentry-codemod undo services/shop  the project there")]
pub(crate) struct UndoArguments {
    /// The project that was changed
    #[arg(default_value = ".")]
    pub path: PathBuf,
}
