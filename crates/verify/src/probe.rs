//! The probe: Python files that are embedded in the program and written into the run's folder. Read [`write`].
#![allow(clippy::disallowed_methods, reason = "the probe is written into a folder of its own")]

use std::fs;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};

static PROBE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/probe");

/// Writes the probe into `folder`, which goes first into `PYTHONPATH`.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    write_folder(&PROBE, folder)
}

fn write_folder(from: &Dir<'_>, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in from.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "py")) {
        fs::write(to.join(file.path().file_name().unwrap_or_default()), file.contents())?;
    }
    for inner in from.dirs().filter(|inner| !inner.path().ends_with("__pycache__")) {
        write_folder(inner, &to.join(inner.path().file_name().unwrap_or_default()))?;
    }
    Ok(())
}
