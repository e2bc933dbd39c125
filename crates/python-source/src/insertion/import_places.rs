//! Where each import line goes: into its section, in the order of the file. Never edits. Read [`place`] first.

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::gap::{Kind, whole_lines};
use super::late_imports::{NOQA, ends_import_section};
use super::merging::name_added_to;
use super::site::{Place, Spot, attached_start, begins_line, below_logical_line, gap_above, gap_below, is_heading};
use super::sorting::{Order, Sorted};
use super::{ImportStyle, InsertError};
use crate::style::line_start;
use crate::{ImportLine, ParsedModule, Source};

/// Imports that have found their place.
pub(super) enum Added {
    /// Text to be inserted at an offset: lines, or a name inside a `from` import that is there already.
    Text { at: usize, text: String },
    /// Lines that go directly above the block, in the same gap.
    WithBlock(Vec<String>),
}

/// A new import statement.
struct Line {
    sorted: Sorted,
    code: String,
}

/// Finds a place for every missing import: below the docstring, `__future__` and the statement that must come first, above the site,
/// in the section of its kind. A section that the file does not have yet is added with a blank line around it.
pub(super) fn place(
    source: &Source,
    module: &ParsedModule,
    missing: &[ImportLine],
    spot: &Spot,
    not_before: Option<usize>,
    style: &ImportStyle,
) -> Result<Vec<Added>, InsertError> {
    let suite = module.suite();
    let Some(first) = first_index(source, suite, spot, not_before)? else {
        return Ok(vec![Added::WithBlock(code_of(lines_for(missing, style)))]);
    };
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let line_starts = |index: &usize| suite.get(*index).is_none_or(|stmt| begins_line(module, stmt));
    let (Some(first), Some(end)) =
        ((first..=spot.preceding).find(line_starts), (first..=spot.preceding).rev().find(line_starts))
    else {
        // Everything above the site shares its line with it.
        return Ok(vec![Added::WithBlock(code_of(lines_for(missing, style)))]);
    };
    Ok(Area { text: source.text(), module, spot, style, first, end }.place(missing))
}

/// The index of the first top-level statement that imports may stand above; `None` when they can only stand next to the block.
fn first_index(
    source: &Source,
    suite: &[Stmt],
    spot: &Spot,
    not_before: Option<usize>,
) -> Result<Option<usize>, InsertError> {
    let line = |offset: usize| source.line_column(offset).0;
    let leading = leading_statements(suite);
    if spot.preceding < leading {
        return Err(InsertError::AboveFirst(line(suite[leading - 1].start().into())));
    }
    let Some(offset) = not_before else { return Ok(Some(leading)) };
    let index = suite.partition_point(|stmt| usize::from(stmt.end()) <= offset);
    if index < spot.preceding {
        return Ok(Some(leading.max(index + 1)));
    }
    let in_same_statement = index == spot.preceding && !spot.top_level && offset < spot.offset;
    if in_same_statement { Ok(None) } else { Err(InsertError::ImportsBelowSite(line(offset))) }
}

/// How many statements at the start must stay there: the docstring and the `__future__` imports.
fn leading_statements(suite: &[Stmt]) -> usize {
    let docstring = usize::from(suite.first().is_some_and(ruff_python_ast::helpers::is_docstring_stmt));
    let future =
        |stmt: &&Stmt| matches!(stmt, Stmt::ImportFrom(import) if import.module.as_deref() == Some("__future__"));
    docstring + suite[docstring..].iter().take_while(future).count()
}

fn is_import(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_))
}

/// The part of a module where imports may go.
struct Area<'a> {
    text: &'a str,
    module: &'a ParsedModule,
    spot: &'a Spot,
    style: &'a ImportStyle,
    /// The first and the last statement that an import may stand above; both begin their line.
    first: usize,
    end: usize,
}

