//! Options of a tool, in whatever form they were written. Read [`Options`] first. Never knows what an option means.

use toml_edit::{Document, Item, TableLike, Value as TomlValue};

use crate::commands::ini;

/// Keys and values, tables among them. Keys are asked for with underscores: `extend-ignore` and `Extend_Ignore` are one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Options(Vec<(String, Value)>);

/// A value. INI files know texts only, so whoever asks says what the text is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    List(Vec<String>),
    Table(Options),
}

impl Options {
    /// `None` for a text that is no TOML.
    pub(super) fn of_toml(text: &str) -> Option<Self> {
        Some(Self::of_table(Document::parse(text).ok()?.as_table()))
    }

    fn of_table(table: &dyn TableLike) -> Self {
        Self(table.iter().filter_map(|(key, item)| Some((key.to_owned(), Value::of_item(item)?))).collect())
    }

    /// Each section becomes a table; a section that comes twice is one.
    pub(super) fn of_ini(text: &str) -> Self {
        let mut sections: Vec<(String, Vec<(String, Value)>)> = Vec::new();
        for section in ini::sections(text) {
            let entries = section.entries.into_iter().map(|entry| (entry.key, Value::Text(entry.value)));
            match sections.iter_mut().find(|(name, _)| *name == section.name) {
                Some((_, known)) => known.extend(entries),
                None => sections.push((section.name, entries.collect())),
            }
        }
        Self(sections.into_iter().map(|(name, entries)| (name, Value::Table(Self(entries)))).collect())
    }

    /// `--select=E,F --profile black --check` as options. A flag is true; words that belong to no option are left out.
    pub(super) fn of_arguments(arguments: &[String]) -> Self {
        let mut options: Vec<(String, Value)> = Vec::new();
        let mut arguments = arguments.iter().peekable();
        while let Some(argument) = arguments.next() {
            let Some(option) = argument.strip_prefix("--") else { continue };
            let (key, value) = match option.split_once('=') {
                Some((key, value)) => (key, value),
                None => (option, arguments.next_if(|next| !next.starts_with('-')).map_or("true", String::as_str)),
            };
            options.push((key.to_owned(), Value::Text(value.to_owned())));
        }
        Self(options)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These options, and `later` where both say something.
    pub(super) fn overridden_by(mut self, later: Self) -> Self {
        self.0.extend(later.0);
        self
    }

    /// The table at the end of a path of keys.
    pub(super) fn table(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |options, key| match options.get(key)? {
            Value::Table(table) => Some(table),
            Value::Text(_) | Value::List(_) => None,
        })
    }

    /// A text that is one.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Value::Text(text) => Some(text.as_str()),
            Value::List(_) | Value::Table(_) => None,
        }
    }

    /// A list; a text is one with commas, spaces or line ends between its items.
    pub(super) fn list(&self, key: &str) -> Option<Vec<String>> {
        self.get(key)?.items()
    }

    /// Whether an option is on.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.text(key)?.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    /// A number from 0 up; tools write -1 for what they decide themselves.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        self.text(key)?.trim().parse().ok()
    }

    /// Every key as it is written, with its value as a list.
    pub(super) fn lists(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
        self.0.iter().filter_map(|(key, value)| Some((key.as_str(), value.items()?)))
    }

    fn get(&self, key: &str) -> Option<&Value> {
        let is_key = |written: &str| written.replace('-', "_").eq_ignore_ascii_case(key);
        self.0.iter().rev().find(|(written, _)| is_key(written)).map(|(_, value)| value)
    }
}

impl Value {
    fn of_item(item: &Item) -> Option<Self> {
        if let Some(table) = item.as_table_like() {
            return Some(Self::Table(Options::of_table(table)));
        }
        match item.as_value()? {
            TomlValue::Array(array) => {
                Some(Self::List(array.iter().filter_map(TomlValue::as_str).map(str::to_owned).collect()))
            }
            TomlValue::String(text) => Some(Self::Text(text.value().clone())),
            TomlValue::Integer(number) => Some(Self::Text(number.value().to_string())),
            TomlValue::Boolean(flag) => Some(Self::Text(flag.value().to_string())),
            _ => None,
        }
    }

    fn items(&self) -> Option<Vec<String>> {
        match self {
            Self::List(items) => Some(items.clone()),
            Self::Text(text) => {
                let items = text.split([',', ' ', '\t', '\n']).map(str::trim).filter(|item| !item.is_empty());
                Some(items.map(str::to_owned).collect())
            }
            Self::Table(_) => None,
        }
    }
}
