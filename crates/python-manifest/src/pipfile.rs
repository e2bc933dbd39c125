//! Pipenv's Pipfile: `[packages]` and `[dev-packages]`, constraints as PEP 440 writes them.

use toml_edit::{Item as TomlItem, TableLike};

use crate::ManifestError;
use crate::manifest::{Contents, Group};
use crate::specifier::Notation;
use crate::text::SourceText;
use crate::toml_text::{get, parse, table_lists};

pub(crate) fn read(source: &SourceText) -> Result<Contents, ManifestError> {
    let document = parse(source)?;
    let root: &dyn TableLike = document.as_table();
    let mut contents = Contents {
        requires_python: get(root, &["requires", "python_version"]).and_then(TomlItem::as_str).map(str::to_owned),
        refresh: Some("pipenv lock"),
        ..Contents::default()
    };
    for (name, item) in root.iter() {
        // Besides the two that everybody knows, any other table is a category.
        let group = match name {
            "packages" => Group::Runtime,
            "dev-packages" => Group::Dev("dev-packages".to_owned()),
            "source" | "requires" | "scripts" | "pipenv" => continue,
            other => Group::Dev(other.to_owned()),
        };
        if let Some(table) = item.as_table() {
            contents.lists.extend(table_lists(source, table, &format!("[{name}]"), group, Notation::Pep440));
        }
    }
    Ok(contents)
}
