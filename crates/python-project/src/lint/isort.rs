//! isort: its profiles and options. Read [`sorting`] first. Never asks which files it skips.

use std::path::{Path, PathBuf};

use python_source::{ImportSection, SorterOptions};

use super::Sorting;
use super::files::{folder_of, joined, nearest};
use super::options::Options;
use crate::workspace::Workspace;

/// The names of its configuration files, with the tables that are its own; the first one that says something counts alone.
const SOURCES: [(&str, &[&[&str]]); 4] = [
    (".isort.cfg", &[&["settings"], &["isort"]]),
    ("pyproject.toml", &[&["tool", "isort"]]),
    ("setup.cfg", &[&["isort"], &["tool:isort"]]),
    ("tox.ini", &[&["isort"], &["tool:isort"]]),
];

/// How isort sorts in a folder. `None` when neither a configuration file nor a hook says that it is used.
pub(super) fn sorting(workspace: &Workspace, folder: &Path, hook: Option<&Options>) -> Option<Sorting> {
    let names = SOURCES.map(|(name, _)| name);
    let nearest = nearest(workspace, folder, &names, |path, options| {
        let own = own_options(path, &options);
        (!own.is_empty()).then(|| (folder_of(path).to_owned(), own))
    });
    if nearest.is_none() && hook.is_none() {
        return None;
    }
    let (folder, options) = nearest.unwrap_or_default();
    let options = options.overridden_by(hook.cloned().unwrap_or_default());
    Some(Sorting {
        roots: source_roots(&folder, &options),
        first_party: options.list("known_first_party").unwrap_or_default(),
        third_party: options.list("known_third_party").unwrap_or_default(),
        options: sorter_options(&options),
    })
}

fn own_options(path: &Path, options: &Options) -> Options {
    let tables = SOURCES.iter().filter(|(name, _)| path.ends_with(name)).flat_map(|(_, tables)| *tables);
    tables
        .filter_map(|table| options.table(table))
        .fold(Options::default(), |all, table| all.overridden_by(table.clone()))
}

fn source_roots(folder: &Path, options: &Options) -> Vec<PathBuf> {
    match options.list("src_paths") {
        Some(written) => written.iter().filter_map(|path| joined(folder, path)).collect(),
        None => vec![folder.join("src"), folder.to_owned()],
    }
}

/// The options over those of the profile.
fn sorter_options(options: &Options) -> SorterOptions {
    let profile = profile(options.text("profile").unwrap_or_default());
    // isort's name for three options at once.
    let alphabetical = options.flag("force_alphabetical_sort");
    let flag = |key, otherwise| options.flag(key).unwrap_or(otherwise);
    SorterOptions {
        force_sort_within_sections: flag("force_sort_within_sections", profile.force_sort_within_sections),
        force_single_line: flag("force_single_line", profile.force_single_line),
        from_first: alphabetical == Some(true) || flag("from_first", profile.from_first),
        no_sections: alphabetical == Some(true) || flag("no_sections", profile.no_sections),
        float_to_top: flag("float_to_top", profile.float_to_top),
        ensure_newline_before_comments: flag("ensure_newline_before_comments", profile.ensure_newline_before_comments),
        sections: sections(options),
        unknown_is_first_party: options.text("default_section").is_some_and(|section| section.trim() == "FIRSTPARTY"),
        length_sort: flag("length_sort", profile.length_sort),
        lines_between_types: match alphabetical {
            Some(true) => 1,
            _ => options.number("lines_between_types").unwrap_or(profile.lines_between_types),
        },
        lines_after_imports: match options.text("lines_after_imports") {
            Some(_) => options.number("lines_after_imports"),
            None => profile.lines_after_imports,
        },
    }
}

/// The order of sections, where the configuration says it; `known_django` lists the modules of `DJANGO`.
fn sections(options: &Options) -> Vec<ImportSection> {
    let section = |name: String| match name.as_str() {
        "FUTURE" => ImportSection::Future,
        "STDLIB" => ImportSection::StandardLibrary,
        "THIRDPARTY" => ImportSection::ThirdParty,
        "FIRSTPARTY" => ImportSection::FirstParty,
        "LOCALFOLDER" => ImportSection::LocalFolder,
        own => ImportSection::Custom(options.list(&format!("known_{}", own.to_lowercase())).unwrap_or_default()),
    };
    options.list("sections").unwrap_or_default().into_iter().map(section).collect()
}

/// What isort's profiles say about these options; of a profile it does not know it says nothing.
fn profile(name: &str) -> SorterOptions {
    let plain = SorterOptions::default();
    match name {
        "black" => SorterOptions { ensure_newline_before_comments: true, ..plain },
        "google" | "open_stack" => SorterOptions { force_single_line: true, force_sort_within_sections: true, ..plain },
        "plone" => SorterOptions {
            ensure_newline_before_comments: true,
            force_single_line: true,
            from_first: true,
            no_sections: true,
            lines_between_types: 1,
            ..plain
        },
        "appnexus" => SorterOptions { ensure_newline_before_comments: true, force_sort_within_sections: true, ..plain },
        "pycharm" => SorterOptions { lines_after_imports: Some(2), ..plain },
        "attrs" => SorterOptions { lines_after_imports: Some(2), lines_between_types: 1, ..plain },
        _ => plain,
    }
}
