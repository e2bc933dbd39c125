//! Python's dependency files, every dialect: what they declare, and the smallest edit that makes one ask for a distribution.
//!
//! Bytes in, values and [`changeset::Edit`]s out. This crate reads no disk and knows no distribution by itself: what is
//! wanted is an argument. It never prints a file again: it finds a span, writes there, and reads the result once more.
//! Read [`Manifest`] first, then [`Manifest::require`]. Each dialect is one module, named after it.
//!
//! ```
//! use std::path::Path;
//! use python_manifest::{Manifest, Outcome, Version, Wanted};
//!
//! let text = "[project]\ndependencies = [\n    \"flask>=3\" # web\n]\n";
//! let manifest = Manifest::read(Path::new("pyproject.toml"), text.into())?.ok_or("not a manifest")?;
//! let wanted = Wanted {
//!     distribution: "sentry-sdk".to_owned(),
//!     extras: vec!["flask".to_owned()],
//!     floor: Version::new([2, 35]),
//!     end: Some(Version::new([3])),
//!     newest: Version::new([2, 75, 0]),
//!     anchors: vec!["flask".to_owned()],
//!     needs_end: false,
//! };
//! let Outcome::Edit { edits, .. } = manifest.require(&wanted)? else { return Err("no edit".into()) };
//! let after = changeset::apply_edits(text.as_bytes(), &edits)?;
//! let expected = "[project]\ndependencies = [\n    \"flask>=3\", # web\n    \"sentry-sdk[flask]>=2.35,<3\"\n]\n";
//! assert_eq!(after, expected.as_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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

pub use changeset::resolve;
pub use choose::{Choice, Compiled, choose};
pub use deployed::deployed_files;
pub use error::ManifestError;
pub use lock::{Lock, is_lock};
pub use manifest::{CompiledFrom, Declared, Dialect, Group, Manifest, Reference, ReferenceKind, is_manifest};
pub use pep440_rs::Version;
pub use require::{Applicability, Outcome, Wanted};
