//! What the user asked for. Read [`Choices`] first.

use pep440_rs::Version;

/// The user's wishes, as far as they change what is planned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choices {
    /// Exactly these features, instead of the recommended ones.
    pub features: Option<Vec<String>>,
    /// Features on top of the recommended ones.
    pub with: Vec<String>,
    /// Recommended features that are not wanted.
    pub without: Vec<String>,
    /// A DSN to be written into the source; without it the SDK reads `SENTRY_DSN`.
    pub dsn: Option<String>,
    /// The share of requests and jobs that are traced, from 0 to 1.
    pub sample_rate: Option<f64>,
    /// The name of the environment.
    pub environment: Option<String>,
    /// The release.
    pub release: Option<String>,
    /// Whether what identifies people may be sent. The default is yes, with sensitive values filtered.
    pub pii: Option<bool>,
    /// The release of the SDK to write for.
    pub sdk_version: Option<Version>,
    /// No extras in the requirement.
    pub no_extras: bool,
    /// Where init goes when guides and measurements differ.
    pub placement: PlacementChoice,
}

/// Where init goes when guides and measurements differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlacementChoice {
    /// Where it was measured to report fully.
    #[default]
    Measured,
    /// Where public guides put it.
    Documented,
}
