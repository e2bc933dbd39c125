//! How Sentry gets into a copy of a project: by the codemod, or spelled out by hand. Read [`copy`] and [`codemod`].

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::application::{Application, Site};
use crate::folder;

/// What a person would write: everything that the codemod recommends by itself.
const INIT: &str = "\
import sentry_sdk
sentry_sdk.init(data_collection={}, traces_sample_rate=1.0, enable_logs=True)
";

/// Copies a project without its `runtime.toml`, which no user's project has.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    folder::copy(from, to)?;
    fs::remove_file(to.join("runtime.toml"))
}

/// Puts Sentry into `project`, by the codemod unless `RUNTIME_PLACEMENT` is `by-hand`.
///
/// # Errors
/// When the codemod fails, with its own words.
pub(crate) fn right(application: &Application, project: &Path) -> Result<(), String> {
    match std::env::var("RUNTIME_PLACEMENT").as_deref() {
        Ok("by-hand") => by_hand(&application.by_hand, project),
        _ => codemod(&application.options, project),
    }
}

fn codemod(options: &[String], project: &Path) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sentry-codemod"));
    let output = command.arg(project).arg("--apply").args(options).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    Ok(())
}

/// Puts the text of each site where it says.
///
/// # Errors
/// When a file or a line is not there.
pub(crate) fn by_hand(sites: &[Site], project: &Path) -> Result<(), String> {
    for site in sites {
        let path = project.join(&site.file);
        let named = |error: io::Error| format!("`{}`: {error}", path.display());
        let source = fs::read_to_string(&path).map_err(named)?;
        let text = site.text.as_deref().unwrap_or(INIT);
        let placed = insert(&source, site.before.as_deref(), text)
            .ok_or_else(|| format!("`{}` has no line {:?}", path.display(), site.before))?;
        fs::write(&path, placed).map_err(named)?;
    }
    Ok(())
}

/// `source` with `text` before the first line that is `before` but for its indentation, which `text` takes on; or at the end.
fn insert(source: &str, before: Option<&str>, text: &str) -> Option<String> {
    let Some(before) = before else {
        return Some(format!("{source}\n{text}"));
    };
    let line = source.split_inclusive('\n').find(|line| line.trim() == before)?;
    let offset = source.split_inclusive('\n').take_while(|other| other.trim() != before).map(str::len).sum();
    let indentation = &line[..line.len() - line.trim_start().len()];
    let indented: String = text.lines().map(|line| format!("{indentation}{line}\n")).collect();
    let (head, tail) = source.split_at(offset);
    Some(format!("{head}{indented}{tail}"))
}
