//! PEP 621 `[project]`, PEP 735 `[dependency-groups]`, PEP 518 `[build-system]`: arrays of requirement strings.

use toml_edit::{Item as TomlItem, Table, TableLike};

use crate::layout::Layout;
use crate::list::List;
use crate::manifest::Group;
use crate::pyproject::strings;
use crate::specifier::Notation;
use crate::text::SourceText;
use crate::toml_text::{array_list, get};

const PLACE: &str = "[project].dependencies";

/// The list in `[project].dependencies`.
pub(crate) fn runtime(source: &SourceText, root: &dyn TableLike) -> Option<List> {
    let array = get(root, &["project", "dependencies"])?.as_array()?;
    array_list(source, array, PLACE, Group::Runtime)
}

/// Whether the dependencies are left to the build backend.
pub(crate) fn has_dynamic_dependencies(project: &dyn TableLike) -> bool {
    strings(project.get("dynamic")).iter().any(|field| field == "dependencies")
}

/// The list that `[project]` does not have yet: the key goes below the last key of the table, above its sub-tables.
pub(crate) fn without_dependencies(source: &SourceText, root: &dyn TableLike) -> List {
    let layout = match root.get("project") {
        Some(TomlItem::Table(project)) if !project.is_dotted() && !project.is_implicit() => new_key(source, project),
        _ => Layout::Closed { reason: "`[project]` is not written as a table of its own".to_owned() },
    };
    List {
        place: PLACE.to_owned(),
        group: Group::Runtime,
        notation: Notation::Pep440,
        keyed: false,
        quote: Some(if source.text().contains("= '") && !source.text().contains("= \"") { '\'' } else { '"' }),
        pins_elsewhere: false,
        layout,
        items: Vec::new(),
    }
}

fn new_key(source: &SourceText, project: &Table) -> Layout {
    let header_end = project.span().map_or(0, |span| span.end);
    let last = project.iter().filter_map(|(_, item)| last_byte(item)).max().unwrap_or(header_end);
    let at = source.line_end(last.max(header_end));
    let indent = if last > header_end { source.indent(at) } else { "" };
    let eol = source.eol(at);
    Layout::Slot {
        at,
        before: format!("{eol}{indent}dependencies = [{eol}{indent}    "),
        after: format!(",{eol}{indent}]"),
    }
}

/// Where the value of a key ends; tables with a header of their own come below the keys and don't count.
fn last_byte(item: &TomlItem) -> Option<usize> {
    match item {
        TomlItem::Value(value) => value.span().map(|span| span.end),
        TomlItem::Table(table) if table.is_dotted() => table.iter().filter_map(|(_, item)| last_byte(item)).max(),
        _ => None,
    }
}

/// Extras, dependency groups and build requirements.
pub(crate) fn other_groups(source: &SourceText, root: &dyn TableLike) -> Vec<List> {
    let mut lists = Vec::new();
    let mut arrays = |path: &[&str], group: &dyn Fn(&str) -> Group| {
        let table = get(root, path).and_then(TomlItem::as_table_like);
        for (name, item) in table.into_iter().flat_map(|table| table.iter()) {
            let place = format!("[{}].{name}", path.join("."));
            lists.extend(item.as_array().and_then(|array| array_list(source, array, &place, group(name))));
        }
    };
    arrays(&["project", "optional-dependencies"], &|name| Group::Optional(name.to_owned()));
    arrays(&["dependency-groups"], &|name| Group::Dev(name.to_owned()));
    let build = get(root, &["build-system", "requires"]).and_then(TomlItem::as_array);
    lists.extend(build.and_then(|array| array_list(source, array, "[build-system].requires", Group::Build)));
    lists
}
