//! Everything the program says: the diff or a document on stdout, the story on stderr. Nothing is decided here.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is where the program speaks")]

mod columns;
mod document;
mod findings;
mod github;
mod json;
mod next;
mod pull_request;
mod sarif;
mod story;

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use changeset::{Changeset, LineKind, Recovered, Undone, diff_lines, path_in_work_tree};
use serde::Serialize;

use crate::arguments::Colour;
use crate::exit::Exit;
use crate::inspection::Inspection;
pub(crate) use document::Mode;
pub(crate) use findings::{Ending, Run};
pub(crate) use next::{next_steps, nothing_written};
pub(crate) use story::{ending, facts, story};

/// Decides when colours are used, here and everywhere.
pub(crate) fn set_colour(colour: Colour) {
    let choice = match colour {
        Colour::Auto => anstream::ColorChoice::Auto,
        Colour::Always => anstream::ColorChoice::AlwaysAnsi,
        Colour::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Says what went wrong, and why.
pub(crate) fn error(error: &anyhow::Error) {
    anstream::eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        anstream::eprintln!("  because: {cause}");
    }
}

/// A panic is a bug of ours, never the user's fault.
pub(crate) fn bug() {
    anstream::eprintln!(
        "error: this is a bug in sentry-codemod {}; no file was left half-written\n  please report the lines above, with the command you ran",
        env!("CARGO_PKG_VERSION")
    );
}

/// Prints the diff, coloured on a terminal.
///
/// # Errors
/// When stdout cannot be written, save that a closed pipe is a reader who has seen enough.
pub(crate) fn diff(changeset: &Changeset) -> Result<()> {
    let stdout = std::io::stdout().lock();
    let coloured = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let mut out = std::io::BufWriter::new(stdout);
    let prefix = path_in_work_tree(changeset.root()).unwrap_or_default();
    let written = diff_lines(changeset, &prefix).try_for_each(|line| {
        let style = if coloured { style_of(line.kind) } else { anstyle::Style::new() };
        write_styled(&mut out, style, &line.bytes)
    });
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to stdout"),
    }
}

fn write_styled(out: &mut impl Write, style: anstyle::Style, line: &[u8]) -> std::io::Result<()> {
    if style.is_plain() {
        return out.write_all(line);
    }
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    write!(out, "{style}")?;
    out.write_all(text)?;
    write!(out, "{style:#}")?;
    out.write_all(&line[text.len()..])
}

fn style_of(kind: LineKind) -> anstyle::Style {
    let colour = |colour: anstyle::AnsiColor| colour.on_default();
    match kind {
        LineKind::Added => colour(anstyle::AnsiColor::Green),
        LineKind::Removed => colour(anstyle::AnsiColor::Red),
        LineKind::Hunk => colour(anstyle::AnsiColor::Cyan),
        LineKind::Header => anstyle::Style::new().bold(),
        _ => anstyle::Style::new(),
    }
}

/// Prints the run as one JSON document.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn json(run: &Run<'_>, mode: Mode, exit: Exit) -> Result<()> {
    let prefix = path_in_work_tree(run.inspection.workspace.root());
    pretty(&json::document(run, mode, exit, prefix.as_deref()))
}

/// Prints what was found, and nothing of what was planned, as one JSON document.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn facts_as_json(inspection: &Inspection, exit: Exit) -> Result<()> {
    let prefix = path_in_work_tree(inspection.workspace.root());
    pretty(&json::facts_alone(inspection, exit, prefix.as_deref()))
}

/// Prints the findings as a SARIF log.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn sarif(run: &Run<'_>, exit: Exit) -> Result<()> {
    let prefix = path_in_work_tree(run.inspection.workspace.root()).unwrap_or_default();
    pretty(&sarif::log(run, exit, &prefix))
}

/// Prints the findings as annotations for GitHub Actions.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn github(run: &Run<'_>) -> Result<()> {
    let prefix = path_in_work_tree(run.inspection.workspace.root()).unwrap_or_default();
    to_stdout(github::annotations(run, &prefix).as_bytes())
}

fn pretty(value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value).context("this is a bug: the document cannot be written as JSON")?;
    text.push(b'\n');
    to_stdout(&text)
}

/// Writes to stdout; a closed pipe is a reader who has seen enough.
fn to_stdout(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to stdout"),
    }
}

/// Prints a file as the change leaves it.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn text(bytes: &[u8]) -> Result<()> {
    to_stdout(bytes)
}

/// Names the files beside the one on stdin that would change.
pub(crate) fn others(run: &Run<'_>, path: &Path) {
    for change in run.changeset.changes().iter().filter(|change| change.path != path && !run.is_quiet()) {
        anstream::eprintln!("would change too: {}", change.path.display());
    }
}

/// Names the files that were put back.
pub(crate) fn undone(undone: &Undone) {
    for path in &undone.restored {
        anstream::eprintln!("put back {}", path.display());
    }
    for path in &undone.removed {
        anstream::eprintln!("removed {}", path.display());
    }
}

/// Says what an interrupted run had left, and what became of it.
pub(crate) fn recovered(recovered: Option<Recovered>) {
    let (what, files) = match recovered {
        None => return,
        Some(Recovered::RolledBack(files)) => ("an earlier run was interrupted; put back as it was", files),
        Some(Recovered::Finished(files)) => {
            ("an earlier run was interrupted after its last write; it counts as done", files)
        }
    };
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    anstream::eprintln!("{what}: {}", names.join(", "));
}
