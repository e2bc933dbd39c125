//! Values of options with a form of their own, and what is wrong with a text that does not have it. Read [`Dsn`] first.

use std::str::FromStr;

use clap::ValueEnum;

/// Where init goes when public guides and measurements differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Placement {
    /// Where everything was measured to arrive.
    Measured,
    /// Where the guides put it; the story says what that loses.
    Documented,
}

/// The form of what goes to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// The diff.
    Text,
    /// One document with facts, plan, findings and diffs; its schema is published.
    Json,
    /// Annotations for GitHub Actions.
    Github,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
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

/// How much is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Errors alone.
    Quiet,
    /// The story.
    #[default]
    Normal,
    /// The story without cuts.
    Verbose,
}

impl Verbosity {
    /// What two flags say, of which one at most is set.
    pub(crate) fn of(quiet: bool, verbose: bool) -> Self {
        match (quiet, verbose) {
            (true, _) => Self::Quiet,
            (_, true) => Self::Verbose,
            _ => Self::Normal,
        }
    }
}

/// The forms of what has no findings in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextOrJson {
    /// For people.
    Text,
    /// For programs, with a published schema.
    Json,
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
        match planner::dsn::fault(text) {
            None => Ok(Self::Literal(text.to_owned())),
            Some(fault) => Err(format!("{fault}; a DSN has the form {}; or say `env`", planner::dsn::FORM)),
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

/// A share.
///
/// # Errors
/// When it is no number from 0 to 1.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(rate),
        _ => Err(format!("`{text}` is no number from 0 to 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
