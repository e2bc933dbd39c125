//! What each release of the SDK knows: its options, integrations, extras and names. Read [`Sdk`] first; [`Releases`] says when something exists.

mod history;

use pep440_rs::Version;
use serde::Deserialize;

pub use history::{History, Period, Releases};

/// The table of `rules/sdk.toml`, held against real releases by `tests/sdk`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sdk {
    /// The newest stable release that the table was checked against.
    pub newest: Version,
    /// The newest release of the next major version that it was checked against.
    pub next: Version,
    /// The oldest release that a new requirement admits.
    pub oldest: Version,
    /// The options of `sentry_sdk.init`, by name.
    pub options: Vec<InitOption>,
    /// The integrations, by class.
    pub integrations: Vec<Integration>,
    /// The extras of the distribution, by name.
    pub extras: Vec<Extra>,
    /// Names of the SDK's interface that came late or went away, by name.
    pub names: Vec<Name>,
}

/// An option of `sentry_sdk.init`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InitOption {
    /// Its name.
    pub name: String,
    /// What it takes; every option that defaults to `None` takes that as well.
    #[serde(rename = "type")]
    pub kind: OptionType,
    /// What it is when it is not given, as Python writes it.
    pub default: History<String>,
    /// The releases that accept it; any other raises `TypeError`.
    pub releases: Releases,
    /// Releases that accept it and do nothing.
    #[serde(default)]
    pub broken: Vec<Version>,
    /// The first release that warns of it.
    pub deprecated: Option<Version>,
    /// The option to use instead.
    pub successor: Option<String>,
    /// The environment variable that the SDK reads when the option is not given.
    pub variable: Option<String>,
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionType {
    /// `True` or `False`.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A string.
    Str,
    /// A list, or another sequence or set.
    List,
    /// A dictionary.
    Dict,
    /// Something that can be called.
    Function,
    /// An object of one of the SDK's classes.
    Object,
}

impl OptionType {
    /// The word for it in rule files and pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::List => "list",
            Self::Dict => "dict",
            Self::Function => "function",
            Self::Object => "object",
        }
    }
}

/// An integration of the SDK with a library or with Python itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Integration {
    /// Its class.
    pub class: String,
    /// The module that it is imported from.
    pub module: String,
    /// The releases that have it.
    pub releases: Releases,
    /// Whether it has to be written.
    pub enabled: History<Enabled>,
    /// The oldest version of the library that it does not refuse: a written one that refuses stops the program.
    pub least: Option<History<Version>>,
    /// The extra of the distribution that goes with it.
    pub extra: Option<String>,
    /// Distributions without which it refuses.
    #[serde(default)]
    pub beside: Vec<String>,
    /// The classes of integrations that it switches off where they are not written.
    pub replaces: Option<History<Vec<String>>>,
}

/// Whether an integration has to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enabled {
    /// In every program, unless `default_integrations` is off.
    Always,
    /// Where its library can be imported, unless `auto_enabling_integrations` is off.
    Automatic,
    /// Only where it stands in `integrations`.
    Written,
}

/// An extra of the distribution.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Extra {
    /// Its name.
    pub name: String,
    /// The releases that have it.
    pub releases: Releases,
}

/// A name of the SDK's interface.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Name {
    /// The name from `sentry_sdk` on; a parameter stands in brackets behind its function or class.
    pub name: String,
    /// The releases that have it.
    pub releases: Releases,
    /// The first release that warns of it, or whose documentation does.
    pub deprecated: Option<Version>,
    /// What to use instead, in words.
    pub successor: Option<String>,
}

/// Why a release cannot be given an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It does not know it yet.
    TooOld,
    /// It does not know it any more.
    Gone,
    /// It accepts it and does nothing.
    Broken,
}

impl Integration {
    /// Whether a release enables it by itself.
    pub fn is_automatic(&self, version: &Version) -> bool {
        self.releases.has(version) && self.enabled.at(version).is_some_and(|enabled| *enabled != Enabled::Written)
    }

    /// The releases around this one that enable it by themselves: from the first on, until one does not.
    pub fn automatic(&self, version: &Version) -> Option<(&Version, Option<&Version>)> {
        let period = self.enabled.period(version).filter(|_| self.is_automatic(version))?;
        let until = period.until.into_iter().chain(&self.releases.gone).min();
        Some((period.since.unwrap_or(&self.releases.first), until))
    }

    /// Whether in a release it switches off the integration of that class, unless that is written.
    pub fn replaces(&self, version: &Version, class: &str) -> bool {
        let replaced = self.replaces.as_ref().and_then(|replaces| replaces.at(version));
        self.is_automatic(version) && replaced.is_some_and(|replaced| replaced.iter().any(|one| one == class))
    }

    /// The oldest version of the library that a release's integration does not refuse.
    pub fn least(&self, version: &Version) -> Option<&Version> {
        self.least.as_ref()?.at(version)
    }
}

impl Sdk {
    /// An option by its name.
    pub fn option(&self, name: &str) -> Option<&InitOption> {
        self.options.iter().find(|option| option.name == name)
    }

    /// An integration by its class.
    pub fn integration(&self, class: &str) -> Option<&Integration> {
        self.integrations.iter().find(|integration| integration.class == class)
    }

    /// Whether a release accepts the option and does what it says.
    pub fn accepts(&self, version: &Version, option: &str) -> bool {
        self.option(option).is_some() && self.obstacle(version, option).is_none()
    }

    /// Why a release cannot be given the option.
    pub fn obstacle(&self, version: &Version, option: &str) -> Option<Obstacle> {
        let option = self.option(option)?;
        if *version < option.releases.first {
            Some(Obstacle::TooOld)
        } else if !option.releases.has(version) {
            Some(Obstacle::Gone)
        } else {
            option.broken.contains(version).then_some(Obstacle::Broken)
        }
    }

    /// The obstacle in words.
    pub fn sentence(&self, obstacle: Obstacle, version: &Version, option: &str) -> String {
        match obstacle {
            Obstacle::TooOld => {
                let first = self.option(option).map(|option| option.releases.first.to_string()).unwrap_or_default();
                format!("sentry-sdk {version} does not know `{option}`, {first} is the first that does")
            }
            Obstacle::Gone => format!("sentry-sdk {version} has no `{option}` any more"),
            Obstacle::Broken => {
                format!("sentry-sdk {version} accepts `{option}` and does nothing; any other release will do")
            }
        }
    }

    /// Whether a release has the extra.
    pub fn has_extra(&self, version: &Version, extra: &str) -> bool {
        self.extras.iter().any(|known| known.name == extra && known.releases.has(version))
    }

    /// The oldest release that accepts all the options, and the first one that refuses one of them.
    pub fn range<'a>(&self, options: impl IntoIterator<Item = &'a str>) -> (Option<Version>, Option<Version>) {
        let known: Vec<&Releases> =
            options.into_iter().filter_map(|name| self.option(name)).map(|option| &option.releases).collect();
        let floor = known.iter().map(|releases| releases.first.clone()).max();
        let end = known.iter().filter_map(|releases| releases.gone.clone()).min();
        (floor, end)
    }
}
