//! The main run: show, write or check the change. Read [`FixArguments`] first.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::{ChoiceArguments, OutputFormat, SettingsArguments, Verbosity};
use crate::inspection::Asked;

/// Show, write or check the change: what the program does when no command is named.
#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("mode").args(["dry_run", "apply", "check", "interactive"]))]
pub(crate) struct FixArguments {
    /// The project: a folder, or a file that is the program to look at
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Show one unified diff on stdout and write nothing (the default)
    #[arg(long)]
    pub dry_run: bool,

    /// Write the change: all files or none
    #[arg(long)]
    pub apply: bool,

    /// Exit 1 when something would change
    #[arg(long)]
    pub check: bool,

    /// Ask what Sentry shall do, show the change, and write it when told so
    #[arg(short, long, conflicts_with_all = ["output_format", "exit_zero", "exit_non_zero_on_fix", "quiet"])]
    pub interactive: bool,

    /// Read the text of this file from stdin, and print it as the change leaves it: for editors
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mode", "path", "output_format"])]
    pub stdin_filename: Option<PathBuf>,

    /// With --apply: also where files to be changed have uncommitted changes
    #[arg(long, requires = "apply")]
    pub allow_dirty: bool,

    /// With --apply: exit 1 when something was changed
    #[arg(long, requires = "apply")]
    pub exit_non_zero_on_fix: bool,

    /// With --check: report, but exit 0
    #[arg(long, requires = "check")]
    pub exit_zero: bool,

    /// Also make changes that move a version somebody chose
    #[arg(long)]
    pub unsafe_fixes: bool,

    /// The form of what goes to stdout
    #[arg(long, value_enum, default_value_t = OutputFormat::Text, value_name = "FORMAT")]
    pub output_format: OutputFormat,

    #[command(flatten)]
    pub choices: ChoiceArguments,

    #[command(flatten)]
    pub settings: SettingsArguments,
}

impl FixArguments {
    /// What an inspection wants to know.
    pub(crate) fn asked(&self, verbosity: Verbosity) -> Asked<'static> {
        Asked {
            choices: self.choices.clone(),
            settings: self.settings.clone(),
            unsafe_fixes: self.unsafe_fixes,
            verbosity,
            unsaved: None,
        }
    }
}
