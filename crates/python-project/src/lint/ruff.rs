//! ruff: which rules it checks in a file, and how its rules `I` sort. Read [`Ruff`] first. Never reads the rules it does not need.

use std::path::{Path, PathBuf};

use python_source::{ImportSection, SorterOptions};

use super::Sorting;
use super::files::{folder_of, joined, nearest, options as read_options};
use super::options::Options;
use super::release::NewestRuff;
use super::selection::{names_file, verdict};
use crate::workspace::Workspace;

/// The names of its configuration files; the first one in a folder counts alone.
const NAMES: [&str; 3] = [".ruff.toml", "ruff.toml", "pyproject.toml"];

/// More configuration files than this do not extend each other; it ends circles.
const LONGEST_CHAIN: usize = 10;

/// The configuration of ruff for the files of a folder.
pub(super) struct Ruff {
    /// A file, what extends it, what extends that, and the command line at the end: what comes later wins.
    layers: Vec<Layer>,
    newest: NewestRuff,
}

struct Layer {
    /// What its paths count from.
    folder: PathBuf,
    options: Options,
}

impl Ruff {
    /// The configuration around a folder and the arguments of a hook. `None` when there is neither.
    pub(super) fn around(
        workspace: &Workspace,
        folder: &Path,
        hook: Option<&Options>,
        newest: NewestRuff,
    ) -> Option<Self> {
        let nearest =
            nearest(workspace, folder, &NAMES, |path, options| Some((path.to_owned(), own_table(path, options)?)));
        let mut layers = nearest.map_or_else(Vec::new, |(path, options)| chain(workspace, &path, options));
        if layers.is_empty() && hook.is_none() {
            return None;
        }
        let folder = layers.last().map_or_else(PathBuf::new, |layer| layer.folder.clone());
        layers.push(Layer { folder, options: hook.cloned().unwrap_or_default() });
        Some(Self { layers, newest })
    }

    /// The release that a configuration file asks for, as a version specifier.
    pub(super) fn required_version(workspace: &Workspace, folder: &Path) -> Option<String> {
        let read = |path: &Path, options| Some(own_table(path, options)?.text("required_version").map(str::to_owned));
        nearest(workspace, folder, &NAMES, read)?
    }

    /// Whether a rule is checked in a file.
    pub(super) fn checks(&self, rule: &str, file: &Path) -> bool {
        self.named(rule).unwrap_or_else(|| self.newest.checks_by_default(rule)) && !self.ignores_in(rule, file)
    }

    /// Whether a rule is checked because the configuration names it.
    pub(super) fn names(&self, rule: &str) -> bool {
        self.named(rule) == Some(true)
    }

    /// `None` when ruff's default decides.
    fn named(&self, rule: &str) -> Option<bool> {
        self.layers.iter().fold(None, |before, layer| {
            let both = |key, extended| [layer.lint(key), layer.lint(extended)].concat();
            let said = verdict(rule, &both("select", "extend_select"), &both("ignore", "extend_ignore"));
            // A `select` takes the place of all that was selected before, the default included.
            said.or(if layer.has("select") { Some(false) } else { before })
        })
    }

    fn ignores_in(&self, rule: &str, file: &Path) -> bool {
        let own = self.layers.iter().rev().find(|layer| layer.lint_table("per_file_ignores").is_some());
        let own = own.into_iter().map(|layer| (layer, "per_file_ignores"));
        let extended = self.layers.iter().map(|layer| (layer, "extend_per_file_ignores"));
        own.chain(extended).any(|(layer, key)| {
            let patterns = layer.lint_table(key).into_iter().flat_map(Options::lists);
            patterns
                .filter(|(pattern, _)| names_file(pattern, &layer.folder, file))
                .any(|(_, ignored)| verdict(rule, &[], &ignored).is_some())
        })
    }

