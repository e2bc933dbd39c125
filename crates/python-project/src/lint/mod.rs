//! What a project's linters and sorters ask of the imports in a file, read from their configuration. Read [`LintConfiguration`] first.
//! Never complains about a configuration file that is broken: whoever needs the file does.

mod files;
mod flake8;
mod hooks;
mod isort;
mod options;
mod release;
mod ruff;
mod selection;
mod sorting;
#[cfg(test)]
mod tests;

use std::path::Path;

use python_manifest::Declared;
use python_source::{ImportStyle, SorterOptions};

use crate::project::Project;
use crate::workspace::Workspace;
use files::{Files, folder_of};
use flake8::Flake8;
use hooks::Hooks;
use options::Options;
use release::NewestRuff;
use ruff::Ruff;
use sorting::Sorting;

/// Whether a file may hold the configuration of a linter or a sorter. Cheap: its name says it.
///
/// A file that ruff's `extend` names is found when its name is one of ruff's.
pub fn is_lint_configuration(path: &Path) -> bool {
    let names =
        [".flake8", ".isort.cfg", ".ruff.toml", "pyproject.toml", "ruff.toml", "setup.cfg", "tox.ini", hooks::NAME];
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    names.contains(&name) || (name.contains("ruff") && name.ends_with(".toml"))
}

/// The configuration files of a workspace; each is read once, when a file below it is asked for.
pub struct LintConfiguration<'a> {
    files: Files<'a>,
}

impl<'a> LintConfiguration<'a> {
    /// Reads nothing yet.
    pub fn new(workspace: &'a Workspace) -> Self {
        Self { files: Files::new(workspace) }
    }

    /// What the tools of a project ask of the imports in a file.
    ///
    /// A tool is in use when the nearest configuration around the file has a part of its own, when it is a pre-commit hook, or when
    /// the project declares it as a requirement.
    pub fn style(&self, project: &Project, declared: &[Declared], path: &Path) -> ImportStyle {
        let tools = Tools::of(&self.files, declared, path);
        let checks_e402 = tools.ruff.as_ref().is_some_and(|ruff| ruff.checks("E402", path))
            || tools.flake8.is_some_and(|flake8| flake8.checks("E402", path));
        let workspace = self.files.workspace;
        match tools.sorting {
            Some(sorting) => ImportStyle {
                first_party: sorting.first_party(workspace),
                third_party: sorting.third_party(),
                checks_e402,
                sorter: Some(sorting.options),
            },
            None => {
                let sorting = Sorting { roots: project.import_roots(workspace), ..Sorting::default() };
                ImportStyle { first_party: sorting.first_party(workspace), checks_e402, ..ImportStyle::default() }
            }
        }
    }
}

/// The tools that look at a file.
struct Tools {
    ruff: Option<Ruff>,
    flake8: Option<Flake8>,
    sorting: Option<Sorting>,
}

impl Tools {
    fn of(files: &Files<'_>, declared: &[Declared], path: &Path) -> Self {
        let folder = folder_of(path);
        let hooks = Hooks::around(files, folder);
        let nothing = Options::default();
        // A tool that is declared runs without arguments, as far as one can know.
        let arguments = |distribution: &str, ids: &[&str]| {
            let is_declared = declared.iter().any(|one| one.distribution == distribution);
            hooks.arguments(ids).or(is_declared.then_some(&nothing))
        };
        let ruff_hook = ["ruff", "ruff-check"];
        let required = Ruff::required_version(files, folder);
        let asked = declared.iter().filter(|one| one.distribution == "ruff").map(|one| one.specifier.as_str());
        let asked: Vec<&str> = asked.chain(required.as_deref()).collect();
        let release = hooks.find(&ruff_hook).and_then(|hook| hook.release.as_deref());
        let newest = NewestRuff::of(files, folder, release, &asked);

        let ruff = Ruff::around(files, folder, arguments("ruff", &ruff_hook), newest);
        let flake8 = Flake8::around(files, folder, arguments("flake8", &["flake8"]));
        let isort = isort::sorting(files, folder, arguments("isort", &["isort"]));
        let by_ruff = || ruff.as_ref().filter(|ruff| ruff.checks("I001", path)).map(|ruff| ruff.sorting(files, path));
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
