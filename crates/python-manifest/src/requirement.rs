//! One requirement with the spans of its parts, and how it is made to fit what is wanted. Read [`Requirement`] first.
//!
//! Never prints a requirement again: what it does not change keeps its spelling, spacing, marker and comment.

use std::ops::Range;

use changeset::Edit;
use pep508_rs::PackageName;

use crate::Wanted;
use crate::specifier::{Fit, Notation, fit};
use crate::style::Style;
use crate::text::SourceText;
use crate::toml_text::Entry;

/// One requirement of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The distribution's name, normalised.
    pub(crate) distribution: String,
    pub(crate) extras: Vec<String>,
    /// The version constraint as written; empty for none, and for a URL.
    pub(crate) specifier: String,
    /// What a person would point at: the string without its quotes, or `key = value`.
    pub(crate) span: Range<usize>,
    pub(crate) written: Written,
}

/// Where the parts of a requirement stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    /// `name[extras]>=1 ; marker`.
    Text {
        name_end: usize,
        /// Between the brackets.
        extras: Option<Range<usize>>,
        /// Empty, at the place where one would go, when there is none.
        specifier: Range<usize>,
        /// `name @ https://...`: no constraint can be added.
        has_url: bool,
    },
    /// `name = "constraint"` in a TOML table.
    Entry(Entry),
}

/// The changes that make a requirement fit. No edits: it fits already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Revision {
    pub(crate) edits: Vec<Edit>,
    /// Why the versions that are installed may change beyond what the old requirement admitted.
    pub(crate) risk: Option<String>,
}

/// A distribution's name as PEP 503 compares it, or `None` when it is not a name.
pub(crate) fn normalise(name: &str) -> Option<String> {
    PackageName::new(name.to_owned()).ok().map(|name| name.to_string())
}

impl Requirement {
    /// Reads `text`, which stands at `offset` of the file, without comment and line continuation.
    ///
    /// `None` for what names no distribution: paths, bare URLs, options, templates.
    pub(crate) fn parse(text: &str, offset: usize, notation: Notation) -> Option<Self> {
        let lead = text.len() - text.trim_start().len();
        let body = text.trim();
        let name_len = body.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(body.len());
        let name = &body[..name_len];
        let is_file = [".whl", ".zip", ".tar.gz"].iter().any(|suffix| name.ends_with(suffix));
        let distribution = normalise(name).filter(|_| !is_file)?;
        let mut at = name_len;
        let mut extras = None;
        let rest = body[at..].trim_start();
        if rest.starts_with('[') {
            let open = body.len() - rest.len() + 1;
            let close = open + body[open..].find(']')?;
            extras = Some(open..close);
            at = close + 1;
        }
        let rest = body[at..].trim_start();
        let has_url = rest.starts_with('@');
        let constraint = constraint_span(body, at, notation)?;
        let shift = |range: Range<usize>| range.start + offset + lead..range.end + offset + lead;
        Some(Self {
            distribution,
            extras: extras.clone().map(|range| names(&body[range])).unwrap_or_default(),
            specifier: body[constraint.clone()].to_owned(),
            span: shift(0..body.len()),
            written: Written::Text {
                name_end: offset + lead + name_len,
                extras: extras.map(shift),
                specifier: shift(constraint),
                has_url,
            },
        })
    }

    /// The edits after which this requirement is what is wanted, or the sentence that says why there are none.
    ///
    /// Extras keep their order and the missing ones are appended; the constraint is changed as [`fit`] says.
    pub(crate) fn revise(
        &self,
        source: &SourceText,
        notation: Notation,
        wanted: &Wanted,
        style: &Style,
    ) -> Result<Revision, String> {
        let has = |extra: &String| self.extras.iter().any(|own| normalise(own) == normalise(extra));
        let missing: Vec<&String> = match notation {
            Notation::Conda => Vec::new(),
            _ => wanted.extras.iter().filter(|extra| !has(extra)).collect(),
        };
        if let Written::Entry(entry) = &self.written {
            entry.refuse_unknown_form()?;
        }
        let mut revision = Revision::default();
        if let Some(at) = self.constraint() {
            let constraint = match fit(&self.specifier, notation, wanted, style, !missing.is_empty()) {
                Fit::Keep => None,
                Fit::Narrow(text) => Some(text),
                Fit::Move(text, reason) => {
                    revision.risk = Some(reason);
                    Some(text)
                }
                Fit::Refuse(reason) => return Err(reason),
            };
            if let Some(text) = constraint {
                let text = if at.is_empty() { style.after_name(&text) } else { text };
                revision.edits.push(Edit::replace(at, text));
            }
        }
        if !missing.is_empty() {
            let missing: Vec<&str> = missing.into_iter().map(String::as_str).collect();
            self.add_extras(source, &missing, style, &mut revision.edits)?;
        }
        Ok(revision)
    }

    /// Where the version constraint stands or would go; `None` when the form has no room for one.
    fn constraint(&self) -> Option<Range<usize>> {
        match &self.written {
            Written::Text { has_url: true, .. } => None,
            Written::Text { specifier, .. } => Some(specifier.clone()),
            Written::Entry(entry) => entry.version.clone(),
        }
    }

    fn add_extras(
        &self,
        source: &SourceText,
        missing: &[&str],
        style: &Style,
        edits: &mut Vec<Edit>,
    ) -> Result<(), String> {
        match &self.written {
            // An empty constraint stands right behind the name: the extras come first.
            Written::Text { extras: None, name_end, .. } => {
                edits.insert(0, Edit::insert(*name_end, format!("[{}]", missing.join(","))));
            }
            Written::Text { extras: Some(inner), .. } => {
                let own = source.slice(inner.clone());
                let end = inner.start + own.trim_end().len();
                let comma = if own.contains(", ") { ", " } else { "," };
                let lead = if own.trim().is_empty() { "" } else { comma };
                edits.push(Edit::insert(end, format!("{lead}{}", missing.join(comma))));
            }
            Written::Entry(entry) => entry.add_extras(source, missing, style, edits)?,
        }
        Ok(())
    }
}

/// The span of the version constraint in `body`, of which the name and extras end at `at`.
fn constraint_span(body: &str, at: usize, notation: Notation) -> Option<Range<usize>> {
    let rest = &body[at..];
    let start = at + (rest.len() - rest.trim_start().len());
    let Some(first) = body[start..].chars().next() else { return Some(at..at) };
    match first {
        ';' | '@' => return Some(at..at),
        '(' => {
            let end = start + body[start..].find(')')?;
            return Some(start + 1..end);
        }
        '=' | '<' | '>' | '~' | '!' => {}
        '0'..='9' if notation == Notation::Conda && start > at => {}
        _ => return None,
    }
    let end = body[start..].find(';').map_or(body.len(), |length| start + length);
    Some(start..start + body[start..end].trim_end().len())
}

fn names(inside: &str) -> Vec<String> {
    inside.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
