//! When something exists in the SDK, and what it was in which release. Read [`Releases`], then [`History`].

use std::collections::BTreeMap;

use pep440_rs::Version;
use serde::Deserialize;

/// The releases that have something: from the first one on, until it goes.
///
/// Written as Python writes it, `>=1.29.0` or `>=1.29.0,<3.0.0`. A beta counts as its release: what is gone in 3.0.0 is gone in 3.0.0b2.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Releases {
    /// The first release that has it.
    pub first: Version,
    /// The first release that does not have it any more.
    pub gone: Option<Version>,
}

impl Releases {
    /// Whether a release has it.
    pub fn has(&self, version: &Version) -> bool {
        is_from(version, &self.first) && !self.gone.as_ref().is_some_and(|gone| is_from(version, gone))
    }
}

impl TryFrom<String> for Releases {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fault = || format!("`{text}` is not of the form `>=1.29.0` or `>=1.29.0,<3.0.0`");
        let (first, gone) = match text.split_once(',') {
            Some((first, gone)) => (first, Some(gone.strip_prefix('<').ok_or_else(fault)?)),
            None => (text.as_str(), None),
        };
        let version = |text: &str| text.parse::<Version>().map_err(|_| fault());
        let first = version(first.strip_prefix(">=").ok_or_else(fault)?)?;
        Ok(Self { first, gone: gone.map(version).transpose()? })
    }
}

/// A value that may have changed with a release: written as the value alone, or as `{ "RELEASE" = VALUE, ... }` from the first on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum History<T> {
    /// The same in every release.
    Always(T),
    /// The values, each from its release on.
    Since(BTreeMap<Version, T>),
}

/// A value, and the releases from and before which it holds, where it holds in some only.
#[derive(Debug, PartialEq, Eq)]
pub struct Period<'a, T> {
    /// The value.
    pub value: &'a T,
    /// The first release with it.
    pub since: Option<&'a Version>,
    /// The first release with another one.
    pub until: Option<&'a Version>,
}

impl<T> History<T> {
    /// The value in a release; `None` in releases before the first that has one.
    pub fn at(&self, version: &Version) -> Option<&T> {
        self.period(version).map(|period| period.value)
    }

    /// The last value before a release.
    pub fn before(&self, version: &Version) -> Option<&T> {
        match self {
            Self::Always(value) => Some(value),
            Self::Since(values) => values.iter().rev().find(|(since, _)| *since < version).map(|(_, value)| value),
        }
    }

    /// The value in a release, and how long it holds.
    pub fn period(&self, version: &Version) -> Option<Period<'_, T>> {
        match self {
            Self::Always(value) => Some(Period { value, since: None, until: None }),
            Self::Since(values) => {
                let (since, value) = values.iter().rev().find(|(since, _)| is_from(version, since))?;
                let until = values.keys().find(|later| *later > since);
                Some(Period { value, since: Some(since), until })
            }
        }
    }
}

/// Whether a release is `since` or later, a beta counting as its release.
fn is_from(version: &Version, since: &Version) -> bool {
    version >= since || (version.any_prerelease() && version.only_release() >= *since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn a_beta_does_without_what_its_release_drops() {
        let releases = Releases::try_from(">=1.0.0,<3.0.0".to_owned()).expect("two bounds");
        for (release, expected) in
            [("0.20.3", false), ("1.0.0", true), ("2.75.0", true), ("3.0.0b2", false), ("3", false)]
        {
            assert_eq!(releases.has(&version(release)), expected, "{release}");
        }
        assert!(Releases::try_from("1.0.0".to_owned()).is_err());
    }

    #[test]
    fn a_value_holds_from_its_release_on() {
        let history = History::Since([(version("1.0.0"), 'a'), (version("3.0.0"), 'b')].into());
        for (release, expected) in [("0.9.0", None), ("2.75.0", Some('a')), ("3.0.0b2", Some('b')), ("3.1", Some('b'))]
        {
            assert_eq!(history.at(&version(release)).copied(), expected, "{release}");
        }
        let [first, second] = [version("1.0.0"), version("3.0.0")];
        let period = Period { value: &'a', since: Some(&first), until: Some(&second) };
        assert_eq!(history.period(&version("2.0.0")), Some(period));
        assert_eq!(History::Always('a').at(&version("1")), Some(&'a'));
    }
}
