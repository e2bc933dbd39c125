//! What Sentry shall do, as it is said on the command line of every command that plans. Read [`ChoiceArguments`] first.

use clap::{Args, ValueEnum};
use planner::Choices;
use planner::choices::PlacementChoice;

use super::values::{Dsn, Placement, SdkVersion, rate};
use crate::settings::Configuration;

/// What Sentry shall do.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What Sentry does")]
pub(crate) struct ChoiceArguments {
    /// Exactly these features instead of the recommended ones: errors, tracing, logs, profiling, metrics
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub features: Option<Vec<String>>,

    /// These features on top of the recommended ones
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub with: Vec<String>,

    /// Without these of the recommended features
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub without: Vec<String>,

    /// `env` (SENTRY_DSN is read when the program starts), or the DSN to write into the source [default: env]
    #[arg(long, value_name = "env|URL")]
    pub dsn: Option<Dsn>,

    /// The share of requests and jobs that are traced, from 0 to 1
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub sample_rate: Option<f64>,

    /// The environment to report; else SENTRY_ENVIRONMENT is read
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,

    /// The release to report; else SENTRY_RELEASE is read
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,

    /// Send what identifies people, sensitive values filtered (the default)
    #[arg(long, overrides_with = "no_pii")]
    pub pii: bool,

    /// Send nothing that identifies people
    #[arg(long, overrides_with = "pii")]
    pub no_pii: bool,

    /// The sentry-sdk to write for: `auto` (lock file, then requirement, then the newest known) or a version [default: auto]
    #[arg(long, value_name = "auto|X.Y")]
    pub sdk_version: Option<SdkVersion>,

    /// Name the extras of sentry-sdk in the requirement (the default)
    #[arg(long, overrides_with = "no_extras")]
    pub extras: bool,

    /// Write the requirement without extras
    #[arg(long, overrides_with = "extras")]
    pub no_extras: bool,

    /// Where init goes when public guides and measurements differ [default: measured]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub placement: Option<Placement>,
}

impl ChoiceArguments {
    /// What the planner wants to know: what was typed, else what the configuration says, whose values were checked when it was read.
    pub(crate) fn over(&self, configuration: &Configuration) -> Choices {
        let dsn = self.dsn.clone().or_else(|| configuration.dsn.as_ref()?.parse().ok());
        let sdk_version = self.sdk_version.clone().or_else(|| configuration.sdk_version.as_ref()?.parse().ok());
        let placement = || Placement::from_str(configuration.placement.as_ref()?, false).ok();
        let list = |typed: &Vec<String>, configured: &Vec<String>| match typed.is_empty() {
            true => configured.clone(),
            false => typed.clone(),
        };
        Choices {
            features: self.features.clone().or_else(|| configuration.features.clone()),
            with: list(&self.with, &configuration.with),
            without: list(&self.without, &configuration.without),
            dsn: match dsn {
                Some(Dsn::Literal(url)) => Some(url),
                Some(Dsn::Environment) | None => None,
            },
            sample_rate: self.sample_rate.or(configuration.sample_rate),
            environment: self.environment.clone().or_else(|| configuration.environment.clone()),
            release: self.release.clone().or_else(|| configuration.release.clone()),
            pii: switch(self.pii, self.no_pii).or(configuration.pii),
            sdk_version: match sdk_version {
                Some(SdkVersion::Exactly(version)) => Some(version),
                Some(SdkVersion::Auto) | None => None,
            },
            no_extras: switch(self.extras, self.no_extras).or(configuration.extras) == Some(false),
            placement: match self.placement.or_else(placement) {
                Some(Placement::Documented) => PlacementChoice::Documented,
                Some(Placement::Measured) | None => PlacementChoice::Measured,
            },
        }
    }
}

impl ChoiceArguments {
    /// The words that say the same on a command line.
    pub(crate) fn words(&self) -> Vec<String> {
        let list = |flag: &str, names: &[String]| {
            if names.is_empty() { Vec::new() } else { vec![flag.to_owned(), names.join(",")] }
        };
        let value = |flag: &str, value: Option<String>| value.map_or(Vec::new(), |value| vec![flag.to_owned(), value]);
        let flag = |flag: &str, is_set: bool| if is_set { vec![flag.to_owned()] } else { Vec::new() };
        let dsn = self.dsn.as_ref().map(|dsn| match dsn {
            Dsn::Environment => "env".to_owned(),
            Dsn::Literal(url) => url.clone(),
        });
        let sdk_version = self.sdk_version.as_ref().map(|version| match version {
            SdkVersion::Auto => "auto".to_owned(),
            SdkVersion::Exactly(version) => version.to_string(),
        });
        let placement = self.placement.and_then(|placement| Some(placement.to_possible_value()?.get_name().to_owned()));
        [
            value("--features", self.features.as_ref().map(|names| names.join(","))),
            list("--with", &self.with),
            list("--without", &self.without),
            value("--dsn", dsn),
            value("--sample-rate", self.sample_rate.map(|rate| rate.to_string())),
            value("--environment", self.environment.clone()),
            value("--release", self.release.clone()),
            flag("--pii", self.pii),
            flag("--no-pii", self.no_pii),
            value("--sdk-version", sdk_version),
            flag("--extras", self.extras),
            flag("--no-extras", self.no_extras),
            value("--placement", placement),
        ]
        .concat()
    }
}

/// A pair of flags for yes and for no, of which the last one typed is set.
fn switch(yes: bool, no: bool) -> Option<bool> {
    match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}
