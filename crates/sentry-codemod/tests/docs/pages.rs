//! The repository's pages as files. Read [`assert_fresh`] first.

use std::fs;
use std::path::{Path, PathBuf};

const UPDATE: &str = "UPDATE_DOCS=1 cargo test -p sentry-codemod --test docs";

/// The head of a page that is generated as a whole.
pub(crate) fn generated_from(source: &str) -> String {
    format!("<!-- Generated from {source}. Change that, then run `{UPDATE}`. -->\n\n")
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The text of a page, with `\n` line endings; empty when there is none.
pub(crate) fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap_or_default().replace("\r\n", "\n")
}

/// Fails when a page differs from what it should be; with `UPDATE_DOCS` set, writes it instead.
pub(crate) fn assert_fresh(page: &str, expected: &str) {
    if read(page) == expected {
        return;
    }
    assert!(is_update(), "{page} is stale; run `{UPDATE}`");
    let file = root().join(page);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, expected).unwrap();
}

/// Fails when a folder holds a page that nothing generates; with `UPDATE_DOCS` set, removes it instead.
pub(crate) fn assert_no_others(folder: &str, expected: &[String]) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if expected.contains(&name) {
            continue;
        }
        assert!(is_update(), "no rule generates {folder}/{name}; run `{UPDATE}`");
        fs::remove_file(root().join(folder).join(name)).unwrap();
    }
}

/// Every Markdown page a reader is meant to open, relative to the root: those at the root, and the book.
pub(crate) fn all() -> Vec<String> {
    let mut pages = Vec::new();
    for folder in ["", "docs", "docs/rules", "docs/findings", "docs/reference", "docs/how-to", "docs/explanation"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    pages.sort();
    pages
}

/// Whether pages are being written, so that what is said of all of them is not true yet.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}
