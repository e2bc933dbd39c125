//! Python's dependency files, every dialect: what they declare, and the smallest edit that makes one ask for a distribution.
//!
//! Bytes in, values and [`changeset::Edit`]s out. This crate reads no disk and knows no distribution by itself: what is
//! wanted is an argument. It never prints a file again: it finds a span, writes there, and reads the result once more.
//! Read [`Manifest`] first, then [`Manifest::require`]. Each dialect is one module, named after it.

mod check;
mod choose;
mod compiled;
mod conda;
mod deployed;
mod dockerfile;
mod error;
mod layout;
mod list;
mod lock;
mod manifest;
mod paths;
mod pep621;
mod pipfile;
mod pixi;
mod poetry;
mod pyproject;
mod require;
mod requirement;
mod requirements;
mod setup_cfg;
mod setup_py;
mod shell;
mod specifier;
mod style;
mod text;
mod toml_text;
mod yaml;

pub use choose::{Choice, Compiled, choose};
pub use deployed::deployed_files;
pub use error::ManifestError;
pub use lock::{Lock, is_lock};
pub use manifest::{CompiledFrom, Declared, Dialect, Group, Manifest, Reference, ReferenceKind, is_manifest};
pub use require::{Applicability, Outcome, Wanted};
