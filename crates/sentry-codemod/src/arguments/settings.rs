//! Where settings come from, and what is not looked at: for every command that reads a project. Read [`SettingsArguments`] first.

use std::path::PathBuf;

use clap::Args;

/// Where settings come from, and what is not looked at.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingsArguments {
    /// Do not look at these files and folders; a glob without `/` matches at any depth
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    pub exclude: Vec<String>,

    /// Take the settings from this file alone
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub config: Option<PathBuf>,

    /// Take no settings from any file
    #[arg(long)]
    pub isolated: bool,
}

impl SettingsArguments {
    /// The words that say the same on a command line.
    pub(crate) fn words(&self) -> Vec<String> {
        let exclude = self.exclude.iter().flat_map(|glob| ["--exclude".to_owned(), glob.clone()]);
        let config = self.config.iter().flat_map(|file| ["--config".to_owned(), file.display().to_string()]);
        let isolated = self.isolated.then(|| "--isolated".to_owned());
        exclude.chain(config).chain(isolated).collect()
    }
}

/// A glob, in the form that was typed.
///
/// # Errors
/// When it is none.
fn glob(text: &str) -> Result<String, String> {
    globset::Glob::new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}
