//! Looking without judging. Read [`DetectArguments`] first.

use std::path::PathBuf;

use clap::Args;

use super::{SettingsArguments, TextOrJson};

/// Say what the project is: its processes, its frameworks, the Sentry that is there
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod detect                             the project in this folder
  sentry-codemod detect services/shop               the project there
  sentry-codemod detect --output-format json | jq   the same as data")]
pub(crate) struct DetectArguments {
    /// The project: a folder, or a file that is the program to look at
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// The form of the facts on stdout
    #[arg(long, value_enum, default_value_t = TextOrJson::Text, value_name = "FORMAT")]
    pub output_format: TextOrJson,

    #[command(flatten)]
    pub settings: SettingsArguments,
}
