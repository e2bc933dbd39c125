//! A name more in a `from` import that is there already, as a sorter would have it. Never edits. Read [`name_added_to`] first.

use ruff_python_ast::{Alias, StmtImportFrom};
use ruff_source_file::LineRanges;
use ruff_text_size::Ranged;

use crate::style::{line_ending_at, line_start, next_line};

/// The width up to which a `from` import stays on one line.
const WIDTH: usize = 79;

/// Where and what to insert so that `from module import A, C` also imports `B`: sorted as isort sorts members.
///
/// `None` when a line of its own is better: a star, an alias, a line that would get too long, or a layout of several names a line.
pub(super) fn name_added_to(text: &str, stmt: &StmtImportFrom, name: &str) -> Option<(usize, String)> {
    if stmt.names.iter().any(|alias| alias.asname.is_some() || alias.name.as_str() == "*") {
        return None;
    }
    let next = stmt.names.iter().find(|alias| member_key(alias.name.as_str()) > member_key(name));
    let last = stmt.names.last()?;
    if !text.contains_line_break(stmt.range()) {
        let line = line_start(text, stmt.start().into());
        let width = text[line..stmt.end().into()].chars().count() + ", ".len() + name.len();
        return (width <= WIDTH).then(|| match next {
            Some(next) => (next.start().into(), format!("{name}, ")),
            None => (last.end().into(), format!(", {name}")),
        });
    }
    if !one_name_a_line(text, &stmt.names) {
        return None;
    }
    let indentation = |alias: &Alias| &text[line_start(text, alias.start().into())..alias.start().into()];
    match next {
        Some(next) => {
            let at = line_start(text, next.start().into());
            Some((at, format!("{}{name},{}", indentation(next), line_ending_at(text, at))))
        }
        None => {
            let at = next_line(text, last.end().into());
            let comma = text[last.end().into()..].starts_with(',');
            comma.then(|| (at, format!("{}{name},{}", indentation(last), line_ending_at(text, at))))
        }
    }
}

fn one_name_a_line(text: &str, names: &[Alias]) -> bool {
    names.iter().all(|alias| text[line_start(text, alias.start().into())..alias.start().into()].trim().is_empty())
}

/// isort's `order_by_type`: constants, then classes, then everything else.
fn member_key(name: &str) -> (u8, String) {
    let rank = if name.len() > 1 && name.chars().all(|c| !c.is_lowercase()) {
        0
    } else if name.starts_with(char::is_uppercase) {
        1
    } else {
        2
    };
    (rank, name.to_lowercase())
}
