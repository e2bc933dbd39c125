//! What a project's linters and sorters ask of the imports in a file, read from their configuration. Read [`import_style`] first.
//! Never complains about a configuration file that is broken: whoever needs the file does.

mod files;
mod flake8;
mod hooks;
mod isort;
mod options;
mod release;
mod ruff;
mod selection;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use python_manifest::Declared;
use python_source::{ImportStyle, SorterOptions, is_standard_library};

use crate::project::Project;
use crate::workspace::Workspace;
use files::folder_of;
use flake8::Flake8;
use hooks::Hooks;
use options::Options;
use release::NewestRuff;
use ruff::Ruff;

/// Whether a file may hold the configuration of a linter or a sorter. Cheap: its name says it.
///
/// A file that ruff's `extend` names is found when its name is one of ruff's.
pub fn is_lint_configuration(path: &Path) -> bool {
    let names =
        [".flake8", ".isort.cfg", ".ruff.toml", "pyproject.toml", "ruff.toml", "setup.cfg", "tox.ini", hooks::NAME];
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    names.contains(&name) || (name.contains("ruff") && name.ends_with(".toml"))
}

/// What the tools of a project ask of the imports in a file.
///
/// A tool is in use when the nearest configuration around the file has a part of its own, when it is a pre-commit hook, or when
/// the project declares it as a requirement.
pub fn import_style(workspace: &Workspace, project: &Project, declared: &[Declared], path: &Path) -> ImportStyle {
    let tools = Tools::of(workspace, declared, path);
    let by_ruff = tools.ruff.is_some_and(|ruff| ruff.checks("E402", path));
    let checks_e402 = by_ruff || tools.flake8.is_some_and(|flake8| flake8.checks("E402", path));
    let sorting = tools.sorting.as_ref();
    let roots = sorting.map_or_else(|| project.import_roots(workspace), |sorting| sorting.roots.clone());
    let own = |read: fn(&Sorting) -> &[String]| sorting.map(read).unwrap_or_default();
    let third_party = top_level(own(|sorting| &sorting.third_party));
    // One folder after the other: `src` is a folder of modules, and a name that modules are imported by.
    let mut first_party: BTreeSet<String> = roots.iter().flat_map(|root| workspace.top_level_names(root)).collect();
    // Sorters believe their lists first, then the standard library, then the folders.
    first_party.retain(|name| !third_party.contains(name) && !is_standard_library(name));
    first_party.extend(top_level(own(|sorting| &sorting.first_party)));
    ImportStyle { first_party, third_party, checks_e402, sorter: tools.sorting.map(|sorting| sorting.options) }
}

/// The first part of each dotted module. A name with a wildcard in its first part names nothing that is known.
fn top_level(modules: &[String]) -> BTreeSet<String> {
    let tops = modules.iter().filter_map(|module| module.split('.').next());
    tops.filter(|top| !top.is_empty() && !top.contains('*')).map(str::to_owned).collect()
}

/// How a sorter sorts, whichever it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sorting {
    /// The folders whose modules are the project's own.
    roots: Vec<PathBuf>,
    /// Modules that are called first party, dotted perhaps.
    first_party: Vec<String>,
    /// Modules that are called third party, dotted perhaps.
    third_party: Vec<String>,
    options: SorterOptions,
}

/// The tools that look at a file.
struct Tools {
    ruff: Option<Ruff>,
    flake8: Option<Flake8>,
    sorting: Option<Sorting>,
}

impl Tools {
    fn of(workspace: &Workspace, declared: &[Declared], path: &Path) -> Self {
        let folder = folder_of(path);
        let hooks = Hooks::around(workspace, folder);
        let nothing = Options::default();
        // A tool that is declared runs without arguments, as far as one can know.
        let arguments = |distribution: &str, ids: &[&str]| {
            let is_declared = declared.iter().any(|one| one.distribution == distribution);
            hooks.arguments(ids).or(is_declared.then_some(&nothing))
        };
        let ruff_hook = ["ruff", "ruff-check"];
        let required = Ruff::required_version(workspace, folder);
        let asked = declared.iter().filter(|one| one.distribution == "ruff").map(|one| one.specifier.as_str());
        let asked: Vec<&str> = asked.chain(required.as_deref()).collect();
        let release = hooks.find(&ruff_hook).and_then(|hook| hook.release.as_deref());
        let newest = NewestRuff::of(workspace, folder, release, &asked);

        let ruff = Ruff::around(workspace, folder, arguments("ruff", &ruff_hook), newest);
        let flake8 = Flake8::around(workspace, folder, arguments("flake8", &["flake8"]));
        let isort = isort::sorting(workspace, folder, arguments("isort", &["isort"]));
        let by_ruff =
            || ruff.as_ref().filter(|ruff| ruff.checks("I001", path)).map(|ruff| ruff.sorting(workspace, path));
        // An isort that is configured goes before rules that ruff has merely switched on by default.
        let sorting = match &ruff {
            Some(ruff) if ruff.names("I001") => by_ruff(),
            _ => isort.or_else(by_ruff).or_else(|| other_sorter(&hooks, folder)),
        };
        Self { ruff, flake8, sorting }
    }
}

/// Sorters without options.
fn other_sorter(hooks: &Hooks, folder: &Path) -> Option<Sorting> {
    let force_single_line = hooks.find(&["reorder-python-imports"]).is_some();
    if !force_single_line && hooks.find(&["usort"]).is_none() {
        return None;
    }
    let root = folder.ancestors().last().unwrap_or(folder);
    let options = SorterOptions { force_single_line, ..SorterOptions::default() };
    Some(Sorting { roots: vec![root.to_owned(), root.join("src")], options, ..Sorting::default() })
}