    /// How the rules `I` sort a file.
    pub(super) fn sorting(&self, workspace: &Workspace, file: &Path) -> Sorting {
        let flag = |key| self.isort(|options| options.flag(key)).unwrap_or_default();
        let names = |key| self.isort(|options| options.list(key)).unwrap_or_default();
        let options = SorterOptions {
            force_sort_within_sections: flag("force_sort_within_sections"),
            force_single_line: flag("force_single_line"),
            from_first: flag("from_first"),
            no_sections: flag("no_sections"),
            float_to_top: false,
            ensure_newline_before_comments: true,
            sections: self.sections(),
            unknown_is_first_party: self.isort(|options| Some(options.text("default_section")? == "first-party"))
                == Some(true),
            length_sort: flag("length_sort"),
            lines_between_types: self.isort(|options| options.number("lines_between_types")).unwrap_or_default(),
            lines_after_imports: self.isort(|options| options.number("lines_after_imports")),
        };
        let mut first_party = names("known_first_party");
        if self.isort(|options| options.flag("detect_same_package")).unwrap_or(true) {
            first_party.extend(package_of(workspace, file));
        }
        Sorting { roots: self.source_roots(), first_party, third_party: names("known_third_party"), options }
    }

    /// The order of sections, where the configuration says it.
    fn sections(&self) -> Vec<ImportSection> {
        let section = |name: String| match name.as_str() {
            "future" => ImportSection::Future,
            "standard-library" => ImportSection::StandardLibrary,
            "third-party" => ImportSection::ThirdParty,
            "first-party" => ImportSection::FirstParty,
            "local-folder" => ImportSection::LocalFolder,
            own => {
                ImportSection::Custom(self.isort(|options| options.table(&["sections"])?.list(own)).unwrap_or_default())
            }
        };
        self.isort(|options| options.list("section_order")).unwrap_or_default().into_iter().map(section).collect()
    }

    fn source_roots(&self) -> Vec<PathBuf> {
        let written = self.layers.iter().rev().find_map(|layer| Some((&layer.folder, layer.options.list("src")?)));
        match (written, self.layers.last()) {
            (Some((folder, written)), _) => written.iter().filter_map(|path| joined(folder, path)).collect(),
            (None, Some(nearest)) => vec![nearest.folder.clone(), nearest.folder.join("src")],
            (None, None) => Vec::new(),
        }
    }

    fn isort<T>(&self, read: impl Fn(&Options) -> Option<T>) -> Option<T> {
        self.layers.iter().rev().filter_map(|layer| layer.lint_table("isort")).find_map(read)
    }
}

impl Layer {
    /// A list of `[lint]`; in older files it stands outside.
    fn lint(&self, key: &str) -> Vec<String> {
        let inside = self.options.table(&["lint"]).and_then(|lint| lint.list(key));
        inside.or_else(|| self.options.list(key)).unwrap_or_default()
    }

    fn has(&self, key: &str) -> bool {
        self.options.table(&["lint"]).is_some_and(|lint| lint.list(key).is_some()) || self.options.list(key).is_some()
    }

    fn lint_table(&self, key: &str) -> Option<&Options> {
        self.options.table(&["lint", key]).or_else(|| self.options.table(&[key]))
    }
}

/// ruff's part of a configuration file.
fn own_table(path: &Path, options: Options) -> Option<Options> {
    if path.file_name().is_some_and(|name| name == "pyproject.toml") {
        options.table(&["tool", "ruff"]).cloned()
    } else {
        Some(options)
    }
}

/// A file's layer below those of the files it extends.
fn chain(workspace: &Workspace, path: &Path, options: Options) -> Vec<Layer> {
    let mut layers = vec![Layer { folder: folder_of(path).to_owned(), options }];
    while let Some(last) = layers.last().filter(|_| layers.len() < LONGEST_CHAIN) {
        let extended = last.options.text("extend").and_then(|written| joined(&last.folder, written));
        let Some((path, options)) = extended.and_then(|path| {
            let options = own_table(&path, read_options(workspace, &path)?)?;
            Some((path, options))
        }) else {
            break;
        };
        layers.push(Layer { folder: folder_of(&path).to_owned(), options });
    }
    layers.reverse();
    layers
}

/// The outermost package that a file belongs to.
fn package_of(workspace: &Workspace, file: &Path) -> Option<String> {
    let is_package = |folder: &&Path| workspace.find(&folder.join("__init__.py")).is_some();
    let package = folder_of(file).ancestors().take_while(is_package).last()?;
    Some(package.file_name()?.to_str()?.to_owned())
}
