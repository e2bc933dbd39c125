//! What the names of dependency files say, and where the paths in them lead. Never looks at a disk. Read [`file_role`] first.

use std::path::{Path, PathBuf};

use changeset::resolve;

use crate::manifest::Group;

/// `path` as a file at `manifest` means it, with `.` and `..` resolved.
pub(crate) fn beside(manifest: &Path, path: impl AsRef<Path>) -> PathBuf {
    resolve(manifest.parent().unwrap_or(Path::new("")).join(path))
}

/// What a requirements file is for, where its name says that it is not for running the program.
///
/// `requirements-dev.txt`, `requirements/test.in`, `docs/requirements.txt`, `constraints.txt`.
pub(crate) fn file_role(path: &Path) -> Option<Group> {
    let stem = path.file_stem()?.to_str()?.to_ascii_lowercase();
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("");
    if stem.starts_with("constraint") {
        return Some(Group::Constraint);
    }
    if matches!(folder, "doc" | "docs" | "test" | "tests") {
        return Some(Group::Dev(folder.to_owned()));
    }
    let mut words = stem.split(|c: char| !c.is_ascii_alphanumeric());
    words.find(|word| is_development_word(word)).map(|word| Group::Dev(word.to_owned()))
}

fn is_development_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "benchmark",
        "benchmarks",
        "build",
        "ci",
        "coverage",
        "dev",
        "develop",
        "development",
        "devel",
        "doc",
        "docs",
        "documentation",
        "example",
        "examples",
        "flake8",
        "format",
        "lint",
        "linting",
        "local",
        "mypy",
        "notebook",
        "notebooks",
        "old",
        "legacy",
        "archive",
        "precommit",
        "qa",
        "style",
        "test",
        "tests",
        "testing",
        "tools",
        "tox",
        "typing",
        "types",
        "typecheck",
    ];
    WORDS.contains(&word)
}
