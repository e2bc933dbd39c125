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
    let rows: String = Catalogue::load().unwrap().libraries.iter().map(library).collect();
    let page = format!(
        "{}# Libraries\n\nWhat a library in use changes about the call that is written.\n\n\
         | Library | What it changes |\n|---|---|\n{rows}",
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

#[test]
fn every_kind_of_finding_is_explained() {
    let source = read("crates/planner/src/diagnostic.rs");
    let page = read("docs/reference/findings.md");
    for line in source.lines().filter(|line| line.trim_start().starts_with("Self::")) {
        let word = line.split('"').nth(1).unwrap();
        assert!(page.contains(&format!("`{word}`")), "docs/reference/findings.md does not explain `{word}`");
    }
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
    let mut effects = Vec::new();
    if !library.prepares.is_empty() {
        let below = if library.patches { "Init and the import of the SDK go" } else { "Init goes" };
        effects.push(format!("{below} below {} at module level.", code(&library.prepares)));
    }
    if let Some(reads) = &library.reads {
        let readers: Vec<String> = reads.readers.iter().chain(&reads.classes).cloned().collect();
        effects.push(format!("A module that reads its settings with one of {} reads the DSN so too.", code(&readers)));
    }
    if let Some(integration) = &library.integration {
        effects.push(match integration.automatic_since() {
            Some(version) => format!("The SDK enables `{}` by itself since {version}.", integration.class),
            None => format!("`{}` is written into `integrations`.", integration.class),
        });
    }
    if let Some(advice) = &library.advice {
        effects.push(format!("A note: {advice}."));
    }
    format!("| {} | {} |\n", library.name, effects.join(" ").replace('|', "\\|"))
}

fn code(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn launcher(launcher: &Launcher) -> String {
    format!("| `{}` | {} |\n", launcher.command.join(" "), launcher.role)
}

fn option(option: &InitOption) -> String {
    let version = |version: &Option<Version>| version.as_ref().map(Version::to_string).unwrap_or_default();
    let (deprecated, gone) = (version(&option.deprecated), version(&option.gone));
    format!("| `{}` | {} | {deprecated} | {gone} |\n", option.name, option.first)
}
