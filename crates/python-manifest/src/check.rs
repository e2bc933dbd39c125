//! The last look at an edit: the file is read again, and it may differ from the old one by the one requirement alone.
//!
//! Every dialect lists all values of its file as [`Leaf`]s; the two lists are compared here.

use crate::requirement::{Requirement, normalise};
use crate::specifier::Notation;

/// One value of a file and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Leaf {
    pub(crate) path: Vec<String>,
    pub(crate) value: String,
}

impl Leaf {
    /// Whether the value belongs to a requirement of `distribution`: it is one, or stands below a key of that name.
    fn is_about(&self, distribution: &str) -> bool {
        let named = |text: &str| {
            Requirement::parse(text, 0, Notation::Conda).is_some_and(|one| one.distribution == distribution)
        };
        named(&self.value) || self.path.iter().any(|key| normalise(key).as_deref() == Some(distribution))
    }
}

/// The first value that the edit changed although it has nothing to do with `distribution`.
pub(crate) fn bystander(before: Vec<Leaf>, after: Vec<Leaf>, distribution: &str) -> Option<Leaf> {
    let others =
        |leaves: Vec<Leaf>| -> Vec<Leaf> { leaves.into_iter().filter(|leaf| !leaf.is_about(distribution)).collect() };
    let (before, after) = (others(before), others(after));
    let differs = before.iter().zip(&after).find(|(old, new)| old != new).map(|(old, _)| old.clone());
    differs.or_else(|| after.get(before.len()).or_else(|| before.get(after.len())).cloned())
}
