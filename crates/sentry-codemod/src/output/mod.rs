//! Everything the program says: the diff or a document on stdout, the story on stderr. Nothing is decided here.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is where the program speaks")]

mod columns;
mod document;
mod findings;
mod github;
mod json;
mod next;
mod pull_request;
mod report;
mod sarif;
mod story;
mod terminal;
#[cfg(unix)]
pub(crate) mod verify;

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result};
use changeset::{Changeset, Kind, LineKind, Recovered, Undone, diff_lines, path_in_work_tree};
use serde::Serialize;

use crate::arguments::Colour;
use crate::exit::Exit;
use crate::inspection::Inspection;
use crate::text::quoted;
pub(crate) use document::Mode;
pub(crate) use findings::{Ending, Run};
pub(crate) use next::{next_steps, nothing_written, proof, the_same};
pub(crate) use report::{diagnosis, findings};
pub(crate) use story::{ending, facts, story};
use terminal::say;
pub(crate) use terminal::visible;

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
    say!("error: {error}");
    for cause in error.chain().skip(1) {
        say!("  because: {cause}");
    }
}

/// A panic is a bug of ours, never the user's fault.
pub(crate) fn bug() {
    say!(
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
    let is_terminal = stdout.is_terminal();
    let coloured = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    let mut out = std::io::BufWriter::new(stdout);
    let prefix = path_in_work_tree(changeset.root()).unwrap_or_default();
    let written = diff_lines(changeset, &prefix).try_for_each(|line| {
        let style = if coloured { style_of(line.kind) } else { anstyle::Style::new() };
        // A pipe gets the very bytes, for they may be on their way to `git apply`.
        let bytes = if is_terminal { visible_line(&line.bytes) } else { line.bytes };
        write_styled(&mut out, style, &bytes)
    });
    until_closed(written.and_then(|()| out.flush()))
}

/// A line of a diff as a person may see it; how it ends is left as it is.
fn visible_line(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    let content = text.trim_end_matches(['\r', '\n']);
    [&visible(content), &text[content.len()..]].concat().into_bytes()
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

/// Prints a text that has no colours.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn text(text: &str) -> Result<()> {
    to_stdout(text.as_bytes())
}

/// Prints a file as the change leaves it.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn bytes(bytes: &[u8]) -> Result<()> {
    to_stdout(bytes)
}

/// Names the files beside the one on stdin that would change.
pub(crate) fn others(run: &Run<'_>, path: &Path) {
    for change in run.changeset.changes().iter().filter(|change| change.path != path && !run.is_quiet()) {
        say!("would change too: {}", change.path.display());
    }
}

/// Writes a text with colours to stdout; they are left out where nobody would see them.
fn to_stdout_styled(text: &str) -> Result<()> {
    let text = visible(text);
    match anstream::AutoStream::choice(&std::io::stdout()) {
        anstream::ColorChoice::Never => to_stdout(anstream::adapter::strip_str(&text).to_string().as_bytes()),
        _ => to_stdout(text.as_bytes()),
    }
}

/// Writes to stdout.
fn to_stdout(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    until_closed(out.write_all(bytes).and_then(|()| out.flush()))
}

/// What became of writing to stdout; a closed pipe is a reader who has seen enough.
fn until_closed(written: std::io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to stdout"),
    }
}

/// Names the files that were put back.
pub(crate) fn undone(undone: &Undone) {
    for path in &undone.restored {
        say!("put back {}", path.display());
    }
    for path in &undone.removed {
        say!("removed {}", path.display());
    }
}

/// Says how what was written is taken back.
pub(crate) fn way_back(path: &Path) {
    let typed = path.to_string_lossy();
    let words = if typed == "." { String::new() } else { format!(" {}", quoted(&typed)) };
    say!("take it back: sentry-codemod undo{words}");
}

/// Says that the tree may be neither the old one nor the new one.
pub(crate) fn interrupted() {
    say!(
        "warning: an earlier run was interrupted, or is writing at this moment: what is shown may be half of a change\n  \
         help: --apply and undo put the tree right before anything else"
    );
}

/// Says what an interrupted run had left, and what became of it.
pub(crate) fn recovered(recovered: Option<&Recovered>) {
    let Some(recovered) = recovered else { return };
    let (Recovered::RolledBack(kind, files) | Recovered::Finished(kind, files)) = recovered;
    let kind = match kind {
        Kind::Apply => "--apply",
        Kind::Undo => "undo",
    };
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let outcome = match recovered {
        Recovered::Finished(..) => format!("after its last write, so it counts as done: {}", names.join(", ")),
        Recovered::RolledBack(..) if files.is_empty() => "before its first write: no file had changed".to_owned(),
        Recovered::RolledBack(..) => format!("half done; put back as it was: {}", names.join(", ")),
    };
    say!("an earlier run was interrupted: {kind} {outcome}");
}
