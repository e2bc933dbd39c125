//! What Sentry shall do, as it is said on the command line of every command that plans. Read [`ChoiceArguments`] first.

use clap::Args;
use planner::Choices;
use planner::choices::PlacementChoice;

use super::values::{Dsn, Placement, SdkVersion, rate};

/// What Sentry shall do.
#[derive(Debug, Clone, Args)]
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

    /// `env` (SENTRY_DSN is read when the program starts), or the DSN to write into the source
    #[arg(long, value_name = "env|URL", default_value = "env")]
    pub dsn: Dsn,

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

    /// The sentry-sdk to write for: `auto` (lock file, then requirement, then the newest known) or a version
    #[arg(long, value_name = "auto|X.Y", default_value = "auto")]
    pub sdk_version: SdkVersion,

    /// Write the requirement without extras
    #[arg(long)]
    pub no_extras: bool,

    /// Where init goes when public guides and measurements differ
    #[arg(long, value_enum, default_value_t = Placement::Measured, value_name = "WHICH")]
    pub placement: Placement,
}

impl ChoiceArguments {
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
