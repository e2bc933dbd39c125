//! A list of requirements as every dialect's reader returns it, and the place in it where a new one goes. Read [`List`] first.

use std::ops::Range;

use crate::layout::Layout;
use crate::manifest::Group;
use crate::requirement::{Requirement, normalise};
use crate::specifier::Notation;
use crate::text::SourceText;

/// One list of requirements in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    /// How messages call it: `[project].dependencies`.
    pub(crate) place: String,
    pub(crate) group: Group,
    pub(crate) notation: Notation,
    /// Whether the items are `name = constraint`.
    pub(crate) keyed: bool,
    /// The quote its items have.
    pub(crate) quote: Option<char>,
    /// Whether another file pins what this one lists, so that a pin here would have to agree with it.
    pub(crate) pins_elsewhere: bool,
    pub(crate) layout: Layout,
    pub(crate) items: Vec<Item>,
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What the layout moves around: the lines of the item, the string with its quotes, the word.
    pub(crate) span: Range<usize>,
    /// `None` for what names no distribution: a path, a bare URL.
    pub(crate) requirement: Option<Requirement>,
}

/// Where a new item goes: before or after the item of that index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    Before(usize),
    After(usize),
}

impl List {
    /// The requirements of `distribution` in this list.
    pub(crate) fn requirements_of<'a>(&'a self, distribution: &'a str) -> impl Iterator<Item = &'a Requirement> {
        let named = self.items.iter().filter_map(|item| item.requirement.as_ref());
        named.filter(move |requirement| requirement.distribution == distribution)
    }

    /// Whether the list names one of these distributions.
    pub(crate) fn names_any(&self, distributions: &[String]) -> bool {
        let wanted: Vec<String> = distributions.iter().filter_map(|name| normalise(name)).collect();
        self.items.iter().filter_map(|item| item.requirement.as_ref()).any(|one| wanted.contains(&one.distribution))
    }

    /// Where `distribution` goes: in its place when the list is sorted, else at the end. `None` when the list is empty.
    ///
    /// The interpreter and the installer stand where people put them and say nothing about the order.
    pub(crate) fn position(&self, source: &SourceText, distribution: &str) -> Option<Position> {
        let is_tool = |item: &Item| {
            item.requirement.as_ref().is_some_and(|one| matches!(one.distribution.as_str(), "python" | "pip"))
        };
        let last = self.items.iter().rposition(|item| !is_tool(item)).or(self.items.len().checked_sub(1))?;
        let named: Vec<(usize, &Requirement)> = self
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| !is_tool(item))
            .filter_map(|(index, item)| Some((index, item.requirement.as_ref()?)))
            .collect();
        let normalised = |one: &Requirement| one.distribution.clone();
        let as_written = |one: &Requirement| source.slice(one.span.clone()).to_owned();
        let after_sorted = sorted_before(&named, distribution, &normalised)
            .or_else(|| sorted_before(&named, distribution, &as_written));
        Some(match after_sorted {
            Some(Some(index)) => Position::Before(index),
            Some(None) => Position::After(named.last().map_or(last, |(index, _)| *index)),
            None => Position::After(last),
        })
    }
}

/// `None` when the list is too short or not sorted by this key; else the item that comes after `distribution`, if any.
/// One item out of its place among many does not make a list unsorted.
fn sorted_before(
    named: &[(usize, &Requirement)],
    distribution: &str,
    key: &dyn Fn(&Requirement) -> String,
) -> Option<Option<usize>> {
    const MANY: usize = 16;
    let keys: Vec<String> = named.iter().map(|(_, one)| key(one)).collect();
    let misplaced = keys.windows(2).filter(|pair| pair[0] > pair[1]).count();
    if keys.len() < 2 || misplaced > keys.len() / MANY {
        return None;
    }
    let after = |number: usize| keys[number].as_str() > distribution;
    let fits = (0..keys.len()).find(|&number| after(number) && (number == 0 || !after(number - 1)));
    Some(fits.map(|number| named[number].0))
}
