//! Tests of the pages: what is generated is fresh, what is shown is what the program says, what is named exists.
//!
//! They never judge prose. `UPDATE_DOCS=1 cargo test -p sentry-codemod --test docs` writes the generated parts anew.
//! Read [`pages::assert_fresh`] first.
#![allow(clippy::disallowed_methods, reason = "these tests read and write the repository's own pages")]
#![allow(clippy::unwrap_used, reason = "a page that cannot be read fails its test")]

mod command_line;
#[path = "../../src/settings/configuration.rs"]
#[allow(dead_code, reason = "the program reads what the page only shows")]
mod configuration;
#[path = "../../src/output/document.rs"]
#[allow(dead_code, reason = "the program builds what the schema only describes")]
mod document;
mod examples;
mod findings;
#[path = "../../../../tests/support/folder.rs"]
mod folder;
mod links;
mod pages;
#[cfg(unix)]
mod pictures;
mod rules;
mod schemas;
mod tables;
