//! How lines get into a file: a block at a site, the imports it needs, and everything else left byte for byte.
//!
//! Read [`Insertion`] first, then [`insert`]. Never writes a file: the result is a list of edits, all of them pure insertions.
//! Rooms: `site` finds the place, `inside` one in the middle of a statement, `gap` counts blank lines, `sorting` knows the order of imports, `import_places` puts them in it,
//! `merging` adds a name to an import that is there, `late_imports` keeps the linter and the sorter content where a block stands above imports.

mod gap;
mod import_places;
mod inside;
mod late_imports;
mod merging;
#[cfg(test)]
mod properties;
mod site;
mod sorting;
#[cfg(test)]
mod tests;

use changeset::Edit;

use crate::imports::imported_above;
use crate::style::FileStyle;
use crate::{ImportLine, ParseError, ParsedModule, Source, parse};
use gap::{Kind, blank_lines, whole_lines};
use import_places::Added;
use site::{Place, Spot};
pub use sorting::{ImportSection, ImportStyle, SorterOptions};

/// Where a block goes. Offsets are bytes of the text and name a statement by its start, the `@` of its first decorator included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// Before the statement that starts at this offset.
    Before(usize),
    /// After the statement that starts at this offset.
    After(usize),
    /// At the end of the module.
    End,
    /// Below the decorator whose expression starts at this offset: the block's one line is a decorator without its `@`.
    BelowDecorator(usize),
    /// Around the name, or the attribute, between these offsets: the block's one line is what it is handed to.
    Around(usize, usize),
}

/// A block of code to be put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insertion {
    /// Where.
    pub site: Site,
    /// Lines of code at indentation 0, four spaces an inner level, LF between lines; comments are welcome, strings of several lines are not.
    /// Not looked at where the site is inside a statement.
    pub block: String,
    /// The same on one line without comments, for a site inside a statement or on the line of another one (`a; b`).
    pub one_line: String,
    /// What the block needs at module level. What the module has already above the site, under the same name, is not added again.
    pub imports: Vec<ImportLine>,
    /// Imports stay below the end of the statement that starts here: it must run first, as `monkey.patch_all()` must.
    pub imports_not_before: Option<usize>,
}

/// Why a block cannot be put in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InsertError {
    /// The file is no Python 3.
    #[error(transparent)]
    Syntax(#[from] ParseError),
    /// The block is no Python 3: a bug of whoever rendered it.
    #[error("the block to insert is no Python: {0}")]
    Block(ParseError),
    /// No statement starts at the offset.
    #[error("no statement starts at offset {0}")]
    NoStatement(usize),
    /// The site stands above a docstring or a `__future__` import, which would lose its effect.
    #[error("line {0} is a docstring or a `__future__` import: nothing can go above it")]
    AboveFirst(usize),
    /// No decorator, or no name, stands at the offset.
    #[error("no decorator or name stands at offset {0}")]
    NoExpression(usize),
    /// The site stands above the statement that has to come before the imports.
    #[error("line {0} must run before the imports, but the place of the block is above it")]
    ImportsBelowSite(usize),
    /// The file's encoding has no bytes for the text.
    #[error("the file's encoding cannot write the text to insert")]
    Encoding,
}

/// The edits that put a block and its imports in.
///
/// ```python
/// import flask                        import flask
/// app = flask.Flask(__name__)         import sentry_sdk
///                                ->
///                                     sentry_sdk.init()
///
///                                     app = flask.Flask(__name__)
/// ```
///
/// Blank lines are those that black and ruff leave. Nothing is moved or taken away; into a statement goes, unless the site is inside it, at most a name
/// (`from x import a` takes in a second one). Where several blocks go into one file, all their imports belong to the topmost.
///
/// Known limit: an import below the block that gets `# noqa: E402` and so becomes longer than 88 columns is wrapped by black.
///
/// # Errors
/// When the file or the block does not parse, the site names no statement, or the encoding cannot write the text.
pub fn insert(source: &Source, insertion: &Insertion, style: &ImportStyle) -> Result<Vec<Edit>, InsertError> {
    let module = parse(source)?;
    let spot = Spot::find(source, &module, insertion.site)?;
    let missing = missing_imports(&module, &insertion.imports, &spot);
    let added = import_places::place(source, &module, &missing, &spot, insertion.imports_not_before, style)?;
    let late = late_imports::below(source.text(), &module, &spot, style);

    let file = FileStyle::of(source, &module);
    let mut edits = Vec::new();
    let mut with_block = Vec::new();
    for added in added {
        match added {
            Added::Text { at, text } => edits.push((at, text)),
            Added::WithBlock(lines) => with_block.extend(lines),
        }
    }
    match &spot.place {
        Place::Before(at) => edits.push((*at, one_line(&with_block, &insertion.one_line) + "; ")),
        Place::After(at) => edits.push((*at, "; ".to_owned() + &one_line(&with_block, &insertion.one_line))),
        Place::Decorator { .. } | Place::Around { .. } if !with_block.is_empty() => {
            return Err(InsertError::ImportsBelowSite(source.line_column(spot.offset).0));
        }
        Place::Decorator { at, indentation } => {
            let line = format!("{indentation}@{}", insertion.one_line);
            edits.push((*at, whole_lines(source.text(), *at, &[line])));
        }
        Place::Around { start, end } => {
            edits.extend([(*start, format!("{}(", insertion.one_line)), (*end, ")".to_owned())]);
        }
        Place::Lines { gap, indentation } => {
            let block = Block::read(&insertion.block)?;
            let (first, lines, last) = block.lines(with_block, late.split, gap.top_level, style);
            let lines = lines.iter().map(|line| indented(line, indentation, &file.indentation)).collect();
            let (at, lines) = gap.filled(source.text(), first, last, lines, style);
            edits.push((at, whole_lines(source.text(), at, &lines)));
        }
    }
    edits.extend(late.noqa);
    edits.into_iter().map(|(at, text)| source.edit(at..at, &text).ok_or(InsertError::Encoding)).collect()
}