impl Area<'_> {
    fn place(&self, missing: &[ImportLine]) -> Vec<Added> {
        let (merged, missing) = self.merge(missing);
        let imports = self.imports();
        let sorted: Vec<Sorted> = imports.iter().map(|(_, sorted)| sorted.clone()).collect();
        let order = Order::of(&sorted, self.style);
        let mut lines = lines_for(&missing, self.style);
        lines.sort_by_cached_key(|line| order.key(&line.sorted));

        let mut added = merged;
        let mut new_sections: Vec<NewSections> = Vec::new();
        for line in lines {
            let section = line.sorted.section;
            if imports.iter().any(|(_, other)| other.section == section) {
                added.extend(self.flush(&mut new_sections));
                added.push(self.in_section(&imports, order, line));
                continue;
            }
            let index = self.new_section_index(&imports, section);
            match new_sections.last_mut() {
                Some(new) if new.index == index => new.push(line, order.lines_between_types(self.style)),
                _ => new_sections.push(NewSections { index, last: line.sorted, lines: vec![line.code] }),
            }
        }
        added.extend(self.flush(&mut new_sections));
        added
    }

    /// New sections take their places before what comes after them does: edits at one offset keep their order.
    fn flush(&self, sections: &mut Vec<NewSections>) -> Vec<Added> {
        sections.drain(..).map(|new| self.new_sections(new)).collect()
    }

    /// The first run of imports, which takes the new ones, with their indices.
    fn imports(&self) -> Vec<(usize, Sorted)> {
        let suite = self.module.suite();
        let Some(start) = (self.first..self.end).find(|&index| is_import(&suite[index])) else { return Vec::new() };
        (start..self.end).map_while(|index| Some((index, Sorted::of_statement(&suite[index], self.style)?))).collect()
    }

    /// Names that an import of the same module takes in, and the imports that are left.
    fn merge(&self, missing: &[ImportLine]) -> (Vec<Added>, Vec<ImportLine>) {
        let mut merged = Vec::new();
        let mut left = Vec::new();
        for import in missing {
            match self.merged(import) {
                Some((at, text)) => merged.push(Added::Text { at, text }),
                None => left.push(import.clone()),
            }
        }
        (merged, left)
    }

    fn merged(&self, import: &ImportLine) -> Option<(usize, String)> {
        let ImportLine::From { module, name, alias: None } = import else { return None };
        if self.style.forces_single_line() {
            return None;
        }
        let suite = self.module.suite();
        let mut from_imports = self.imports().into_iter().filter_map(|(index, _)| suite[index].as_import_from_stmt());
        let same_module = from_imports.find(|stmt| stmt.level == 0 && stmt.module.as_deref() == Some(module))?;
        name_added_to(self.text, same_module, name)
    }

    /// A line among the imports of its section: below the last one that may stand before it, else above the first.
    fn in_section(&self, imports: &[(usize, Sorted)], order: Order, line: Line) -> Added {
        let suite = self.module.suite();
        let section = || imports.iter().filter(|(_, other)| other.section == line.sorted.section);
        let blank = order.lines_between_types(self.style);
        let is_first_of_type = section().all(|(_, other)| other.from != line.sorted.from);
        // Where blank lines set the types apart, a line goes among those of its own.
        let peers: Vec<_> =
            section().filter(|(_, other)| blank == 0 || is_first_of_type || other.from == line.sorted.from).collect();
        let above = peers.iter().rev().find(|(_, other)| order.key(other) <= order.key(&line.sorted));
        let first = peers.first().map_or(self.first, |(index, _)| *index);
        let index = self.line_start_from(above.map_or(first, |(index, _)| index + 1));
        let code = self.with_noqa(index, line.code);
        let blank = vec![String::new(); if is_first_of_type { blank } else { 0 }];
        if above.is_some() || index != first {
            let at = below_logical_line(self.module, suite[index - 1].end().into());
            return self.lines_at(at, &[blank, vec![code]].concat());
        }
        let (own_line, at) = (line_start(self.text, suite[index].start().into()), self.above(index));
        let before_comment = at < own_line && self.style.wants_blank_line_before_comment();
        let blank = if before_comment && blank.is_empty() { vec![String::new()] } else { blank };
        self.lines_at(at, &[vec![code], blank].concat())
    }

    fn lines_at(&self, at: usize, lines: &[String]) -> Added {
        Added::Text { at, text: whole_lines(self.text, at, lines) }
    }

    /// The start of a statement's line, or of the comments attached to it; a heading stays above the section it names.
    fn above(&self, index: usize) -> usize {
        let line = line_start(self.text, self.module.suite()[index].start().into());
        let attached = attached_start(self.text, self.module.suite(), index);
        if is_heading(&self.text[attached..line]) { line } else { attached }
    }

    /// The statement that a section of its own stands above: below the sections it comes after, else above those it comes before.
    fn new_section_index(&self, imports: &[(usize, Sorted)], section: usize) -> usize {
        let below_earlier = imports.iter().rev().find(|(_, other)| other.section < section).map(|(index, _)| index + 1);
        let above_later = || imports.iter().find(|(_, other)| other.section > section).map(|(index, _)| *index);
        self.line_start_from(below_earlier.or_else(above_later).unwrap_or(self.first))
    }

    fn new_sections(&self, new: NewSections) -> Added {
        let suite = self.module.suite();
        let index = new.index;
        let lines: Vec<String> = new.lines.into_iter().map(|code| self.with_noqa(index, code)).collect();
        if self.is_directly_above_block(index) {
            return Added::WithBlock(lines);
        }
        let mut gap = match index.checked_sub(1) {
            Some(previous) => gap_below(self.text, self.module, suite, previous),
            None => gap_above(self.text, self.module, suite, index),
        };
        if suite.get(index).is_some_and(is_import) {
            gap.below = Kind::Import;
        }
        let (at, lines) = gap.filled(self.text, Kind::Import, Kind::Import, lines, self.style);
        self.lines_at(at, &lines)
    }

    /// Whether nothing, not even a comment, would stand between the block and imports above the statement at `index`.
    fn is_directly_above_block(&self, index: usize) -> bool {
        let Place::Lines { gap, .. } = &self.spot.place else { return false };
        index == self.spot.preceding && self.spot.top_level && (index == 0 || gap.above != Kind::Comment)
    }

    /// The first statement from `index` on that begins its line.
    fn line_start_from(&self, index: usize) -> usize {
        let suite = self.module.suite();
        (index..self.end).find(|&index| begins_line(self.module, &suite[index])).unwrap_or(self.end)
    }

    /// The line with `noqa` when it stands below code and the linter minds.
    fn with_noqa(&self, index: usize, code: String) -> String {
        if code.is_empty() {
            return code;
        }
        let below_code = self.module.suite()[..index].iter().any(ends_import_section);
        if self.style.checks_e402 && below_code { code + NOQA } else { code }
    }
}

