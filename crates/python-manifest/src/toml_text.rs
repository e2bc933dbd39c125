//! What the TOML dialects share: a parsed document with spans, lists made from its arrays and tables, all its values.
//!
//! Never prints TOML: toml_edit finds the place, the edits are made in the text. Read [`array_list`] and [`table_lists`].

use std::ops::Range;

use changeset::Edit;
use toml_edit::{Array, Document, Item as TomlItem, Key, Table, TableLike, Value};

use crate::ManifestError;
use crate::check::Leaf;
use crate::layout::{Layout, empty_brackets};
use crate::list::{Item, List};
use crate::manifest::Group;
use crate::requirement::{Requirement, Written, normalise};
use crate::specifier::Notation;
use crate::style::{Style, most_common};
use crate::text::SourceText;

/// `name = constraint` in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Range<usize>,
    pub(crate) value: Range<usize>,
    /// The constraint, between its quotes.
    pub(crate) version: Option<Range<usize>>,
    pub(crate) optional: bool,
    pub(crate) shape: Shape,
}

/// How an entry's value is written. `extras` is its array with the brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `"^2.35"`.
    Plain,
    /// `{ version = "^2.35", extras = [] }`.
    Inline { extras: Option<Range<usize>> },
    /// A table with a header of its own.
    Section { extras: Option<Range<usize>> },
    /// Dotted keys, several constraints, something else.
    Other,
}

/// Parses the file; an error names line and column.
pub(crate) fn parse(source: &SourceText) -> Result<Document<String>, ManifestError> {
    Document::parse(source.text().to_owned()).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(source.text().len()));
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        source.error(at, format!("invalid TOML: {message}"), "mend the file, then run again")
    })
}

/// The item at a path of keys, through tables of any form.
pub(crate) fn get<'a>(table: &'a dyn TableLike, path: &[&str]) -> Option<&'a TomlItem> {
    let (first, rest) = path.split_first()?;
    let item = table.get(first)?;
    if rest.is_empty() { Some(item) } else { get(item.as_table_like()?, rest) }
}

/// The list in an array of requirement strings. Elements of other forms keep their place and are not read.
pub(crate) fn array_list(source: &SourceText, array: &Array, place: &str, group: Group) -> Option<List> {
    let span = array.span()?;
    let inner = span.start + 1..span.end - 1;
    let mut quote = None;
    let items: Vec<Item> = array
        .iter()
        .filter_map(|value| {
            let span = value.span()?;
            let requirement = value.as_str().and_then(|_| {
                let text = inside_quotes(source, span.clone());
                quote = source.slice(span.clone()).chars().next();
                Requirement::parse(source.slice(text.clone()), text.start, Notation::Pep440)
            });
            Some(Item { span, requirement })
        })
        .collect();
    let layout = if items.is_empty() { empty_brackets(source, &inner) } else { Layout::Brackets { inner } };
    Some(List {
        place: place.to_owned(),
        group,
        notation: Notation::Pep440,
        keyed: false,
        quote: quote.or_else(|| usual_quote(source)).or(Some('"')),
        pins_elsewhere: false,
        layout,
        items,
    })
}

