//! flake8: whether it checks a rule in a file. Read [`Flake8`] first.

use std::path::{Path, PathBuf};

use super::files::{folder_of, nearest};
use super::options::Options;
use super::selection::{names_file, verdict};
use crate::workspace::Workspace;

/// The names of its configuration files; the first one with a section of its own counts alone.
const NAMES: [&str; 3] = ["setup.cfg", "tox.ini", ".flake8"];

/// The configuration of flake8 for the files of a folder.
pub(super) struct Flake8 {
    /// What its paths count from.
    folder: PathBuf,
    options: Options,
}

impl Flake8 {
    /// The configuration around a folder and the arguments of a hook. `None` when there is neither.
    pub(super) fn around(workspace: &Workspace, folder: &Path, hook: Option<&Options>) -> Option<Self> {
        let nearest = nearest(workspace, folder, &NAMES, |path, options| {
            Some((folder_of(path).to_owned(), options.table(&["flake8"])?.clone()))
        });
        if nearest.is_none() && hook.is_none() {
            return None;
        }
        let (folder, options) = nearest.unwrap_or_default();
        Some(Self { folder, options: options.overridden_by(hook.cloned().unwrap_or_default()) })
    }

    /// Whether a rule is checked in a file.
    pub(super) fn checks(&self, rule: &str, file: &Path) -> bool {
        let list = |key| self.options.list(key).unwrap_or_default();
        let mut selected =
            self.options.list("select").unwrap_or_else(|| ["E", "F", "W", "C90"].map(str::to_owned).into());
        selected.extend(list("extend_select"));
        let mut ignored = list("ignore");
        ignored.extend(list("extend_ignore"));
        let per_file = per_file_ignores(self.options.text("per_file_ignores").unwrap_or_default());
        let here = per_file.into_iter().filter(|(pattern, _)| names_file(pattern, &self.folder, file));
        ignored.extend(here.flat_map(|(_, codes)| codes));
        verdict(rule, &selected, &ignored) == Some(true)
    }
}

/// The patterns of `a.py, b.py: E402, F401` and what is ignored in their files. As in flake8, neither line ends nor commas matter:
/// codes follow a colon, and a word that is no code begins the next patterns.
fn per_file_ignores(text: &str) -> Vec<(String, Vec<String>)> {
    let spaced = text.replace(':', " : ");
    let mut patterns: Vec<String> = Vec::new();
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut codes_from: Option<usize> = None;
    for word in spaced.split([',', ' ', '\t', '\n']).filter(|word| !word.is_empty()) {
        match codes_from {
            _ if word == ":" => {
                codes_from = Some(found.len());
                found.extend(patterns.drain(..).map(|pattern| (pattern, Vec::new())));
            }
            Some(from) if is_code(word) => {
                for (_, codes) in &mut found[from..] {
                    codes.push(word.to_owned());
                }
            }
            _ => {
                codes_from = None;
                patterns.push(word.to_owned());
            }
        }
    }
    found
}

/// `E402`, `E`, `ABC123`.
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    digits.len() < word.len() && digits.chars().all(|c| c.is_ascii_digit())
}
