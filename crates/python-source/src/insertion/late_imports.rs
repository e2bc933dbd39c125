//! Imports below code: what linter and sorter need to read there so that they neither complain nor move them.
//! Read [`below`] first. Never edits.

use ruff_python_ast::helpers::{is_assignment_to_a_dunder, is_docstring_stmt};
use ruff_python_ast::name::UnqualifiedName;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::ImportStyle;
use super::site::{Place, Spot};
use crate::ParsedModule;
use crate::style::{line_end, line_start};

/// Appended to an import below code, for flake8 and ruff.
pub(super) const NOQA: &str = "  # noqa: E402";

/// A line of its own below which isort begins a new group; it then leaves alone what stands above.
pub(super) const SPLIT: &str = "# isort: split";

/// What the imports below a block need.
pub(super) struct Late {
    /// Text to insert, with its offset, so that each import is excused from E402.
    pub(super) noqa: Vec<(usize, String)>,
    /// The block ends with [`SPLIT`].
    pub(super) split: bool,
}

/// Looks at the imports of the module below the site. Those that had code above them before need nothing new.
pub(super) fn below(text: &str, module: &ParsedModule, spot: &Spot, style: &ImportStyle) -> Late {
    let (above, below) = module.suite().split_at(spot.preceding);
    let is_import = |stmt: &&Stmt| matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_));
    if !spot.top_level {
        return Late { noqa: Vec::new(), split: false };
    }
    let split =
        style.floats_to_top() && matches!(spot.place, Place::Lines { .. }) && below.iter().any(|stmt| is_import(&stmt));
    let mut noqa = Vec::new();
    if style.checks_e402 && !above.iter().any(ends_import_section) {
        let newly_late = below.iter().take_while(|stmt| !ends_import_section(stmt)).filter(is_import);
        noqa.extend(newly_late.filter_map(|stmt| noqa_for(text, module, stmt)));
        noqa.dedup_by_key(|(at, _)| *at);
    }
    Late { noqa, split }
}

/// Whether an import below this statement is E402. As ruff sees it: blocks, dunders and changes of `sys.path` or the environment are excused.
pub(super) fn ends_import_section(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::If(_) | Stmt::Try(_) | Stmt::With(_) | Stmt::Match(_) => false,
        _ if is_docstring_stmt(stmt) || is_assignment_to_a_dunder(stmt) => false,
        Stmt::Expr(stmt) => match &*stmt.value {
            Expr::Call(call) => !is_excused(&call.func),
            _ => true,
        },
        Stmt::Assign(assign) => !assign.targets.iter().all(is_excused),
        Stmt::AugAssign(assign) => !is_excused(&assign.target),
        Stmt::Delete(delete) => !delete.targets.iter().all(is_excused),
        _ => true,
    }
}

/// Whether an expression is, or lies below, something that has to happen before imports.
fn is_excused(expr: &Expr) -> bool {
    let expr = ruff_python_ast::helpers::map_subscript(expr);
    let Some(name) = UnqualifiedName::from_expr(expr) else { return false };
    matches!(
        name.segments(),
        ["sys", "path", ..]
            | ["os", "environ", ..]
            | ["os", "putenv" | "unsetenv"]
            | ["site", "addsitedir"]
            | ["matplotlib", "use"]
            | ["pytest", "importorskip"]
    )
}

/// What to insert on the line of an import so that E402 is excused there; `None` when it is already.
fn noqa_for(text: &str, module: &ParsedModule, stmt: &Stmt) -> Option<(usize, String)> {
    let line = noqa_line(text, stmt)?;
    let end = line + text[line..line_end(text, line)].trim_end().len();
    let comment = module
        .parsed()
        .tokens()
        .iter()
        .find(|token| token.kind() == TokenKind::Comment && (line..end).contains(&usize::from(token.start())));
    let Some(comment) = comment else { return Some((end, NOQA.to_owned())) };
    let start = usize::from(comment.start());
    match Noqa::find(&text[start..end]) {
        None => Some((end, NOQA.to_owned())),
        Some(Noqa::All) => None,
        Some(Noqa::Codes { codes, .. })
            if codes.split([',', ' ']).any(|code| !code.is_empty() && "E402".starts_with(code)) =>
        {
            None
        }
        Some(Noqa::Codes { codes, end }) => {
            let separator = if codes.contains(',') && !codes.contains(", ") { "," } else { ", " };
            Some((start + end, format!("{separator}E402")))
        }
    }
}

/// The line whose comment speaks for a statement: its first; with backslashes, which leave no room for comments, its last.
fn noqa_line(text: &str, stmt: &Stmt) -> Option<usize> {
    let has_room = |line: &usize| !text[*line..line_end(text, *line)].trim_end().ends_with('\\');
    [stmt.start(), stmt.end()].map(|at| line_start(text, at.into())).into_iter().find(has_room)
}

/// A `noqa` in a comment.
enum Noqa<'a> {
    /// For every rule.
    All,
    /// For these; `end` is where the last code ends in the comment.
    Codes { codes: &'a str, end: usize },
}

impl<'a> Noqa<'a> {
    fn find(comment: &'a str) -> Option<Self> {
        let at = comment.to_ascii_lowercase().find("noqa")? + "noqa".len();
        let Some(after) = comment[at..].trim_start().strip_prefix(':') else { return Some(Self::All) };
        let start = comment.len() - after.trim_start().len();
        let is_code =
            |word: &str| word.starts_with(char::is_alphabetic) && word.ends_with(|c: char| c.is_ascii_digit());
        let mut end = start;
        let mut position = start;
        for word in comment[start..].split_inclusive([',', ' ', '\t']) {
            let code = word.trim_end_matches([',', ' ', '\t']);
            if !code.is_empty() && !is_code(code) {
                break;
            }
            position += word.len();
            if !code.is_empty() {
                end = position - (word.len() - code.len());
            }
        }
        Some(if end == start { Self::All } else { Self::Codes { codes: &comment[start..end], end } })
    }
}