/// The lists in a table of `name = constraint`: first the lines below its header, then what has a header of its own.
pub(crate) fn table_lists(
    source: &SourceText,
    table: &Table,
    place: &str,
    group: Group,
    notation: Notation,
) -> Vec<List> {
    let (mut lines, mut sections) = (Vec::new(), Vec::new());
    for (name, item) in table {
        let Some((key, _)) = table.get_key_value(name) else { continue };
        let Some(requirement) = entry(source, key, item) else { continue };
        let apart = item.is_table() || item.is_array_of_tables();
        let span = source.line_start(requirement.span.start)..source.line_end(requirement.span.end);
        let item = Item { span, requirement: Some(requirement) };
        if apart { sections.push(item) } else { lines.push(item) }
    }
    lines.sort_by_key(|item| item.span.start);
    let header = table.span().filter(|_| !table.is_dotted() && !table.is_implicit());
    let layout = match (&header, lines.last()) {
        (None, _) => Layout::Closed { reason: format!("`{place}` has no header to write below") },
        (Some(_), Some(last)) => {
            let start = last.requirement.as_ref().map_or(last.span.start, |one| one.span.start);
            Layout::Lines { prefix: source.indent(start).to_owned() }
        }
        (Some(header), None) => {
            let at = source.line_end(header.end);
            Layout::Slot { at, before: source.eol(at).to_owned(), after: String::new() }
        }
    };
    let quotes: Vec<char> = lines.iter().filter_map(|item| value_quote(source, item)).collect();
    let list = List {
        place: place.to_owned(),
        group,
        notation,
        keyed: true,
        quote: most_common(&quotes).copied().or_else(|| usual_quote(source)),
        pins_elsewhere: false,
        layout,
        items: lines,
    };
    let apart = List {
        layout: Layout::Closed { reason: format!("`{place}` is written as one table for each distribution") },
        items: sections,
        ..list.clone()
    };
    if apart.items.is_empty() { vec![list] } else { vec![list, apart] }
}

/// The requirement in one `name = value`.
fn entry(source: &SourceText, key: &Key, item: &TomlItem) -> Option<Requirement> {
    let key_span = key.span()?;
    let value_span = item.span().unwrap_or_else(|| key_span.clone());
    let mut entry = Entry { key: key_span, value: value_span, version: None, optional: false, shape: Shape::Other };
    let mut extras = Vec::new();
    if item.is_str() {
        entry.version = Some(inside_quotes(source, entry.value.clone()));
        entry.shape = Shape::Plain;
    } else if let Some(table) = item.as_table_like() {
        entry.version = table
            .get("version")
            .filter(|version| version.is_str())
            .and_then(TomlItem::span)
            .map(|span| inside_quotes(source, span));
        entry.optional = table.get("optional").and_then(TomlItem::as_bool).unwrap_or(false);
        let array = table.get("extras").and_then(TomlItem::as_array);
        extras = array.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let span = array.and_then(Array::span);
        entry.shape = match item {
            TomlItem::Value(_) if !table.is_dotted() => Shape::Inline { extras: span },
            TomlItem::Table(own) if !own.is_dotted() && !own.is_implicit() => Shape::Section { extras: span },
            _ => Shape::Other,
        };
    }
    let end = match entry.shape {
        Shape::Section { .. } | Shape::Other => entry.value.end.max(entry.key.end),
        _ => entry.value.end,
    };
    Some(Requirement {
        distribution: normalise(key.get())?,
        extras,
        specifier: entry.version.clone().map(|span| source.slice(span).to_owned()).unwrap_or_default(),
        span: entry.key.start..end.max(entry.key.end),
        written: Written::Entry(entry),
    })
}

impl Entry {
    /// An error for what cannot be edited, or would not be installed with the program.
    pub(crate) fn refuse_unknown_form(&self) -> Result<(), String> {
        if self.optional {
            return Err("it is optional there: only those who ask for an extra install it".to_owned());
        }
        match self.shape {
            Shape::Other => Err("its entry is in a form that is not understood".to_owned()),
            _ => Ok(()),
        }
    }