/// The edits that give the code at the offset `used_at` its imports, and nothing else; those that it has are not added again.
///
/// Where the statement of a local `import` gives it the package already, the new import stands below that one: what is imported there may
/// not be installed everywhere.
///
/// # Errors
/// As [`insert`].
pub fn insert_imports(
    source: &Source,
    imports: &[ImportLine],
    used_at: usize,
    style: &ImportStyle,
) -> Result<Vec<Edit>, InsertError> {
    let module = parse(source)?;
    let at = site::start_of_statement(&module, used_at).ok_or(InsertError::NoStatement(used_at))?;
    let spot = Spot::find(source, &module, Site::Before(at))?;
    let missing = missing_imports(&module, imports, &spot);
    let package = |import: &ImportLine| import.qualified().split('.').next().map(str::to_owned);
    let beside = missing.first().and_then(package).and_then(|package| site::local_import(&module, &package, used_at));
    if let Some(beside) = beside {
        let block = import_places::statements(&missing, style);
        let insertion = Insertion {
            site: Site::After(beside),
            block: block.join("\n") + "\n",
            one_line: block.join("; "),
            imports: Vec::new(),
            imports_not_before: None,
        };
        return insert(source, &insertion, style);
    }
    let added = import_places::place(source, &module, &missing, &spot, None, style)?;
    let edit = |added: Added| match added {
        Added::Text { at, text } => source.edit(at..at, &text).ok_or(InsertError::Encoding),
        Added::WithBlock(_) => Err(InsertError::ImportsBelowSite(source.line_column(at).0)),
    };
    added.into_iter().map(edit).collect()
}

/// The imports that the module does not have yet above the site under the name the block uses.
fn missing_imports(module: &ParsedModule, imports: &[ImportLine], spot: &Spot) -> Vec<ImportLine> {
    let mut missing: Vec<ImportLine> = imports
        .iter()
        .filter(|import| {
            let above = imported_above(module, &import.qualified(), spot.offset);
            !above.iter().any(|binding| binding.name == import.local() && !binding.optional)
        })
        .cloned()
        .collect();
    missing.sort();
    missing.dedup();
    missing
}

/// The code that goes in, read so far as its blank lines need.
struct Block<'a> {
    text: &'a str,
    first: Kind,
    last: Kind,
}

impl<'a> Block<'a> {
    fn read(text: &'a str) -> Result<Self, InsertError> {
        let source = Source::decode(text.as_bytes().to_vec()).map_err(|_| InsertError::Encoding)?;
        let module = parse(&source).map_err(InsertError::Block)?;
        let first = module.suite().first().map_or(Kind::Statement, Kind::of_start);
        let last = module.suite().last().map_or(Kind::Statement, Kind::of_end);
        Ok(Self { text: text.trim_matches('\n'), first, last })
    }

    /// Imports, the block and perhaps a line for the sorter, and the kinds at both ends.
    fn lines(
        &self,
        imports: Vec<String>,
        split: bool,
        top_level: bool,
        style: &ImportStyle,
    ) -> (Kind, Vec<String>, Kind) {
        let first = if imports.is_empty() { self.first } else { Kind::Import };
        let last = if split { Kind::Comment } else { self.last };
        let mut lines = imports;
        if !lines.is_empty() {
            lines.extend(vec![String::new(); blank_lines(Kind::Import, self.first, top_level, style)]);
        }
        lines.extend(self.text.split('\n').map(str::to_owned));
        if split {
            lines.extend([String::new(), late_imports::SPLIT.to_owned()]);
        }
        (first, lines, last)
    }
}

/// One line of a block in the file's own indentation.
fn indented(line: &str, body: &str, unit: &str) -> String {
    if line.is_empty() {
        return String::new();
    }
    let code = line.trim_start_matches(' ');
    let spaces = line.len() - code.len();
    format!("{body}{}{}{code}", unit.repeat(spaces / 4), " ".repeat(spaces % 4))
}

/// Imports and code separated by semicolons.
fn one_line(imports: &[String], code: &str) -> String {
    imports.iter().map(String::as_str).chain([code]).collect::<Vec<_>>().join("; ")
}
