//! Pixi: `[dependencies]` from conda channels, `[pypi-dependencies]` from PyPI; in pixi.toml or below `[tool.pixi]`.

use toml_edit::{Item as TomlItem, TableLike};

use crate::ManifestError;
use crate::list::List;
use crate::manifest::{Contents, Group};
use crate::specifier::Notation;
use crate::text::SourceText;
use crate::toml_text::{get, parse, table_lists};

/// PyPI first: there the distribution has its own name and its extras.
const KINDS: [(&str, Notation); 2] = [("pypi-dependencies", Notation::Pep440), ("dependencies", Notation::Conda)];

pub(crate) fn read(source: &SourceText) -> Result<Contents, ManifestError> {
    let document = parse(source)?;
    let root: &dyn TableLike = document.as_table();
    let name = |table: &str| get(root, &[table, "name"]).and_then(TomlItem::as_str).map(str::to_owned);
    let mut lists = runtime(source, root, &[]);
    lists.extend(other_groups(source, root, &[]));
    Ok(Contents {
        lists,
        project_name: name("workspace").or_else(|| name("project")),
        refresh: Some("pixi lock"),
        ..Contents::default()
    })
}

/// The lists of the default environment below `prefix`.
pub(crate) fn runtime(source: &SourceText, root: &dyn TableLike, prefix: &[&str]) -> Vec<List> {
    lists_below(source, root, prefix, &Group::Runtime)
}

/// The lists of features, which an environment may or may not have.
pub(crate) fn other_groups(source: &SourceText, root: &dyn TableLike, prefix: &[&str]) -> Vec<List> {
    let path = [prefix, &["feature"]].concat();
    let features = get(root, &path).and_then(TomlItem::as_table_like);
    let names = features.into_iter().flat_map(|features| features.iter()).map(|(name, _)| name);
    names
        .flat_map(|name| {
            let path = [prefix, &["feature", name]].concat();
            lists_below(source, root, &path, &Group::Dev(name.to_owned()))
        })
        .collect()
}

fn lists_below(source: &SourceText, root: &dyn TableLike, prefix: &[&str], group: &Group) -> Vec<List> {
    let mut lists = Vec::new();
    for (key, notation) in KINDS {
        let path = [prefix, &[key]].concat();
        if let Some(table) = get(root, &path).and_then(TomlItem::as_table) {
            let place = format!("[{}]", path.join("."));
            lists.extend(table_lists(source, table, &place, group.clone(), notation));
        }
    }
    lists
}
