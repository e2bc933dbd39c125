//! What a configuration file says, as a type: `[tool.sentry-codemod]` in a pyproject.toml, or a sentry-codemod.toml.
//! Read [`Configuration`] first. Its documentation is the reference of the keys; nothing but serde is used.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The settings of a project. The command line is above them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Configuration {
    /// Exactly these features instead of the recommended ones.
    pub features: Option<Vec<String>>,
    /// These features on top of the recommended ones.
    #[serde(default)]
    pub with: Vec<String>,
    /// Without these of the recommended features.
    #[serde(default)]
    pub without: Vec<String>,
    /// `env` (`SENTRY_DSN` is read when the program starts), or the DSN to write into the source.
    pub dsn: Option<String>,
    /// The share of requests and jobs that are traced, from 0 to 1.
    pub sample_rate: Option<f64>,
    /// The environment to report; without it `SENTRY_ENVIRONMENT` is read.
    pub environment: Option<String>,
    /// The release to report; without it `SENTRY_RELEASE` is read.
    pub release: Option<String>,
    /// Whether what identifies people is sent, sensitive values filtered.
    pub pii: Option<bool>,
    /// The sentry-sdk to write for: `auto` (lock file, then requirement, then the newest known) or a version.
    pub sdk_version: Option<String>,
    /// Whether the requirement names the extras of sentry-sdk.
    pub extras: Option<bool>,
    /// Where init goes when public guides and measurements differ: `measured` or `documented`.
    pub placement: Option<String>,
    /// Also make changes that move a version somebody chose.
    pub unsafe_fixes: Option<bool>,
    /// Files and folders that are not looked at: globs, seen from the folder of this file; one without a `/` matches at any depth.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Processes that no file declares: a name and the command that starts it, or a table with `command` and `folder`.
    #[serde(default)]
    pub process: BTreeMap<String, ProcessDeclaration>,
}

/// A process that no file declares.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a command, or a table with `command` and `folder`")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum ProcessDeclaration {
    /// The command that starts it, in the folder of the configuration file.
    Command(String),
    /// The command and where it is started.
    InFolder(CommandInFolder),
}

/// A command and where it is started.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CommandInFolder {
    /// The command that starts the process.
    pub command: String,
    /// The folder it is started in, seen from the folder of the configuration file.
    pub folder: Option<String>,
}

/// The keys, as they are written.
pub(crate) const KEYS: [&str; 14] = [
    "features",
    "with",
    "without",
    "dsn",
    "sample-rate",
    "environment",
    "release",
    "pii",
    "sdk-version",
    "extras",
    "placement",
    "unsafe-fixes",
    "exclude",
    "process",
];
