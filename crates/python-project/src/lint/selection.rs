//! Which rules a linter's lists of prefixes select, and which files its patterns name. Read [`verdict`] first. Never reads a file.

use std::path::Path;

use globset::Glob;

/// What two lists say about a rule: the longer prefix of its code wins, the ignored one when both are as long.
/// `None` when neither list names it.
pub(super) fn verdict(rule: &str, selected: &[String], ignored: &[String]) -> Option<bool> {
    let longest = |prefixes: &[String]| prefixes.iter().filter_map(|prefix| specificity(rule, prefix)).max();
    match (longest(selected), longest(ignored)) {
        (None, None) => None,
        (selected, ignored) => Some(selected > ignored),
    }
}

fn specificity(rule: &str, prefix: &str) -> Option<usize> {
    if prefix == "ALL" {
        return Some(0);
    }
    (!prefix.is_empty() && rule.starts_with(prefix)).then_some(prefix.len())
}

/// Whether a pattern of `per-file-ignores` in a configuration file in `folder` names the file: by its name, or by its path from there.
/// With `!` in front it names all others.
pub(super) fn names_file(pattern: &str, folder: &Path, file: &Path) -> bool {
    if let Some(others) = pattern.strip_prefix('!') {
        return !names_file(others, folder, file);
    }
    let Ok(glob) = Glob::new(pattern.trim_start_matches("./")) else { return false };
    let matcher = glob.compile_matcher();
    let by_name = file.file_name().is_some_and(|name| matcher.is_match(name));
    by_name || file.strip_prefix(folder).is_ok_and(|inside| matcher.is_match(inside))
}
