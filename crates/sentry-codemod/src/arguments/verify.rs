//! Proving by running. Read [`VerifyArguments`] first.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{ChoiceArguments, SettingsArguments, TextOrJson};

/// Run your own command and see which of its processes report to Sentry
///
/// The command is started as you give it, with SENTRY_DSN at an ingest on this machine; each framework and worker in it is made to fail
/// once, on a route or a private queue of verify's own, and what arrives is told process by process.
/// Nothing is sent anywhere else, no file of yours is changed, and every process is stopped at the end.
/// Your program does run, with all that it does when it starts.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod verify -- gunicorn shop.wsgi:app
  sentry-codemod verify -- celery -A shop.jobs worker
  sentry-codemod verify --also 'celery -A shop.jobs beat -s /tmp/beat' -- celery -A shop.jobs worker
  sentry-codemod verify --plan -- gunicorn shop.wsgi:app     before anything is written

Exit codes:
    0  every process that was asked reports
    1  one of them does not, or not fully
    2  wrong usage, or a command that is not there
    3  nothing could be proven
  130  interrupted")]
pub(crate) struct VerifyArguments {
    /// Try a copy of the project with the planned change, and leave the project alone
    #[arg(long)]
    pub plan: bool,

    /// With --plan: the project whose change is tried
    #[arg(long, value_name = "PATH", default_value = ".", requires = "plan")]
    pub project: PathBuf,

    /// Request this path of your application as well, and tell what arrives of it
    #[arg(long, value_name = "PATH", value_parser = url_path)]
    pub url: Vec<String>,

    /// The longest that it may take in all, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds)]
    pub timeout: Duration,

    /// The longest that a command may take until it answers, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "45", value_parser = seconds)]
    pub ready_timeout: Duration,

    /// Another command to run beside it, in quotes; it is started after the first
    #[arg(long, value_name = "COMMAND", value_parser = words)]
    pub also: Vec<Words>,

    /// Print how to check by hand instead, and run nothing
    #[arg(long, exclusive = true)]
    pub snippet: bool,

    /// How to tell what was seen
    #[arg(long, value_enum, default_value_t = TextOrJson::Text, value_name = "FORMAT")]
    pub output_format: TextOrJson,

    #[command(flatten)]
    pub choices: ChoiceArguments,

    #[command(flatten)]
    pub settings: SettingsArguments,

    /// The command, as you would type it, without a shell's operators
    #[arg(last = true, required_unless_present = "snippet", value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// A command, split into its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Vec<OsString>);

fn words(text: &str) -> Result<Words, String> {
    match shlex::split(text) {
        Some(words) if !words.is_empty() => Ok(Words(words.into_iter().map(OsString::from).collect())),
        Some(_) => Err("an empty command".to_owned()),
        None => Err(format!("a quote is open in `{text}`")),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds.into())),
        _ => Err(format!("`{text}` is no number of seconds above 0")),
    }
}

fn url_path(text: &str) -> Result<String, String> {
    let is_path = text.starts_with('/') && !text.starts_with("//");
    if is_path && text.chars().all(|c| c.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("a path begins with `/`, such as /orders/7; the host is found by itself".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_command_is_split_as_a_shell_would_and_run_without_one() {
        let expected = ["celery", "-A", "shop jobs", "&&", "x"].map(OsString::from);
        assert_eq!(words("celery -A 'shop jobs' && x"), Ok(Words(expected.to_vec())));
        assert!(words("celery 'beat").is_err());
        assert!(words(" ").is_err());
    }

    #[test]
    fn a_url_is_a_path_of_the_application() {
        assert!(url_path("/orders/7?x=1").is_ok());
        for bad in ["orders", "http://example.com/x", "//example.com", "/a b", "/a\r\nHost: x"] {
            assert!(url_path(bad).is_err(), "{bad}");
        }
    }
}
