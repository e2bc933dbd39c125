//! What each release of the SDK knows: its options and extras, from the first release to the last. Read [`Sdk`] first.

use std::str::FromStr;

use pep440_rs::Version;
use serde::Deserialize;

/// The table of `rules/sdk.toml`.
#[derive(Debug, Clone)]
pub struct Sdk {
    /// The newest stable release that the table was checked against.
    pub newest: Version,
    /// The oldest release that a new requirement admits.
    pub oldest: Version,
    options: Vec<InitOption>,
    extras: Vec<Extra>,
}

/// An option of `sentry_sdk.init`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitOption {
    /// Its name.
    pub name: String,
    /// The first release that accepts it.
    pub first: Version,
    /// The first release that raises `TypeError` on it.
    pub gone: Option<Version>,
    /// Releases that accept it and do nothing.
    pub broken: Vec<Version>,
    /// The first release that warns of it.
    pub deprecated: Option<Version>,
    /// What to use instead.
    pub successor: Option<String>,
    /// The environment variable that the SDK reads when the option is not given.
    pub variable: Option<String>,
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

/// An extra of the distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Its name.
    pub name: String,
    /// The first release that has it.
    pub first: Version,
    /// The first release that does not have it any more.
    pub gone: Option<Version>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SdkTable {
    newest: VersionText,
    oldest: VersionText,
    option: Vec<OptionRow>,
    extra: Vec<ExtraRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OptionRow {
    name: String,
    first: VersionText,
    gone: Option<VersionText>,
    #[serde(default)]
    broken: Vec<VersionText>,
    deprecated: Option<VersionText>,
    successor: Option<String>,
    variable: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExtraRow {
    name: String,
    first: VersionText,
    gone: Option<VersionText>,
}

/// A version in a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionText(pub(crate) Version);

impl<'de> Deserialize<'de> for VersionText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Version::from_str(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Sdk {
    pub(crate) fn new(table: SdkTable) -> Self {
        let version = |text: Option<VersionText>| text.map(|text| text.0);
        Self {
            newest: table.newest.0,
            oldest: table.oldest.0,
            options: table
                .option
                .into_iter()
                .map(|row| InitOption {
                    name: row.name,
                    first: row.first.0,
                    gone: version(row.gone),
                    broken: row.broken.into_iter().map(|text| text.0).collect(),
                    deprecated: version(row.deprecated),
                    successor: row.successor,
                    variable: row.variable,
                })
                .collect(),
            extras: table
                .extra
                .into_iter()
                .map(|row| Extra { name: row.name, first: row.first.0, gone: version(row.gone) })
                .collect(),
        }
    }

    /// An option by its name.
    pub fn option(&self, name: &str) -> Option<&InitOption> {
        self.options.iter().find(|option| option.name == name)
    }

    /// Whether a release accepts the option and does what it says.
    pub fn accepts(&self, version: &Version, option: &str) -> bool {
        self.option(option).is_some() && self.obstacle(version, option).is_none()
    }

    /// Why a release cannot be given the option.
    pub fn obstacle(&self, version: &Version, option: &str) -> Option<Obstacle> {
        let option = self.option(option)?;
        if *version < option.first {
            Some(Obstacle::TooOld)
        } else if option.gone.as_ref().is_some_and(|gone| version >= gone) {
            Some(Obstacle::Gone)
        } else {
            option.broken.contains(version).then_some(Obstacle::Broken)
        }
    }

    /// The obstacle in words.
    pub fn sentence(&self, obstacle: Obstacle, version: &Version, option: &str) -> String {
        match obstacle {
            Obstacle::TooOld => {
                let first = self.option(option).map(|option| option.first.to_string()).unwrap_or_default();
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
        self.extras.iter().any(|known| {
            known.name == extra && *version >= known.first && known.gone.as_ref().is_none_or(|gone| version < gone)
        })
    }

    /// The oldest release that accepts all the options, and the first one that refuses one of them.
    pub fn range<'a>(&self, options: impl IntoIterator<Item = &'a str>) -> (Option<Version>, Option<Version>) {
        let rows: Vec<_> = options.into_iter().filter_map(|name| self.option(name)).collect();
        let floor = rows.iter().map(|option| option.first.clone()).max();
        let end = rows.iter().filter_map(|option| option.gone.clone()).min();
        (floor, end)
    }
}
