//! What the user typed. Parsing only checks the form; nothing is looked up here. Read [`Arguments`] first.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Parser, ValueEnum};
use planner::Choices;
use planner::choices::PlacementChoice;

/// Puts Sentry into a Python project, at the place where it works.
///
/// Without a mode it shows what it would do as a diff and changes nothing.
#[derive(Debug, Clone, Parser)]
#[command(name = "sentry-codemod", version, max_term_width = 100)]
#[command(group = ArgGroup::new("mode").args(["dry_run", "apply", "check"]))]
#[command(after_help = "Examples:
  sentry-codemod                     show the diff for the project in this folder
  sentry-codemod | git apply         the same change, by git's hand
  sentry-codemod --apply             write it: all files or none
  sentry-codemod --check services/   for CI: exit 1 when something would change

Exit codes: 0 fine, 1 findings (--check), 2 usage, unreadable input or a failed write.")]
pub(crate) struct Arguments {
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

    /// Exactly these features instead of the recommended ones: errors, tracing, logs, profiling, metrics
    #[arg(long, value_delimiter = ',', value_name = "NAMES", help_heading = "What Sentry does")]
    pub features: Option<Vec<String>>,

    /// These features on top of the recommended ones
    #[arg(long, value_delimiter = ',', value_name = "NAMES", help_heading = "What Sentry does")]
    pub with: Vec<String>,

    /// Without these of the recommended features
    #[arg(long, value_delimiter = ',', value_name = "NAMES", help_heading = "What Sentry does")]
    pub without: Vec<String>,

    /// `env` (SENTRY_DSN is read when the program starts), or the DSN to write into the source
    #[arg(long, value_name = "env|URL", default_value = "env", help_heading = "What Sentry does")]
    pub dsn: Dsn,

    /// The share of requests and jobs that are traced, from 0 to 1
    #[arg(long, value_name = "RATE", value_parser = rate, help_heading = "What Sentry does")]
    pub sample_rate: Option<f64>,

    /// The environment to report; else SENTRY_ENVIRONMENT is read
    #[arg(long, value_name = "NAME", help_heading = "What Sentry does")]
    pub environment: Option<String>,

    /// The release to report; else SENTRY_RELEASE is read
    #[arg(long, value_name = "NAME", help_heading = "What Sentry does")]
    pub release: Option<String>,

    /// Send what identifies people, sensitive values filtered (the default)
    #[arg(long, overrides_with = "no_pii", help_heading = "What Sentry does")]
    pub pii: bool,

    /// Send nothing that identifies people
    #[arg(long, overrides_with = "pii", help_heading = "What Sentry does")]
    pub no_pii: bool,

    /// The sentry-sdk to write for: `auto` (lock file, then requirement, then the newest known) or a version
    #[arg(long, value_name = "auto|X.Y", default_value = "auto", help_heading = "What Sentry does")]
    pub sdk_version: SdkVersion,

    /// Write the requirement without extras
    #[arg(long, help_heading = "What Sentry does")]
    pub no_extras: bool,

    /// Where init goes when public guides and measurements differ
    #[arg(long, value_enum, default_value_t = Placement::Measured, value_name = "WHICH", help_heading = "What Sentry does")]
    pub placement: Placement,

    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,
}

/// Where init goes when public guides and measurements differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Placement {
    /// Where everything was measured to arrive.
    Measured,
    /// Where the guides put it; the story says what that loses.
    Documented,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR says no.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where the DSN comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dsn {
    /// `SENTRY_DSN`, when the program starts.
    Environment,
    /// Written into the source.
    Literal(String),
}

impl FromStr for Dsn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "env" {
            return Ok(Self::Environment);
        }
        // https://PUBLIC_KEY@HOST/PATH/PROJECT_ID, the key possibly followed by `:SECRET`
        let well_formed = (|| {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
            let (key, rest) = rest.split_once('@')?;
            let (host, path) = rest.split_once('/')?;
            let project = path.rsplit('/').next()?;
            let key_ok = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == ':');
            let project_ok = !project.is_empty() && project.chars().all(|c| c.is_ascii_digit());
            (key_ok && project_ok && !host.is_empty() && !host.contains(char::is_whitespace)).then_some(())
        })();
        match well_formed {
            Some(()) => Ok(Self::Literal(text.to_owned())),
            None => Err("a DSN has the form https://PUBLIC_KEY@HOST/PROJECT_ID; or say `env`".to_owned()),
        }
    }
}

/// The SDK to write for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SdkVersion {
    /// What the project has.
    Auto,
    /// This one.
    Exactly(pep440_rs::Version),
}

impl FromStr for SdkVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        text.parse().map(Self::Exactly).map_err(|_| format!("`{text}` is neither `auto` nor a version such as 2.40"))
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(rate),
        _ => Err(format!("`{text}` is no number from 0 to 1")),
    }
}

impl Arguments {
    /// The part that the planner wants to know.
    pub(crate) fn choices(&self) -> Choices {
        Choices {
            features: self.features.clone(),
            with: self.with.clone(),
            without: self.without.clone(),
            dsn: match &self.dsn {
                Dsn::Environment => None,
                Dsn::Literal(url) => Some(url.clone()),
            },
            sample_rate: self.sample_rate,
            environment: self.environment.clone(),
            release: self.release.clone(),
            pii: match (self.pii, self.no_pii) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            sdk_version: match &self.sdk_version {
                SdkVersion::Auto => None,
                SdkVersion::Exactly(version) => Some(version.clone()),
            },
            no_extras: self.no_extras,
            placement: match self.placement {
                Placement::Measured => PlacementChoice::Measured,
                Placement::Documented => PlacementChoice::Documented,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_malformed_dsn_is_refused_with_the_form_it_must_have() {
        assert!("https://abc123@o1.ingest.sentry.io/42".parse::<Dsn>().is_ok());
        assert!("https://abc@sentry.example.com/sub/7".parse::<Dsn>().is_ok());
        for bad in
            ["", "abc", "https://o1.ingest.sentry.io/42", "https://abc@host", "https://abc@host/x", "ftp://a@b/1"]
        {
            assert!(bad.parse::<Dsn>().is_err_and(|message| message.contains("PUBLIC_KEY")), "{bad}");
        }
    }
}
