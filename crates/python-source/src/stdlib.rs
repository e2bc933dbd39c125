//! Which modules are Python's own.

/// Whether `module` (its first part counts) belongs to the standard library of any Python 3 that is still in use.
pub fn is_standard_library(module: &str) -> bool {
    let first = module.split('.').next().unwrap_or_default();
    // `(8..=14)`: Python 3.8 to 3.14, as far as the table goes.
    (8..=14).any(|minor| ruff_python_stdlib::sys::is_known_standard_library(minor, first))
}
