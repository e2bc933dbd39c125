//! How lists are laid out in a file, and the edits that put one more item in. Read [`Layout`] first.
//!
//! Knows nothing of versions or dialects: a text, a place, edits.

use std::ops::Range;

use changeset::Edit;

use crate::list::{Item, Position};
use crate::text::SourceText;

/// The shape of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One item on a line, after a prefix: requirements files, setup.cfg, YAML lists, TOML tables.
    Lines { prefix: String },
    /// Items between brackets, separated by commas: TOML arrays, Python lists. `inner` is what the brackets hold.
    Brackets { inner: Range<usize> },
    /// Words of a shell command, with `\` at the line's end where it goes on.
    Words,
    /// Items between semicolons on one line of setup.cfg.
    Semicolons,
    /// There is no item yet: a first one goes here, between these texts.
    Slot { at: usize, before: String, after: String },
    /// No item can be added.
    Closed { reason: String },
}

impl Layout {
    /// The edits that put `text`, quoted already, at `position`.
    pub(crate) fn insert(
        &self,
        source: &SourceText,
        items: &[Item],
        position: Option<Position>,
        text: &str,
    ) -> Vec<Edit> {
        let Some(position) = position else {
            return match self {
                Self::Slot { at, before, after } => vec![Edit::insert(*at, format!("{before}{text}{after}"))],
                _ => Vec::new(),
            };
        };
        let position = match position {
            Position::Before(index) if opens_section(source, items, index) => Position::After(index - 1),
            other => other,
        };
        match self {
            Self::Lines { prefix } => vec![insert_line(source, items, position, prefix, text)],
            Self::Brackets { inner } => insert_in_brackets(source, items, position, inner, text),
            Self::Words => vec![insert_word(source, items, position, text)],
            Self::Semicolons => vec![match position {
                Position::Before(index) => Edit::insert(items[index].span.start, format!("{text}; ")),
                Position::After(index) => Edit::insert(items[index].span.end, format!("; {text}")),
            }],
            Self::Slot { .. } | Self::Closed { .. } => Vec::new(),
        }
    }
}

/// A line of its own. A file without a final newline stays without one.
fn insert_line(source: &SourceText, items: &[Item], position: Position, prefix: &str, text: &str) -> Edit {
    match position {
        Position::Before(index) if source.is_first_on_line(items[index].span.start) => {
            let start = items[index].span.start;
            // A comment may also be the end of a continued line above.
            let above = index.checked_sub(1).map_or(0, |above| source.next_line(items[above].span.end));
            Edit::insert(source.comments_above(start).max(above), format!("{prefix}{text}{}", source.eol(start)))
        }
        // A first item on the line of its key (`install_requires = flask`) has no line above it.
        Position::Before(index) | Position::After(index) => {
            let end = items[index].span.end;
            let eol = source.eol(end);
            let between = if are_apart(source, items) { eol.repeat(2) } else { eol.to_owned() };
            Edit::insert(end, format!("{between}{prefix}{text}"))
        }
    }
}

/// Whether a blank line and a title stand above an item: what comes before it in the order still belongs to the section above.
fn opens_section(source: &SourceText, items: &[Item], index: usize) -> bool {
    let start = items[index].span.start;
    let has_title = source.comments_above(start) < source.line_start(start);
    has_title && index > 0 && has_blank_line_between(source, &items[index - 1], &items[index])
}

/// Whether every item is a paragraph of its own; two of them may as well be two sections.
fn are_apart(source: &SourceText, items: &[Item]) -> bool {
    items.len() > 2 && items.windows(2).all(|pair| has_blank_line_between(source, &pair[0], &pair[1]))
}

fn has_blank_line_between(source: &SourceText, above: &Item, below: &Item) -> bool {
    let between = above.span.end..source.line_start(below.span.start);
    between.start < between.end && source.slice(between).lines().skip(1).any(|line| line.trim().is_empty())
}

