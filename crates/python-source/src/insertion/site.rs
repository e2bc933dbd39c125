//! From a [`Site`] to the [`Spot`] in the text where a block can go. Never edits.

use ruff_python_ast::Stmt;
use ruff_python_ast::helpers::is_docstring_stmt;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use super::gap::{Gap, Kind, is_blank, is_comment, leading_space};
use super::{InsertError, Site, inside};
use crate::style::{content_start, line_above, line_end, line_start, next_line, size};
use crate::tree::bodies;
use crate::{ParsedModule, Source};

/// Where a block goes, and what surrounds it.
pub(super) struct Spot {
    pub(super) place: Place,
    /// Where the code will run, in bytes of the text; names are looked up from here.
    pub(super) offset: usize,
    /// How many top-level statements run before the block: imports for it go among or below these, and above the next one.
    pub(super) preceding: usize,
    /// Whether the block becomes a statement of the module itself.
    pub(super) top_level: bool,
}

/// What kind of place it is.
pub(super) enum Place {
    /// On lines of its own.
    Lines { gap: Gap, indentation: String },
    /// On the line of another statement, before it, at this offset.
    Before(usize),
    /// On the line of another statement, after it, at this offset.
    After(usize),
    /// A line between decorators, or between the last one and its function, at this offset.
    Decorator { at: usize, indentation: String },
    /// Around the name between these offsets.
    Around { start: usize, end: usize },
}

impl Spot {
    pub(super) fn find(source: &Source, module: &ParsedModule, site: Site) -> Result<Self, InsertError> {
        let text = source.text();
        let suite = module.suite();
        let (start, before) = match (site, suite.last()) {
            (Site::Before(offset), _) => (offset, true),
            (Site::After(offset), _) => (offset, false),
            (Site::End, Some(last)) => (last.start().into(), false),
            (Site::End, None) => return Ok(Self::in_module_without_statements(text)),
            (Site::BelowDecorator(offset), _) => return inside::below_decorator(text, module, offset),
            (Site::Around(start, end), _) => return inside::around_name(module, start, end),
        };
        let (body, index) = find_statement(suite, start).ok_or(InsertError::NoStatement(start))?;
        let stmt = &body[index];
        if before && index == 0 && is_docstring_stmt(stmt) {
            return Err(InsertError::AboveFirst(source.line_column(start).0));
        }
        let top_level = std::ptr::eq(body, suite);
        let containing = suite.partition_point(|top| usize::from(top.end()) <= start);
        let place =
            if before { place_before(text, module, body, index) } else { place_after(text, module, body, index) };
        Ok(Self {
            place,
            offset: if before { start } else { stmt.end().into() },
            preceding: containing + usize::from(top_level && !before),
            top_level,
        })
    }

    fn in_module_without_statements(text: &str) -> Self {
        let above = if text.len() > content_start(text) { Kind::Comment } else { Kind::Edge };
        let gap = Gap::starting_at(text, text.len(), above, Kind::Edge, true);
        let gap =
            if text.ends_with(['\n', '\r']) { Gap::ending_at(text, text.len(), above, Kind::Edge, true) } else { gap };
        Self {
            place: Place::Lines { gap, indentation: String::new() },
            offset: text.len(),
            preceding: 0,
            top_level: true,
        }
    }
}

/// The start of the innermost statement around the offset.
pub(super) fn start_of_statement(module: &ParsedModule, offset: usize) -> Option<usize> {
    statements_around(module, offset).last().map(|(_, stmt)| stmt.start().into())
}

/// The start of the last `import` of the package that runs before the offset in the blocks around it, the module's own left out.
pub(super) fn local_import(module: &ParsedModule, package: &str, offset: usize) -> Option<usize> {
    let is_it = |name: &str| name.split('.').next() == Some(package);
    let imports = |stmt: &&Stmt| match stmt {
        Stmt::Import(import) => import.names.iter().any(|alias| is_it(&alias.name.id)),
        Stmt::ImportFrom(import) => import.level == 0 && import.module.as_ref().is_some_and(|name| is_it(&name.id)),
        _ => false,
    };
    let blocks = statements_around(module, offset).into_iter().skip(1).rev();
    let found = blocks.filter_map(|(body, around)| {
        body.iter().take_while(|stmt| stmt.start() < around.start()).filter(imports).last()
    });
    found.map(|stmt| stmt.start().into()).next()
}

/// The statements around the offset from the outside in, each with the block it stands in.
fn statements_around(module: &ParsedModule, offset: usize) -> Vec<(&[Stmt], &Stmt)> {
    let mut around = Vec::new();
    let mut body = Some(module.suite());
    while let Some(block) = body {
        let index = block.partition_point(|stmt| usize::from(stmt.end()) <= offset);
        let Some(stmt) = block.get(index).filter(|stmt| usize::from(stmt.start()) <= offset) else { break };
        around.push((block, stmt));
        let holds = |inner: &&[Stmt]| {
            let ends = inner.first().zip(inner.last());
            ends.is_some_and(|(first, last)| (usize::from(first.start())..usize::from(last.end())).contains(&offset))
        };
        body = bodies(stmt).into_iter().find(holds);
    }
    around
}

/// The block that holds the statement starting at `offset`, and the statement's index in it.
fn find_statement(body: &[Stmt], offset: usize) -> Option<(&[Stmt], usize)> {
    let index = body.partition_point(|stmt| usize::from(stmt.end()) <= offset);
    let stmt = body.get(index)?;
    if usize::from(stmt.start()) == offset {
        return Some((body, index));
    }
    bodies(stmt).into_iter().find_map(|inner| find_statement(inner, offset))
}

