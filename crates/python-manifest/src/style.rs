//! How a list writes its requirements, so that a new one looks like its neighbours. Read [`Style`] first.

use crate::Wanted;
use crate::list::List;
use crate::requirement::{Requirement, Written};
use crate::specifier::{Bounds, Notation, caret_end, short};
use crate::text::SourceText;
use crate::toml_text::Shape;

/// The habits of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    notation: Notation,
    keyed: bool,
    /// The quote around strings.
    pub(crate) quote: char,
    space_before_operator: bool,
    parentheses: bool,
    space_after_operator: bool,
    space_after_comma: bool,
    /// What stands before the version where versions are pinned: `==`, `== `, nothing.
    pin: Option<String>,
    caret: bool,
    equals: &'static str,
    version_first: bool,
    padded_braces: bool,
}

impl Style {
    /// Reads the habits off the versioned requirements of `list`; a list without any gets the form its tool writes.
    pub(crate) fn of(source: &SourceText, list: &List) -> Self {
        let mut versioned: Vec<&Requirement> = list
            .items
            .iter()
            .filter_map(|item| item.requirement.as_ref())
            .filter(|requirement| !matches!(requirement.distribution.as_str(), "python" | "pip"))
            .collect();
        let named = versioned.len();
        versioned.retain(|requirement| !matches!(requirement.specifier.as_str(), "" | "*"));
        let most =
            |is: &dyn Fn(&Requirement) -> bool| versioned.iter().filter(|one| is(one)).count() * 2 > versioned.len();
        let after_operator = most(&|one| one.specifier.contains("= ") || one.specifier.contains("> "));
        let multiple = versioned.iter().filter(|one| one.specifier.contains(',')).count();
        let space_after_comma = match multiple {
            0 => after_operator,
            _ => versioned.iter().any(|one| one.specifier.contains(", ")),
        };
        let tables: Vec<(bool, bool)> = list
            .items
            .iter()
            .filter_map(|item| item.requirement.as_ref())
            .filter_map(|one| inline_habits(source, one))
            .collect();
        let poetry = list.notation == Notation::Poetry;
        Self {
            notation: list.notation,
            keyed: list.keyed,
            quote: list.quote.unwrap_or('"'),
            space_before_operator: most(&|one| text_before(source, one).is_some_and(|text| text.ends_with(' '))),
            parentheses: most(&|one| text_before(source, one).is_some_and(|text| text.ends_with('('))),
            space_after_operator: after_operator,
            space_after_comma,
            pin: if list.pins_elsewhere { None } else { pin(list.notation, &versioned, named) },
            caret: poetry && (versioned.is_empty() || versioned.iter().any(|one| one.specifier.starts_with('^'))),
            equals: equals(source, list),
            version_first: tables.iter().any(|(version_first, _)| *version_first),
            padded_braces: tables.iter().any(|(_, padded)| *padded),
        }
    }

    /// A constraint as it follows a name: `>=2`, ` >=2`, ` (>=2)`.
    pub(crate) fn after_name(&self, constraint: &str) -> String {
        match (self.keyed, self.parentheses, self.space_before_operator) {
            (true, _, _) | (_, false, false) => constraint.to_owned(),
            (_, true, _) => format!(" ({constraint})"),
            (_, false, true) => format!(" {constraint}"),
        }
    }

    /// The range from floor to end: `>=2.35,<3`, or `^2.35` where carets are used and say the same.
    pub(crate) fn range(&self, wanted: &Wanted) -> String {
        let end = wanted.end.as_ref();
        if self.caret && end.is_none_or(|end| caret_end(&wanted.floor) == *end) {
            return format!("^{}", short(&wanted.floor));
        }
        let space = if self.space_after_operator { " " } else { "" };
        let comma = if self.space_after_comma { ", " } else { "," };
        let end = end.map(|end| format!("{comma}<{space}{}", short(end))).unwrap_or_default();
        format!(">={space}{}{end}", short(&wanted.floor))
    }

