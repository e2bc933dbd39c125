//! TOML with line numbers. Read [`TomlFile`] first. Never edits.

use toml_edit::{Document, Item, TableLike};

use super::CommandsError;

/// A parsed file and its text.
pub(super) struct TomlFile<'a> {
    text: &'a str,
    document: Document<&'a str>,
}

/// A value of the file, with the key it stands under.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    pub(super) line: usize,
    item: &'a Item,
}

impl<'a> TomlFile<'a> {
    /// # Errors
    /// When the text is no TOML.
    pub(super) fn parse(text: &'a str) -> Result<Self, CommandsError> {
        let document = Document::parse(text).map_err(|error| CommandsError {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            message: format!("this is no valid TOML: {}", error.message()),
        })?;
        Ok(TomlFile { text, document })
    }

    /// The value at the end of a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Item> {
        path.iter().try_fold(self.document.as_item(), |item, key| item.as_table_like()?.get(key))
    }

    /// The entries of the table at the end of a path, none when there is no such table.
    pub(super) fn entries(&self, path: &[&str]) -> Vec<Entry<'_>> {
        self.at(path).and_then(Item::as_table_like).map_or_else(Vec::new, |table| self.entries_of(table))
    }

    fn entries_of<'t>(&self, table: &'t dyn TableLike) -> Vec<Entry<'t>> {
        let mut entries: Vec<Entry<'t>> = table
            .iter()
            .map(|(key, item)| Entry { key, line: line_of(self.text, item.span().map_or(0, |span| span.start)), item })
            .collect();
        entries.sort_by_key(|entry| entry.line);
        entries
    }

    /// The line of the value at the end of a path.
    pub(super) fn line_at(&self, path: &[&str]) -> usize {
        line_of(self.text, self.at(path).and_then(Item::span).map_or(0, |span| span.start))
    }

    /// The text at the end of a path.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.as_str()
    }
}

impl<'a> Entry<'a> {
    /// The entry's own text, or the one under `key` when the entry is a table.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.item.as_str().or_else(|| self.text_at(key))
    }

    /// The text under `key`.
    pub(super) fn text_at(&self, key: &str) -> Option<&'a str> {
        self.item.as_table_like()?.get(key)?.as_str()
    }

    /// The texts of the list under `key`.
    pub(super) fn list_at(&self, key: &str) -> Vec<String> {
        texts(self.item.as_table_like().and_then(|table| table.get(key)))
    }

    /// The variables of the table under `key`.
    pub(super) fn variables_at(&self, key: &str) -> Vec<(String, String)> {
        variables(self.item.as_table_like().and_then(|table| table.get(key)))
    }
}

/// The texts of a list.
pub(super) fn texts(item: Option<&Item>) -> Vec<String> {
    let values = item.and_then(Item::as_array).into_iter().flat_map(|array| array.iter());
    values.filter_map(|value| value.as_str()).map(str::to_owned).collect()
}

/// The texts of a table by their keys.
pub(super) fn variables(item: Option<&Item>) -> Vec<(String, String)> {
    let entries = item.and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
    entries.filter_map(|(key, item)| Some((key.to_owned(), item.as_str()?.to_owned()))).collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..offset.min(text.len())]).count()
}
