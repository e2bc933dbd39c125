//! The blank lines between two statements, as formatters want them. Read [`Gap`] first. Never edits.

use ruff_python_ast::Stmt;

use super::ImportStyle;
use crate::style::{content_start, line_above, line_end, line_ending_at, next_line};
use crate::tree::bodies;

/// A run of blank lines, perhaps none, between what stands above and below it; whole lines can be added in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    /// The start of its first line, in bytes of the text.
    pub(super) start: usize,
    /// How many blank lines it has.
    pub(super) blank: usize,
    pub(super) above: Kind,
    pub(super) below: Kind,
    /// Whether it lies between statements of the module itself.
    pub(super) top_level: bool,
}

/// What stands next to a gap, as far as blank lines depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: the start or the end of a file or block.
    Edge,
    Import,
    /// A function or class, or a block that ends with one.
    Definition,
    Comment,
    Statement,
}

impl Kind {
    /// The kind of a statement for what stands above it.
    pub(super) fn of_start(stmt: &Stmt) -> Self {
        match stmt {
            Stmt::Import(_) | Stmt::ImportFrom(_) => Self::Import,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => Self::Definition,
            _ => Self::Statement,
        }
    }

    /// The kind of a statement for what stands below it.
    pub(super) fn of_end(stmt: &Stmt) -> Self {
        match Self::of_start(stmt) {
            Self::Statement => {
                let last = bodies(stmt).into_iter().filter_map(<[Stmt]>::last).next_back();
                match last.map(Self::of_end) {
                    Some(Self::Definition) => Self::Definition,
                    _ => Self::Statement,
                }
            }
            kind => kind,
        }
    }
}

/// How many blank lines black, ruff and isort leave between two neighbours.
pub(super) fn blank_lines(above: Kind, below: Kind, top_level: bool, style: &ImportStyle) -> usize {
    let around_definition = if top_level { 2 } else { 1 };
    match (above, below) {
        (Kind::Edge, _) | (_, Kind::Edge) => 0,
        (Kind::Import, Kind::Import) => 1,
        (Kind::Import, _) if top_level && style.lines_after_imports().is_some() => {
            style.lines_after_imports().unwrap_or(1)
        }
        (Kind::Definition, _) | (_, Kind::Definition) => around_definition,
        _ => 1,
    }
}

impl Gap {
    /// The gap whose last line is directly above the line that starts at `line`.
    pub(super) fn ending_at(text: &str, line: usize, above: Kind, below: Kind, top_level: bool) -> Self {
        let mut gap = Self { start: line, blank: 0, above, below, top_level };
        while let Some(start) = line_above(text, gap.start).filter(|&start| is_blank(text, start)) {
            gap.start = start;
            gap.blank += 1;
        }
        match line_above(text, gap.start) {
            None => gap.above = Kind::Edge,
            // A deeper comment is the end of the block above.
            Some(start) if is_comment(text, start) && leading_space(text, start) <= leading_space(text, line) => {
                gap.above = Kind::Comment;
            }
            Some(_) => {}
        }
        gap
    }

    /// The gap whose first line starts at `line`. Below the last statement of a block it has no blank lines: those belong to what follows the block.
    pub(super) fn starting_at(text: &str, line: usize, above: Kind, below: Kind, top_level: bool) -> Self {
        let mut gap = Self { start: line, blank: 0, above, below, top_level };
        if below == Kind::Edge {
            return gap;
        }
        let mut end = line;
        while end < text.len() && is_blank(text, end) {
            end = next_line(text, end);
            gap.blank += 1;
        }
        gap
    }

    /// Where its last blank line ends.
    pub(super) fn end(&self, text: &str) -> usize {
        (0..self.blank).fold(self.start, |at, _| next_line(text, at))
    }

    /// The offset at which `lines` go in, and they with the blank lines that are missing around them.
    pub(super) fn filled(
        &self,
        text: &str,
        first: Kind,
        last: Kind,
        lines: Vec<String>,
        style: &ImportStyle,
    ) -> (usize, Vec<String>) {
        let wanted = blank_lines(self.above, first, self.top_level, style);
        let kept_above = wanted.min(self.blank);
        let at = (0..kept_above).fold(self.start, |at, _| next_line(text, at));
        let below = blank_lines(last, self.below, self.top_level, style).saturating_sub(self.blank - kept_above);
        let blank = |count| std::iter::repeat_n(String::new(), count);
        (at, blank(wanted - kept_above).chain(lines).chain(blank(below)).collect())
    }
}

/// Whether nothing stands on a line. One below a backslash still belongs to the statement above.
pub(super) fn is_blank(text: &str, line: usize) -> bool {
    text[line..line_end(text, line)].trim().is_empty() && !is_continued(text, line)
}

/// Whether a comment has a line to itself. One below a backslash ends the line of the statement above.
pub(super) fn is_comment(text: &str, line: usize) -> bool {
    begins_with_hash(text, line) && !is_continued(text, line)
}

fn begins_with_hash(text: &str, line: usize) -> bool {
    text[line..line_end(text, line)].trim_start().starts_with('#')
}

/// Whether the line above ends with a backslash that joins this one to it; one in a comment does not.
fn is_continued(text: &str, line: usize) -> bool {
    line_above(text, line)
        .is_some_and(|above| text[above..line].trim_end().ends_with('\\') && !begins_with_hash(text, above))
}

/// How many bytes of white space begin a line.
pub(super) fn leading_space(text: &str, line: usize) -> usize {
    let content = &text[line..line_end(text, line)];
    content.len() - content.trim_start_matches([' ', '\t', '\u{c}']).len()
}

/// Lines as text for the start of a line; at the end of a file without a last newline they begin with one instead, so it stays without.
pub(super) fn whole_lines(text: &str, at: usize, lines: &[String]) -> String {
    let ending = line_ending_at(text, at);
    let without_newline = at == text.len() && at > content_start(text) && !text.ends_with(['\n', '\r']);
    lines
        .iter()
        .map(|line| if without_newline { format!("{ending}{line}") } else { format!("{line}{ending}") })
        .collect()
}
