//! Which releases of the SDK a project may run with. Read [`Span`] first.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use super::Checkup;
use crate::facts::Ground;

/// From the oldest to the newest that may be installed.
pub(super) struct Span {
    /// The one in force: chosen, locked, or the oldest that the requirement admits.
    pub(super) oldest: Version,
    /// The newest known one that the requirement admits.
    pub(super) newest: Version,
    /// Whether there is no other.
    pub(super) is_fixed: bool,
}

impl Span {
    pub(super) fn of(checkup: &Checkup<'_>) -> Self {
        let (sdk, known) = (&checkup.facts.sdk, &checkup.catalogue.sdk.newest);
        let admits = |specifier: &str| match VersionSpecifiers::from_str(specifier) {
            Ok(specifiers) => specifiers.contains(known),
            // Poetry's `^2.1` and the like.
            Err(_) => sdk.version.release().first() == known.release().first(),
        };
        let newest = match &sdk.ground {
            Ground::Declared { specifier, .. } if !sdk.fixed && admits(specifier) => known.clone(),
            _ => sdk.version.clone(),
        };
        Self { newest: newest.max(sdk.version.clone()), oldest: sdk.version.clone(), is_fixed: sdk.fixed }
    }
}
