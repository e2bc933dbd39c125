//! What the program writes and reads as data: schemas and the page of the configuration, from the types themselves.

use schemars::{Schema, schema_for};
use serde_json::Value;

use crate::configuration::{Configuration, KEYS};
use crate::document::{Document, SCHEMA_VERSION};
use crate::pages::{assert_fresh, generated_from};

fn as_text(mut schema: Schema, title: &str) -> String {
    schema.insert("title".to_owned(), title.into());
    format!("{}\n", serde_json::to_string_pretty(&schema).unwrap())
}

#[test]
fn the_schema_of_the_output_is_fresh() {
    let title = format!("Output of sentry-codemod, version {SCHEMA_VERSION} of the form");
    assert_fresh("docs/reference/output.schema.json", &as_text(schema_for!(Document), &title));
}

#[test]
fn the_schema_of_the_configuration_is_fresh() {
    assert_fresh(
        "docs/reference/configuration.schema.json",
        &as_text(schema_for!(Configuration), "Configuration of sentry-codemod"),
    );
}

#[test]
fn the_configuration_page_is_fresh() {
    let schema = schema_for!(Configuration);
    let rows: String = KEYS.iter().map(|key| row(key, &schema.as_value()["properties"][*key])).collect();
    let page = format!(
        "{}{HEAD}| Key | Value | What it says |\n|---|---|---|\n{rows}{REST}",
        generated_from("the types of the configuration")
    );
    assert_fresh("docs/reference/configuration.md", &page);
}

#[test]
fn every_key_of_the_type_is_known_by_name() {
    let schema = schema_for!(Configuration);
    let mut properties: Vec<&str> =
        schema.as_value()["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut keys = KEYS.to_vec();
    properties.sort_unstable();
    keys.sort_unstable();
    assert_eq!(properties, keys);
}

fn row(key: &str, property: &Value) -> String {
    let description = property["description"].as_str().unwrap().replace('\n', " ");
    format!("| `{key}` | {} | {description} |\n", kind(property))
}

/// The type of a value in words.
fn kind(property: &Value) -> &'static str {
    let kinds = match &property["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        one => Vec::from_iter(one.as_str()),
    };
    match kinds.first() {
        Some(&"string") => "text",
        Some(&"number") => "number",
        Some(&"boolean") => "`true` or `false`",
        Some(&"array") => "list of texts",
        Some(&"object") => "table",
        _ => unreachable!("a kind of value that has no word yet: {property}"),
    }
}

const HEAD: &str = "\
# Configuration

Settings stand in a table `[tool.sentry-codemod]` of a `pyproject.toml`, or at the top of a `sentry-codemod.toml`.

```toml
# pyproject.toml
[tool.sentry-codemod]
with = [\"profiling\"]
pii = false
exclude = [\"legacy\"]

[tool.sentry-codemod.process]
nightly = \"python jobs/nightly.py\"
```

The keys are those of the [command line](command-line.md), and the command line is above them.

";

const REST: &str = "
## Which file counts

For each project the nearest one: in its folder, else in the folders above it, up to the top of the git repository.
Where a folder has both files, `sentry-codemod.toml` counts.
Files are not mixed: what the nearest one does not say is as it is built in.
So each project of a monorepo may have its own, and one at the top counts for all others.

`--config FILE` takes that file alone, `--isolated` none.
The story names the file that counts in a row `settings`.

## What is not looked at

`exclude` says it with globs: `legacy` and `*_old.py` match at any depth, `tools/gen` only there, and a folder is left out with all below it.
`--exclude GLOB` on the command line comes on top; its globs are seen from the current folder.
Files that git ignores are left out without being named.

## Processes that no file declares

A process that is started by hand, or by a machine whose settings are elsewhere, is declared with its name and its command:

```toml
[process]
web = \"gunicorn shop.wsgi:app\"
feed = { command = \"python feed.py\", folder = \"jobs\" }
```

The command is read as a shell would read it, and the program is followed as if a Procfile had declared it.
In a `pyproject.toml` the table is called `[tool.sentry-codemod.process]`.

## When something is wrong

A key that does not exist, or a value that cannot be used, ends the run with exit code 2 before anything is written:

```text
error: pyproject.toml:12:1: unknown key `featuers`; did you mean `features`?
```

For editors there is [a schema](configuration.schema.json).
";