fn insert_word(source: &SourceText, items: &[Item], position: Position, text: &str) -> Edit {
    match position {
        Position::Before(index) => {
            let start = items[index].span.start;
            if source.is_first_on_line(start) {
                let (indent, eol) = (source.indent(start), source.eol(start));
                Edit::insert(source.line_start(start), format!("{indent}{text} \\{eol}"))
            } else {
                Edit::insert(start, format!("{text} "))
            }
        }
        Position::After(index) => {
            let span = &items[index].span;
            if source.is_first_on_line(span.start) {
                let (indent, eol) = (source.indent(span.start), source.eol(span.start));
                Edit::insert(span.end, format!(" \\{eol}{indent}{text}"))
            } else {
                Edit::insert(span.end, format!(" {text}"))
            }
        }
    }
}

/// An element between brackets, laid out as its neighbours are.
///
/// `["a"]` becomes `["a", "b"]`. One element a line stays so: the comma goes right behind the old last element, before its
/// comment, and the new line has a comma when the old one had.
fn insert_in_brackets(
    source: &SourceText,
    items: &[Item],
    position: Position,
    inner: &Range<usize>,
    text: &str,
) -> Vec<Edit> {
    match position {
        Position::Before(index) => {
            let start = items[index].span.start;
            let own_line = source.is_first_on_line(start) && source.line_start(start) >= inner.start;
            if own_line {
                let line = format!("{}{text},{}", source.indent(start), source.eol(start));
                return vec![Edit::insert(source.comments_above(start).max(source.next_line(inner.start)), line)];
            }
            vec![Edit::insert(start, format!("{text}, "))]
        }
        Position::After(index) => {
            let last = items[index].span.clone();
            let comma = comma_after(source, last.end, inner.end);
            let prefix = source.slice(source.line_start(last.start)..last.start);
            let own_line = source.line_start(last.start) >= inner.start && matches!(prefix.trim(), "" | ",");
            if own_line {
                after_own_line(source, last, comma, inner, text)
            } else {
                after_inline(source, items, last, comma, text)
            }
        }
    }
}

fn after_own_line(
    source: &SourceText,
    last: Range<usize>,
    comma: Option<usize>,
    inner: &Range<usize>,
    text: &str,
) -> Vec<Edit> {
    let prefix = source.slice(source.line_start(last.start)..last.start);
    let eol = source.eol(last.start);
    let line_end = source.line_end(comma.unwrap_or(last.end));
    // The closing bracket on the same line: the new element comes between.
    let at = if line_end >= inner.end { comma.map_or(last.end, |comma| comma + 1) } else { line_end };
    match comma {
        Some(_) => vec![Edit::insert(at, format!("{eol}{}{text},", source.indent(last.start)))],
        None if prefix.trim() == "," => vec![Edit::insert(at, format!("{eol}{prefix}{text}"))],
        None => vec![Edit::insert(last.end, ","), Edit::insert(at, format!("{eol}{prefix}{text}"))],
    }
}

fn after_inline(
    source: &SourceText,
    items: &[Item],
    last: Range<usize>,
    comma: Option<usize>,
    text: &str,
) -> Vec<Edit> {
    let tight =
        items.len() > 1 && items.windows(2).all(|pair| source.slice(pair[0].span.end..pair[1].span.start) == ",");
    let space = if tight { "" } else { " " };
    match comma {
        Some(comma) => vec![Edit::insert(comma + 1, format!("{space}{text},"))],
        None => vec![Edit::insert(last.end, format!(",{space}{text}"))],
    }
}

/// The comma behind an element, past white space and comments.
fn comma_after(source: &SourceText, mut at: usize, end: usize) -> Option<usize> {
    while at < end {
        match source.text().as_bytes()[at] {
            b',' => return Some(at),
            b'#' => at = source.next_line(at),
            _ => at += 1,
        }
    }
    None
}

/// Where the first element of empty brackets goes: inside `[]`, or on a line of its own below the comments in it.
pub(crate) fn empty_brackets(source: &SourceText, inner: &Range<usize>) -> Layout {
    let inside = source.slice(inner.clone());
    let Some(newline) = inside.rfind('\n') else {
        return Layout::Slot { at: inner.start, before: String::new(), after: String::new() };
    };
    let comment = inside.lines().skip(1).find(|line| line.trim_start().starts_with('#'));
    let indent = match comment {
        Some(line) => line[..line.len() - line.trim_start().len()].to_owned(),
        None => format!("{}    ", &inside[newline + 1..]),
    };
    let eol = source.eol(inner.start);
    Layout::Slot { at: inner.start + newline + 1, before: indent, after: format!(",{eol}") }
}
