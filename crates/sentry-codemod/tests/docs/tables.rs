//! The reference tables: features, libraries, launchers, init options of the SDK.

use pep440_rs::Version;
use planner::catalogue::{Catalogue, Feature, Library, When};
use planner::sdk::{Enabled, History, InitOption, Integration, Releases, Sdk};
use python_project::Launcher;

use crate::pages::{assert_fresh, generated_from, read};

#[test]
fn the_features_page_is_fresh() {
    let catalogue = Catalogue::load().unwrap();
    let rows: String = catalogue.features.iter().map(|feature| self::feature(&catalogue, feature)).collect();
    let page = format!(
        "{}# Features\n\nThe names that `--features`, `--with` and `--without` take.\n\n\
         | Name | When | What for | Written | First SDK |\n|---|---|---|---|---|\n{rows}",
        generated_from("`rules/features.toml`")
    );
    assert_fresh("docs/reference/features.md", &page);
}

#[test]
fn the_libraries_page_is_fresh() {
    let catalogue = Catalogue::load().unwrap();
    let libraries = &catalogue.libraries;
    let rows: String = libraries.iter().filter(|library| !library.prepares.is_empty()).map(library).collect();
    let integrations: String = libraries.iter().filter_map(|library| integration_of(&catalogue, library)).collect();
    let readers: String = libraries.iter().filter_map(reader).collect();
    let advice: String = libraries.iter().filter_map(advice).collect();
    let page = format!(
        "{}# Libraries\n\n## What comes before init\n\nInit goes below these calls when they stand at module level.\n\n\
         | Library | Calls | Below them goes |\n|---|---|---|\n{rows}\n\
         ## What the SDK reports on\n\nWhere the library is a dependency, and a module that a process loads imports it, \
         an integration that the SDK in force does not enable by itself is written.\n\
         [The table of integrations](integrations.md) says which release enables which.\n\n\
         | Library | Integration | For |\n|---|---|---|\n{integrations}\n\
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
    let rows: String = sdk.options.iter().map(option).collect();
    let page = format!(
        "{}# Init options of the SDK\n\n\
         Which release of sentry-sdk accepts which option of `sentry_sdk.init()`; any other raises `TypeError` when the program starts.\n\
         {}\n\
         A variable is read when the option is not given.\n\n\
         | Option | Takes | Default | Releases | Deprecated since | Use instead | Variable |\n|---|---|---|---|---|---|---|\n{rows}",
        generated_from("`rules/sdk.toml`"),
        held_against(&sdk)
    );
    assert_fresh("docs/reference/init-options.md", &page);
}

#[test]
fn the_integrations_page_is_fresh() {
    let sdk = Catalogue::load().unwrap().sdk;
    let rows: String = sdk.integrations.iter().map(integration).collect();
    let page = format!(
        "{}# Integrations of the SDK\n\n\
         What sentry-sdk reports on, in which releases, and whether it does so by itself: always, where the library can be imported, \
         or only when the class is written into `integrations`.\n\
         {}\n\
         A written integration stops the program when the library is missing or older than the oldest version named here.\n\n\
         | Integration | Module | Releases | Enabled | Oldest library | Extra | Switches off |\n|---|---|---|---|---|---|---|\n{rows}",
        generated_from("`rules/sdk.toml`"),
        held_against(&sdk)
    );
    assert_fresh("docs/reference/integrations.md", &page);
}

#[test]
#[cfg(unix)]
fn every_cause_that_verify_names_is_explained() {
    let page = read("docs/reference/verify.md");
    for cause in verify::Cause::ALL {
        assert!(
            page.contains(&format!("| `{}` |", cause.as_str())),
            "docs/reference/verify.md lacks {}",
            cause.as_str()
        );
    }
}

fn held_against(sdk: &Sdk) -> String {
    format!(
        "The table is held against real releases, of which {} is the newest and {} the newest beta.",
        sdk.newest, sdk.next
    )
}

fn feature(catalogue: &Catalogue, feature: &Feature) -> String {
    let when = match feature.when {
        When::Always => "always",
        When::Used => "where a framework or library asks for it",
        When::Offered => "on request",
    };
    let options: Vec<String> =
        feature.options.iter().map(|option| format!("`{}={}`", option.name, option.value)).collect();
    let (first, _) = catalogue.sdk.range(feature.options.iter().map(|option| option.name.as_str()));
    let first = first.map(|first| first.to_string()).unwrap_or_default();
    format!("| `{}` | {when} | {} | {} | {first} |\n", feature.name, feature.reason, options.join(", "))
}

fn library(library: &Library) -> String {
    let calls: Vec<String> = library.prepares.iter().map(|name| format!("`{name}`")).collect();
    let below = if library.patches { "the import of the SDK too" } else { "init" };
    format!("| {} | {} | {below} |\n", library.name, calls.join(", "))
}

fn integration_of(catalogue: &Catalogue, library: &Library) -> Option<String> {
    let class = &catalogue.integration(library.integration.as_ref())?.class;
    Some(format!("| {} | `{class}` | {} |\n", library.name, library.features.join(", ")))
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
    let deprecated = option.deprecated.as_ref().map(Version::to_string).unwrap_or_default();
    let code = |name: &Option<String>| name.as_ref().map(|name| format!("`{name}`")).unwrap_or_default();
    format!(
        "| `{}` | {} | {} | {} | {deprecated} | {} | {} |\n",
        option.name,
        option.kind.as_str(),
        history(&option.default, |value| format!("`{value}`")),
        releases(&option.releases),
        code(&option.successor),
        code(&option.variable)
    )
}

fn integration(integration: &Integration) -> String {
    let enabled = history(&integration.enabled, |enabled| {
        match enabled {
            Enabled::Always => "always",
            Enabled::Automatic => "by itself",
            Enabled::Written => "when written",
        }
        .to_owned()
    });
    let least = integration.least.as_ref().map(|least| history(least, Version::to_string)).unwrap_or_default();
    let replaces = integration.replaces.as_ref().map(|replaces| {
        history(replaces, |classes| match classes.is_empty() {
            true => "nothing".to_owned(),
            false => classes.iter().map(|class| format!("`{class}`")).collect::<Vec<_>>().join(", "),
        })
    });
    format!(
        "| `{}` | `{}` | {} | {enabled} | {least} | {} | {} |\n",
        integration.class,
        integration.module,
        releases(&integration.releases),
        integration.extra.as_ref().map(|extra| format!("`{extra}`")).unwrap_or_default(),
        replaces.unwrap_or_default()
    )
}

fn releases(releases: &Releases) -> String {
    let until = releases.gone.as_ref().map(|gone| format!(", not {gone}")).unwrap_or_default();
    format!("{}{until}", releases.first)
}

/// A value that changed as `a; from 3.0.0: b`.
fn history<T>(history: &History<T>, word: impl Fn(&T) -> String) -> String {
    match history {
        History::Always(value) => word(value),
        History::Since(values) => {
            let said = values.iter().enumerate().map(|(number, (since, value))| match number {
                0 if values.len() > 1 => word(value),
                _ => format!("from {since}: {}", word(value)),
            });
            said.collect::<Vec<_>>().join("; ")
        }
    }
}
