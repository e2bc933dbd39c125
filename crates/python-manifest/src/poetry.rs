//! Poetry's tables: `name = "^1"` or `name = {extras = [], version = "^1"}`.

use toml_edit::{Item as TomlItem, TableLike};

use crate::list::List;
use crate::manifest::Group;
use crate::specifier::Notation;
use crate::text::SourceText;
use crate::toml_text::{get, table_lists};

/// `[tool.poetry.dependencies]`. Beside `[project].dependencies` it only narrows these and is no group of its own.
pub(crate) fn runtime(source: &SourceText, root: &dyn TableLike, group: Group) -> Vec<List> {
    let table = get(root, &["tool", "poetry", "dependencies"]).and_then(TomlItem::as_table);
    let lists = table.map(|table| table_lists(source, table, "[tool.poetry.dependencies]", group, Notation::Poetry));
    lists.unwrap_or_default()
}

/// The groups of Poetry 1.2 and later, and the old `dev-dependencies`.
pub(crate) fn other_groups(source: &SourceText, root: &dyn TableLike) -> Vec<List> {
    let mut lists = Vec::new();
    let mut add = |item: Option<&TomlItem>, place: String, name: &str| {
        if let Some(table) = item.and_then(TomlItem::as_table) {
            lists.extend(table_lists(source, table, &place, Group::Dev(name.to_owned()), Notation::Poetry));
        }
    };
    add(get(root, &["tool", "poetry", "dev-dependencies"]), "[tool.poetry.dev-dependencies]".to_owned(), "dev");
    let groups = get(root, &["tool", "poetry", "group"]).and_then(TomlItem::as_table_like);
    for (name, group) in groups.into_iter().flat_map(|groups| groups.iter()) {
        let item = group.as_table_like().and_then(|group| group.get("dependencies"));
        add(item, format!("[tool.poetry.group.{name}.dependencies]"), name);
    }
    lists
}
