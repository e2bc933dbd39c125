//! Why a dependency file could not be read or edited. Read [`ManifestError`].

use std::path::PathBuf;

/// What is wrong with a dependency file, where, and what to do about it. The file stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {message}", path.display())]
pub struct ManifestError {
    /// The file, as the caller named it.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do next.
    pub help: String,
}