/// Sections that the file does not have yet, all above one statement.
struct NewSections {
    index: usize,
    last: Sorted,
    /// Their lines, with a blank line between two sections.
    lines: Vec<String>,
}

impl NewSections {
    fn push(&mut self, line: Line, between_types: usize) {
        let blank = match &self.last {
            last if last.section != line.sorted.section => 1,
            last if last.from != line.sorted.from => between_types,
            _ => 0,
        };
        self.lines.extend(vec![String::new(); blank]);
        self.last = line.sorted;
        self.lines.push(line.code);
    }
}

/// One line for each import; names of one module share a line unless the sorter forbids it.
fn lines_for(missing: &[ImportLine], style: &ImportStyle) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut open: Option<&str> = None;
    for import in missing {
        let sorted = Sorted::of_line(import, style);
        match import {
            ImportLine::From { module, name, alias: None } => {
                match lines.last_mut().filter(|_| open == Some(module) && !style.forces_single_line()) {
                    Some(line) => line.code = format!("{}, {name}", line.code),
                    None => lines.push(Line { sorted, code: format!("from {module} import {name}") }),
                }
                open = Some(module);
                continue;
            }
            ImportLine::From { module, name, alias: Some(alias) } => {
                lines.push(Line { sorted, code: format!("from {module} import {name} as {alias}") });
            }
            ImportLine::Module { module, alias: None } => lines.push(Line { sorted, code: format!("import {module}") }),
            ImportLine::Module { module, alias: Some(alias) } => {
                lines.push(Line { sorted, code: format!("import {module} as {alias}") });
            }
        }
        open = None;
    }
    lines
}

/// The statements that import these names.
pub(super) fn statements(imports: &[ImportLine], style: &ImportStyle) -> Vec<String> {
    code_of(lines_for(imports, style))
}

fn code_of(lines: Vec<Line>) -> Vec<String> {
    lines.into_iter().map(|line| line.code).collect()
}