    /// Adds extras: `"^2"` becomes `{extras = ["flask"], version = "^2"}`, an array gets more elements.
    pub(crate) fn add_extras(
        &self,
        source: &SourceText,
        missing: &[&str],
        style: &Style,
        edits: &mut Vec<Edit>,
    ) -> Result<(), String> {
        match &self.shape {
            Shape::Plain => {
                let table = style.inline_table("\0", missing);
                let (before, after) = table.split_once('\0').unwrap_or((&table, ""));
                edits.push(Edit::insert(self.value.start, before));
                edits.push(Edit::insert(self.value.end, after));
            }
            Shape::Inline { extras: Some(array) } | Shape::Section { extras: Some(array) } => {
                edits.push(extend_array(source, array, missing, style.quote));
            }
            Shape::Inline { extras: None } => {
                let inside = source.slice(self.value.start..self.value.end - 1).trim_end();
                let at = self.value.start + inside.len();
                edits.push(Edit::insert(at, format!(", extras = {}", style.array(missing))));
            }
            Shape::Section { extras: None } => {
                let version = self.version.clone().ok_or("its table has no version")?;
                let at = source.line_end(version.end);
                let indent = source.indent(version.start);
                edits.push(Edit::insert(at, format!("{}{indent}extras = {}", source.eol(at), style.array(missing))));
            }
            // Refused before.
            Shape::Other => {}
        }
        Ok(())
    }
}

/// More strings at the end of an array, in its quotes: `["a"]` becomes `["a", "b"]`.
fn extend_array(source: &SourceText, array: &Range<usize>, items: &[&str], quote: char) -> Edit {
    let inside = source.slice(array.start + 1..array.end - 1).trim_end();
    let quote = inside.trim_start().chars().next().filter(|c| "\"'".contains(*c)).unwrap_or(quote);
    let quoted: Vec<String> = items.iter().map(|item| format!("{quote}{item}{quote}")).collect();
    let separator = match inside.chars().last() {
        None => "",
        Some(',') => " ",
        Some(_) => ", ",
    };
    Edit::insert(array.start + 1 + inside.len(), format!("{separator}{}", quoted.join(", ")))
}

/// The span of a string's content: without its one or three quotes on each side.
pub(crate) fn inside_quotes(source: &SourceText, span: Range<usize>) -> Range<usize> {
    let text = source.slice(span.clone());
    let quotes = if text.starts_with("\"\"\"") || text.starts_with("'''") { 3 } else { 1 };
    if text.len() < 2 * quotes { span } else { span.start + quotes..span.end - quotes }
}

fn value_quote(source: &SourceText, item: &Item) -> Option<char> {
    let Written::Entry(entry) = &item.requirement.as_ref()?.written else { return None };
    source.slice(entry.value.clone()).chars().next().filter(|c| "\"'".contains(*c))
}

/// The quote that the file uses where the list itself shows none.
fn usual_quote(source: &SourceText) -> Option<char> {
    let count = |quote: char| source.text().matches(&format!("= {quote}")).count();
    (count('\'') > count('"')).then_some('\'')
}

/// Every value of the document with the path of keys that leads to it.
pub(crate) fn leaves(document: &Document<String>) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect_table(document.as_table(), &mut Vec::new(), &mut found);
    found
}

fn collect_table(table: &dyn TableLike, path: &mut Vec<String>, found: &mut Vec<Leaf>) {
    for (key, item) in table.iter() {
        path.push(key.to_owned());
        match item {
            TomlItem::Value(value) => collect_value(value, path, found),
            TomlItem::Table(inner) => collect_table(inner, path, found),
            TomlItem::ArrayOfTables(tables) => {
                for (index, inner) in tables.iter().enumerate() {
                    path.push(index.to_string());
                    collect_table(inner, path, found);
                    path.pop();
                }
            }
            TomlItem::None => {}
        }
        path.pop();
    }
}

fn collect_value(value: &Value, path: &mut Vec<String>, found: &mut Vec<Leaf>) {
    match value {
        Value::Array(array) => {
            for element in array {
                path.push("[]".to_owned());
                collect_value(element, path, found);
                path.pop();
            }
        }
        Value::InlineTable(inner) => collect_table(inner, path, found),
        Value::String(text) => found.push(Leaf { path: path.clone(), value: text.value().clone() }),
        other => found.push(Leaf { path: path.clone(), value: other.to_string().trim().to_owned() }),
    }
}