    /// A new requirement: `sentry-sdk[flask]>=2.35,<3`, or a TOML entry `sentry-sdk = "^2.35"`. Without quotes around it.
    pub(crate) fn requirement(&self, wanted: &Wanted) -> String {
        let name = &wanted.distribution;
        let constraint = match &self.pin {
            Some(pin) => format!("{pin}{}", wanted.newest),
            None => self.range(wanted),
        };
        let no_extras = wanted.extras.is_empty() || self.notation == Notation::Conda;
        if self.keyed {
            let version = format!("{0}{constraint}{0}", self.quote);
            let value = if no_extras { version } else { self.inline_table(&version, &wanted.extras) };
            return format!("{name}{}{value}", self.equals);
        }
        let extras = if no_extras { String::new() } else { format!("[{}]", wanted.extras.join(",")) };
        format!("{name}{extras}{}", self.after_name(&constraint))
    }

    /// `{extras = ["flask"], version = "^2.35"}` around a version that is quoted already.
    pub(crate) fn inline_table<T: AsRef<str>>(&self, version: &str, extras: &[T]) -> String {
        let pad = if self.padded_braces { " " } else { "" };
        let (version, extras) = (format!("version = {version}"), format!("extras = {}", self.array(extras)));
        let (first, second) = if self.version_first { (version, extras) } else { (extras, version) };
        format!("{{{pad}{first}, {second}{pad}}}")
    }

    /// `["flask", "celery"]`.
    pub(crate) fn array<T: AsRef<str>>(&self, items: &[T]) -> String {
        let quoted: Vec<String> = items.iter().map(|item| format!("{0}{1}{0}", self.quote, item.as_ref())).collect();
        format!("[{}]", quoted.join(", "))
    }
}

/// The text before the version, as most have it, where three of four versioned requirements admit exactly one version: an
/// upper bound here and there is an exception, not the habit. So are a few pins in a long list of bare names.
fn pin(notation: Notation, versioned: &[&Requirement], named: usize) -> Option<String> {
    let pins = versioned.iter().filter_map(|one| match notation {
        Notation::Conda => conda_pin(&one.specifier),
        _ => Bounds::parse(&one.specifier, notation)?.exact.map(|(at, _)| one.specifier[..at.start].to_owned()),
    });
    let pins: Vec<String> = pins.collect();
    if pins.len() * 4 < versioned.len() * 3 || pins.len() * 4 < named {
        return None;
    }
    most_common(&pins).cloned()
}

/// The value that stands there most often; the last of those that stand there equally often.
pub(crate) fn most_common<T: PartialEq>(values: &[T]) -> Option<&T> {
    values.iter().max_by_key(|value| values.iter().filter(|other| other == value).count())
}

/// conda's `=1.2` admits `1.2.*`, yet it is what people call pinned there; so is `=1.2=py312_0`, which names a build.
fn conda_pin(specifier: &str) -> Option<String> {
    let version = specifier.trim_start_matches('=').trim_start();
    let operator = &specifier[..specifier.len() - version.len()];
    let version = version.split_once('=').map_or(version, |(version, _build)| version);
    let plain = version.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    (operator.starts_with('=') && plain).then(|| operator.to_owned())
}

/// What stands on the line before the constraint of a requirement string.
fn text_before<'a>(source: &'a SourceText, requirement: &Requirement) -> Option<&'a str> {
    let Written::Text { specifier, .. } = &requirement.written else { return None };
    let text = source.slice(source.line_start(specifier.start)..specifier.start);
    (!text.trim().is_empty()).then_some(text)
}

/// Whether an inline table names the version before the extras, and whether its braces have blanks inside.
fn inline_habits(source: &SourceText, requirement: &Requirement) -> Option<(bool, bool)> {
    let Written::Entry(entry) = &requirement.written else { return None };
    let Shape::Inline { extras } = &entry.shape else { return None };
    let version_first = match (&entry.version, extras) {
        (Some(version), Some(extras)) => version.start < extras.start,
        _ => false,
    };
    Some((version_first, source.slice(entry.value.clone()).starts_with("{ ")))
}

fn equals(source: &SourceText, list: &List) -> &'static str {
    let last =
        list.items.iter().rev().filter_map(|item| item.requirement.as_ref()).find_map(|one| match &one.written {
            Written::Entry(entry) if entry.value.start >= entry.key.end => Some(entry.key.end..entry.value.start),
            _ => None,
        });
    match last {
        Some(between) if source.slice(between.clone()) == "=" => "=",
        _ => " = ",
    }
}
