//! The reference tables: features, libraries, launchers, init options of the SDK.

use pep440_rs::Version;
use planner::catalogue::{Catalogue, Feature, Library, When};
use planner::sdk::InitOption;
use python_project::Launcher;
use toml_edit::DocumentMut;

use crate::pages::{assert_fresh, generated_from, read};

#[test]
fn the_features_page_is_fresh() {
    let rows: String = Catalogue::load().unwrap().features.iter().map(feature).collect();
    let page = format!(
        "{}# Features\n\nThe names that `--features`, `--with` and `--without` take.\n\n\
         | Name | When | What for | Written |\n|---|---|---|---|\n{rows}",
        generated_from("`rules/features.toml`")
    );
    assert_fresh("docs/reference/features.md", &page);
}

#[test]
fn the_libraries_page_is_fresh() {
    let libraries = Catalogue::load().unwrap().libraries;
    let rows: String = libraries.iter().filter(|library| !library.prepares.is_empty()).map(library).collect();
    let integrations: String = libraries.iter().filter_map(written).collect();
    let readers: String = libraries.iter().filter_map(reader).collect();
    let advice: String = libraries.iter().filter_map(advice).collect();
    let page = format!(
        "{}# Libraries\n\n## What comes before init\n\nInit goes below these calls when they stand at module level.\n\n\
         | Library | Calls | Below them goes |\n|---|---|---|\n{rows}\n\
         ## Integrations that are written\n\nWhere the library is a dependency, and a module that a process loads imports it.\n\n\
         | Library | Integration | First SDK | Oldest version of the library | Enabled by the SDK itself since |\n|---|---|---|---|---|\n{integrations}\n\
         ## How the DSN is read\n\nWhere the module that gets init has one of these above it, `SENTRY_DSN` is read with it.\n\n\
         | Library | Read with |\n|---|---|\n{readers}\n\
         ## What is left to you\n\n{advice}",
        generated_from("the files under `rules/libraries/`")
    );
    assert_fresh("docs/reference/libraries.md", &page);
}

#[test]
fn the_launchers_page_is_fresh() {
    let vocabulary = Catalogue::load().unwrap().vocabulary();
    let rows: String = vocabulary.launchers().iter().map(launcher).collect();
    let page = format!(
        "{}# Launchers\n\nThe commands that are read in deployment files, and what kind of process each starts.\n\n\
         | Command | Process |\n|---|---|\n{rows}",
        generated_from("the files under `rules/launchers/`")
    );
    assert_fresh("docs/reference/launchers.md", &page);
}

#[test]
fn the_init_options_page_is_fresh() {
    let sdk = Catalogue::load().unwrap().sdk;
    let table: DocumentMut = read("rules/sdk.toml").parse().unwrap();
    let names = table["option"].as_array_of_tables().unwrap().iter().map(|row| row["name"].as_str().unwrap());
    let rows: String = names.map(|name| option(sdk.option(name).unwrap())).collect();
    let page = format!(
        "{}# Init options of the SDK\n\n\
         Which release of sentry-sdk accepts which option of `sentry_sdk.init()`; any other raises `TypeError` when the program starts.\n\
         The newest release known is {}.\n\n\
         | Option | First release | Deprecated since | First release without it |\n|---|---|---|---|\n{rows}",
        generated_from("`rules/sdk.toml`"),
        sdk.newest
    );
    assert_fresh("docs/reference/init-options.md", &page);
}

fn feature(feature: &Feature) -> String {
    let when = match feature.when {
        When::Always => "always",
        When::Used => "where a framework asks for it",
        When::Offered => "on request",
    };
    let options: Vec<String> =
        feature.options.iter().map(|option| format!("`{}={}`", option.name, option.value)).collect();
    format!("| `{}` | {when} | {} | {} |\n", feature.name, feature.reason, options.join(", "))
}

fn library(library: &Library) -> String {
    let calls: Vec<String> = library.prepares.iter().map(|name| format!("`{name}`")).collect();
    let below = if library.patches { "the import of the SDK too" } else { "init" };
    format!("| {} | {} | {below} |\n", library.name, calls.join(", "))
}

fn written(library: &Library) -> Option<String> {
    let integration = library.integration.as_ref()?;
    let version = |version: Option<Version>| version.map(|version| version.to_string()).unwrap_or_default();
    let since = version(Some(integration.since()?));
    let (least, automatic) = (version(integration.least()), version(integration.automatic_since()));
    Some(format!("| {} | `{}` | {since} | {least} | {automatic} |\n", library.name, integration.class))
}

fn advice(library: &Library) -> Option<String> {
    Some(format!("- {}: {}.\n", library.name, library.advice.as_ref()?))
}

fn reader(library: &Library) -> Option<String> {
    let reads = library.reads.as_ref()?;
    let names: Vec<String> = reads.readers.iter().chain(&reads.classes).map(|name| format!("`{name}`")).collect();
    Some(format!("| {} | {} |\n", library.name, names.join(", ")))
}

fn launcher(launcher: &Launcher) -> String {
    format!("| `{}` | {} |\n", launcher.command.join(" "), launcher.role)
}

fn option(option: &InitOption) -> String {
    let version = |version: &Option<Version>| version.as_ref().map(Version::to_string).unwrap_or_default();
    let (deprecated, gone) = (version(&option.deprecated), version(&option.gone));
    format!("| `{}` | {} | {deprecated} | {gone} |\n", option.name, option.first)
}