fn place_before(text: &str, module: &ParsedModule, body: &[Stmt], index: usize) -> Place {
    let start = usize::from(body[index].start());
    if !begins_line(module, &body[index]) {
        return Place::Before(start);
    }
    Place::Lines { gap: gap_above(text, module, body, index), indentation: indentation_of(text, start) }
}

fn place_after(text: &str, module: &ParsedModule, body: &[Stmt], index: usize) -> Place {
    let in_one_line_body = token_before(module, body[0].start().into()) == Some(TokenKind::Colon);
    if in_one_line_body || !ends_line(body, index, module) {
        return Place::After(body[index].end().into());
    }
    let first_on_line = (0..=index).rev().find(|&at| begins_line(module, &body[at])).unwrap_or(index);
    let indentation = indentation_of(text, body[first_on_line].start().into());
    Place::Lines { gap: gap_below(text, module, body, index), indentation }
}

/// The gap above a statement that begins its line, and above the comments that are attached to it.
pub(super) fn gap_above(text: &str, module: &ParsedModule, body: &[Stmt], index: usize) -> Gap {
    let top_level = std::ptr::eq(body, module.suite());
    let above = index.checked_sub(1).map_or(Kind::Edge, |previous| Kind::of_end(&body[previous]));
    Gap::ending_at(text, attached_start(text, body, index), above, Kind::of_start(&body[index]), top_level)
}

/// The start of a statement's line, or of the comments directly above it.
///
/// Comments from the first line of the file on are its header (shebang, coding, licence), not the statement's.
pub(super) fn attached_start(text: &str, body: &[Stmt], index: usize) -> usize {
    let start = usize::from(body[index].start());
    let indentation = indentation_of(text, start).len();
    let own_line = logical_line_start(text, start);
    let mut line = own_line;
    while let Some(above) = line_above(text, line)
        && is_comment(text, above)
        && leading_space(text, above) <= indentation
    {
        line = above;
    }
    if line_above(text, line).is_none() { own_line } else { line }
}

/// Whether comments above an import name its section, as isort's `import_heading_*` does, rather than speak of the import.
pub(super) fn is_heading(comments: &str) -> bool {
    let comments = comments.to_lowercase();
    let mut words = comments.split(|c: char| !c.is_alphanumeric());
    words.any(|word| matches!(word, "party" | "thirdparty" | "imports" | "library" | "libraries" | "packages"))
}

/// The gap below a statement that ends its line, and below the deeper comments that end its block.
pub(super) fn gap_below(text: &str, module: &ParsedModule, body: &[Stmt], index: usize) -> Gap {
    let top_level = std::ptr::eq(body, module.suite());
    let own = indentation_of(text, body[index].start().into()).len();
    let mut line = below_logical_line(module, body[index].end().into());
    let mut ahead = line;
    while !bodies(&body[index]).is_empty() && ahead < text.len() && (is_blank(text, ahead) || is_comment(text, ahead)) {
        let deeper = !is_blank(text, ahead) && leading_space(text, ahead) > own;
        if !is_blank(text, ahead) && !deeper {
            break;
        }
        ahead = next_line(text, ahead);
        if deeper {
            line = ahead;
        }
    }
    let below = body.get(index + 1).map_or(Kind::Edge, Kind::of_start);
    let mut gap = Gap::starting_at(text, line, Kind::of_end(&body[index]), below, top_level);
    let end = gap.end(text);
    let stands_alone = || body.get(index + 1).is_none_or(|_| attached_start(text, body, index + 1) != end);
    if end < text.len() && is_comment(text, end) && stands_alone() {
        gap.below = Kind::Comment;
    }
    gap
}

/// Whether no other statement, nor the header of a block, stands before this one on its logical line.
pub(super) fn begins_line(module: &ParsedModule, stmt: &Stmt) -> bool {
    !matches!(token_before(module, stmt.start().into()), Some(TokenKind::Semi | TokenKind::Colon))
}

/// Whether no statement of the same block follows on the logical line.
pub(super) fn ends_line(body: &[Stmt], index: usize, module: &ParsedModule) -> bool {
    body.get(index + 1).is_none_or(|next| begins_line(module, next))
}

/// The last token before `offset` that is no comment, empty line or indentation.
fn token_before(module: &ParsedModule, offset: usize) -> Option<TokenKind> {
    let before = module.parsed().tokens().before(size(offset));
    let skipped = |kind| {
        matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent)
    };
    before.iter().rev().map(|token| token.kind()).find(|&kind| !skipped(kind))
}

/// The start of the line below the statement that ends at `offset`: behind its comment, and behind a backslash and the empty line it joins.
pub(super) fn below_logical_line(module: &ParsedModule, offset: usize) -> usize {
    let after = module.parsed().tokens().after(size(offset));
    let newline = after.iter().find(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::EndOfFile));
    newline.map_or(offset, |token| token.end().into())
}

/// The start of the line that holds `offset`, or of the first of the lone backslashes above it.
fn logical_line_start(text: &str, offset: usize) -> usize {
    let mut line = line_start(text, offset);
    while let Some(above) = lone_backslash_above(text, line) {
        line = above;
    }
    line
}

fn lone_backslash_above(text: &str, line: usize) -> Option<usize> {
    line_above(text, line).filter(|&above| text[above..line_end(text, above)].trim() == "\\")
}

/// The white space before a statement, behind the last form feed. Of lone backslashes above it, the first that is indented counts.
pub(super) fn indentation_of(text: &str, offset: usize) -> String {
    let own_line = line_start(text, offset);
    let lines = std::iter::successors(Some(own_line), |&line| lone_backslash_above(text, line));
    let line = lines.filter(|&line| leading_space(text, line) > 0).last().unwrap_or(own_line);
    let leading = &text[line..line + leading_space(text, line)];
    leading.rsplit('\u{c}').next().unwrap_or_default().to_owned()
}
