//! pyproject.toml: which of the tools that share it keeps the runtime dependencies. Read [`read`] first.
//!
//! The lists themselves are read by `pep621`, `poetry` and `pixi`.

use toml_edit::{Document, Item as TomlItem, TableLike, Value};

use crate::manifest::{Contents, Group, Reference, ReferenceKind};
use crate::paths::beside;
use crate::text::SourceText;
use crate::toml_text::{array_list, get, parse};
use crate::{ManifestError, pep621, pixi, poetry};

pub(crate) fn read(source: &SourceText) -> Result<Contents, ManifestError> {
    let document = parse(source)?;
    let root: &dyn TableLike = document.as_table();
    let project = get(root, &["project"]).and_then(TomlItem::as_table_like);
    let string = |path: &[&str]| get(root, path).and_then(TomlItem::as_str).map(str::to_owned);
    let mut contents = Contents {
        requires_python: string(&["project", "requires-python"])
            .or_else(|| string(&["tool", "poetry", "dependencies", "python"])),
        project_name: string(&["project", "name"]).or_else(|| string(&["tool", "poetry", "name"])),
        refresh: refresh(root),
        references: references(source, root),
        ..Contents::default()
    };
    let declares = project.is_some_and(|project| project.contains_key("dependencies"));
    let is_dynamic = project.is_some_and(pep621::has_dynamic_dependencies);
    contents.lists.extend(pep621::runtime(source, root));
    let poetry_group = if declares { Group::Constraint } else { Group::Runtime };
    let poetry = poetry::runtime(source, root, poetry_group);
    let pixi = pixi::runtime(source, root, &["tool", "pixi"]);
    let others_hold_it =
        [&poetry, &pixi].into_iter().flatten().any(|list| list.group == Group::Runtime && !list.items.is_empty());
    contents.lists.extend(poetry);
    contents.lists.extend(pixi);
    if project.is_some() && !declares && !is_dynamic {
        let created = pep621::without_dependencies(source, root);
        let at = if others_hold_it { contents.lists.len() } else { 0 };
        contents.lists.insert(at, created);
    }
    if is_dynamic && !others_hold_it {
        contents.closed = Some(dynamic_reason(&contents.references));
    }
    contents.lists.extend(pep621::other_groups(source, root));
    contents.lists.extend(poetry::other_groups(source, root));
    contents.lists.extend(pixi::other_groups(source, root, &["tool", "pixi"]));
    contents.lists.extend(tool_groups(source, &document));
    contents.tools_only = project.is_none() && !contents.lists.iter().any(|list| list.group == Group::Runtime);
    Ok(contents)
}

fn dynamic_reason(references: &[Reference]) -> String {
    let files: Vec<String> = references
        .iter()
        .filter(|one| one.kind == ReferenceKind::Dynamic)
        .map(|one| format!("`{}`", one.path.display()))
        .collect();
    match files.is_empty() {
        true => "its dependencies are dynamic: the build backend computes them".to_owned(),
        false => format!("its dependencies are dynamic: they are read from {}", files.join(", ")),
    }
}

/// The command of the tool that locks this project.
fn refresh(root: &dyn TableLike) -> Option<&'static str> {
    let backend = get(root, &["build-system", "build-backend"]).and_then(TomlItem::as_str).unwrap_or("");
    let has = |tool: &str| get(root, &["tool", tool]).is_some();
    match () {
        () if has("poetry") || backend.starts_with("poetry") => Some("poetry lock"),
        () if has("pdm") || backend.starts_with("pdm") => Some("pdm lock"),
        () if has("pixi") => Some("pixi lock"),
        () if has("uv") || backend.starts_with("uv") => Some("uv lock"),
        () => None,
    }
}

/// Files of setuptools' dynamic dependencies and the members of a uv workspace.
fn references(source: &SourceText, root: &dyn TableLike) -> Vec<Reference> {
    let file = get(root, &["tool", "setuptools", "dynamic", "dependencies", "file"]);
    let files = strings(file).into_iter().map(|path| (ReferenceKind::Dynamic, path));
    let hatch = strings(get(root, &["tool", "hatch", "metadata", "hooks", "requirements_txt", "files"]));
    let members = strings(get(root, &["tool", "uv", "workspace", "members"]));
    files
        .chain(hatch.into_iter().map(|path| (ReferenceKind::Dynamic, path)))
        .chain(members.into_iter().map(|path| (ReferenceKind::Members, path)))
        .map(|(kind, path): (ReferenceKind, String)| Reference { kind, path: beside(source.path(), path) })
        .collect()
}

/// A string or the strings of an array.
pub(crate) fn strings(item: Option<&TomlItem>) -> Vec<String> {
    match item.and_then(TomlItem::as_value) {
        Some(Value::String(text)) => vec![text.value().clone()],
        Some(Value::Array(array)) => array.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The development lists of PDM, uv and Hatch, and uv's constraints.
fn tool_groups(source: &SourceText, document: &Document<String>) -> Vec<crate::list::List> {
    let root: &dyn TableLike = document.as_table();
    let mut lists = Vec::new();
    let mut add = |item: Option<&TomlItem>, place: String, group: Group| {
        lists.extend(item.and_then(TomlItem::as_array).and_then(|array| array_list(source, array, &place, group)));
    };
    let uv = |key: &str| get(root, &["tool", "uv", key]);
    add(uv("dev-dependencies"), "[tool.uv].dev-dependencies".to_owned(), Group::Dev("dev".to_owned()));
    add(uv("constraint-dependencies"), "[tool.uv].constraint-dependencies".to_owned(), Group::Constraint);
    let table =
        |path: &[&str]| get(root, path).and_then(TomlItem::as_table_like).into_iter().flat_map(|table| table.iter());
    for (name, item) in table(&["tool", "pdm", "dev-dependencies"]) {
        add(Some(item), format!("[tool.pdm.dev-dependencies].{name}"), Group::Dev(name.to_owned()));
    }
    for (name, environment) in table(&["tool", "hatch", "envs"]) {
        for key in ["dependencies", "extra-dependencies"] {
            let item = environment.as_table_like().and_then(|environment| environment.get(key));
            add(item, format!("[tool.hatch.envs.{name}].{key}"), Group::Dev(name.to_owned()));
        }
    }
    lists
}
