//! Looking at the Sentry that is there. Read [`DoctorArguments`] first.

use std::path::PathBuf;

use clap::Args;
use planner::Code;

use super::{ChoiceArguments, OutputFormat, SettingsArguments, Verbosity};
use crate::inspection::Asked;

/// Say what is wrong with the Sentry that a project has, and mend it
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod doctor                          all findings for the project in this folder
  sentry-codemod doctor --fix                    mend what can be mended safely
  sentry-codemod doctor --sdk-version 3          what breaks when the SDK is raised
  sentry-codemod doctor --select double-init     one kind of finding alone
  sentry-codemod explain double-init             what it means, with an example

Exit codes:
  0  nothing but notes
  1  an error or a warning stands
  2  wrong usage, unreadable input or a failed write")]
pub(crate) struct DoctorArguments {
    /// The project: a folder, or a file that is the program to look at
    #[arg(default_value = ".")]
    pub path: PathBuf,

    /// Make the changes that mend the findings: all files or none
    #[arg(long)]
    pub fix: bool,

    /// Show these changes as one unified diff on stdout instead of the findings
    #[arg(long, conflicts_with = "fix")]
    pub diff: bool,

    /// Also make changes that may not be what was meant
    #[arg(long)]
    pub unsafe_fixes: bool,

    /// With --fix: also where files to be changed have uncommitted changes
    #[arg(long, requires = "fix")]
    pub allow_dirty: bool,

    /// Exit 0 whatever is found
    #[arg(long)]
    pub exit_zero: bool,

    /// These kinds of findings alone
    #[arg(long, value_delimiter = ',', value_name = "CODES", value_parser = code)]
    pub select: Vec<Code>,

    /// Without these kinds of findings
    #[arg(long, value_delimiter = ',', value_name = "CODES", value_parser = code)]
    pub ignore: Vec<Code>,

    /// The form of the findings on stdout
    #[arg(long, value_enum, default_value_t = OutputFormat::Text, value_name = "FORMAT")]
    pub output_format: OutputFormat,

    #[command(flatten)]
    pub choices: ChoiceArguments,

    #[command(flatten)]
    pub settings: SettingsArguments,
}

impl DoctorArguments {
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

/// The code of that word.
///
/// # Errors
/// When there is none: names the nearest one.
fn code(word: &str) -> Result<Code, String> {
    let words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let nearest = planner::nearest::nearest(word, &words).map(|near| format!("; did you mean `{near}`?"));
    Code::named(word).ok_or_else(|| {
        format!("no finding is called that{}; `sentry-codemod rules` lists them", nearest.unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_code_is_answered_with_the_nearest() {
        assert_eq!(code("no-init"), Ok(Code::NoInit));
        assert!(code("double-inits").is_err_and(|message| message.contains("`double-init`")));
    }
}
