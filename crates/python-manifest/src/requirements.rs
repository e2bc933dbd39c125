//! requirements.txt and its like, read as pip reads them: continuations, comments, options, markers, URLs.
//!
//! Never evaluates markers, never follows `-r` by itself. Read [`read`] first.

use std::ops::Range;
use std::path::PathBuf;

use changeset::resolve;

use crate::check::Leaf;
use crate::compiled::compiled_from;
use crate::layout::Layout;
use crate::list::{Item, List};
use crate::manifest::{Contents, Group, Reference, ReferenceKind};
use crate::paths::{beside, file_role};
use crate::requirement::Requirement;
use crate::specifier::Notation;
use crate::text::{SourceText, is_origin_comment};

/// A logical line: its physical lines, and its text as pip sees it at the offset of the first byte.
struct Entry {
    /// From the start of the first physical line to the end of the last, without its line ending.
    span: Range<usize>,
    start: usize,
    /// Continuations are blanks of the same length, the comment is cut off: offsets are those of the file.
    text: String,
    /// Whether it ends with a `\\` that nothing follows.
    is_cut_off: bool,
}

pub(crate) fn read(source: &SourceText) -> Contents {
    let entries = entries(source);
    let mut contents = Contents { compiled_from: compiled_from(source.text()), ..Contents::default() };
    let mut items: Vec<Item> = Vec::new();
    let mut last_option = None;
    for entry in &entries {
        match entry.text.starts_with('-') {
            true => {
                let reference = reference(source, &entry.text);
                let is_project = reference.as_ref().is_some_and(|one| one.kind == ReferenceKind::Project);
                last_option = Some(entry.span.end).filter(|_| !is_project).or(last_option);
                contents.references.extend(reference);
                if entry.text.starts_with("-e") || entry.text.starts_with("--editable") {
                    items.push(Item { span: entry.span.clone(), requirement: None });
                }
            }
            false => {
                contents.has_hashes |= entry.text.contains("--hash=") || entry.text.contains("--hash ");
                contents.references.extend(local_project(source, entry.text.trim()));
                let requirement = Requirement::parse(without_options(&entry.text), entry.start, Notation::Pep440);
                items.push(Item { span: entry.span.clone(), requirement });
            }
        }
    }
    contents.references.extend(sources(source, &contents));
    let group = file_role(source.path()).unwrap_or(Group::Runtime);
    let layout =
        if items.is_empty() { first_line(source, last_option) } else { Layout::Lines { prefix: String::new() } };
    let pins_elsewhere = contents.references.iter().any(|one| one.kind == ReferenceKind::Constraints);
    contents.closed = closed(&contents);
    if contents.closed.is_none() && entries.last().is_some_and(|entry| entry.is_cut_off) {
        contents.closed = Some("its last line ends with a `\\`, so that a line below would belong to it".to_owned());
    }
    contents.lists.push(List {
        place: "requirements".to_owned(),
        group,
        notation: Notation::Pep440,
        keyed: false,
        quote: None,
        pins_elsewhere,
        layout,
        items,
    });
    contents
}

/// The files that a generated one is made from. The command ran in the root, in the folder of the file, or in one between.
fn sources(source: &SourceText, contents: &Contents) -> Vec<Reference> {
    let named = contents.compiled_from.iter().flat_map(|from| &from.sources);
    let mut paths: Vec<PathBuf> = Vec::new();
    for path in named {
        let name = path.file_name().unwrap_or(path.as_os_str());
        for place in [resolve(path), beside(source.path(), path), beside(source.path(), name)] {
            if !paths.contains(&place) {
                paths.push(place);
            }
        }
    }
    paths.into_iter().map(|path| Reference { kind: ReferenceKind::Source, path }).collect()
}

/// Why the file must not be edited by hand.
fn closed(contents: &Contents) -> Option<String> {
    match &contents.compiled_from {
        Some(_) => Some("the file is generated: its source is the place".to_owned()),
        None if contents.has_hashes => {
            Some("its lines carry hashes: pip would refuse a line without, and only a tool can compute them".to_owned())
        }
        None => None,
    }
}

/// Every logical line.
pub(crate) fn leaves(source: &SourceText) -> Vec<Leaf> {
    entries(source).into_iter().map(|entry| Leaf { path: Vec::new(), value: entry.text }).collect()
}

/// The first requirement of a file goes below its last option, else to its end.
fn first_line(source: &SourceText, last_option: Option<usize>) -> Layout {
    let text = source.text();
    let (at, before, after) = match last_option {
        Some(end) => (end, source.eol(end), ""),
        None if text.len() == source.content_start() => (text.len(), "", "\n"),
        None if text.ends_with('\n') => (text.len(), "", source.eol(text.len() - 1)),
        None => (text.len(), source.eol(text.len()), ""),
    };
    Layout::Slot { at, before: before.to_owned(), after: after.to_owned() }
}

/// The logical lines that are neither blank nor a comment.
fn entries(source: &SourceText) -> Vec<Entry> {
    let (text, mut at) = (source.text(), source.content_start());
    let mut found: Vec<Entry> = Vec::new();
    while at < text.len() {
        let start = at;
        let (end, logical) = logical_line(source, start);
        at = source.next_line(end);
        if is_origin_comment(source.slice(start..end)) {
            // What the compiler wrote below a requirement stays with it.
            if let Some(entry) = found.last_mut().filter(|entry| text[entry.span.end..start].trim().is_empty()) {
                entry.span.end = end;
            }
            continue;
        }
        let code = &logical[..comment_start(&logical)];
        let lead = code.len() - code.trim_start().len();
        if !code.trim().is_empty() {
            let is_cut_off = at == text.len() && source.slice(start..end).ends_with('\\');
            found.push(Entry { span: start..end, start: start + lead, text: code.trim().to_owned(), is_cut_off });
        }
    }
    found
}

/// The logical line that begins at `start`: where its last physical line ends, and its text with blanks for continuations.
fn logical_line(source: &SourceText, start: usize) -> (usize, String) {
    let (mut at, mut logical) = (start, String::new());
    loop {
        let end = source.line_end(at);
        let line = source.slice(at..end);
        // A comment is never continued, and it ends a continuation.
        let is_continued = line.ends_with('\\') && !line.trim_start().starts_with('#');
        if !is_continued {
            logical.push_str(line);
            return (end, logical);
        }
        at = source.next_line(end);
        logical.push_str(&line[..line.len() - 1]);
        logical.push_str(&" ".repeat(at - end + 1));
        if at == source.text().len() {
            return (end, logical);
        }
    }
}

/// Where a comment starts: at a `#` that begins the line or follows white space, as in pip.
fn comment_start(line: &str) -> usize {
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return at;
        }
        before = c;
    }
    line.len()
}

/// The requirement without the options that follow it (`--hash=...`).
fn without_options(text: &str) -> &str {
    text.find(" -").map_or(text, |at| &text[..at])
}

/// The file or folder that an option line names.
fn reference(source: &SourceText, option: &str) -> Option<Reference> {
    let value = |short: &str, long: &str| {
        let rest = option.strip_prefix(long).or_else(|| option.strip_prefix(short))?;
        let value = rest.strip_prefix('=').unwrap_or(rest).trim();
        (!value.is_empty() && !value.contains("://")).then(|| value.to_owned())
    };
    let requirements = value("-r", "--requirement").map(|path| (ReferenceKind::Requirements, path));
    let (kind, path) = requirements
        .or_else(|| value("-c", "--constraint").map(|path| (ReferenceKind::Constraints, path)))
        .or_else(|| value("-e", "--editable").map(|path| (ReferenceKind::Project, without_extras(&path).to_owned())))?;
    Some(Reference { kind, path: beside(source.path(), &path) })
}

/// The folder that a line like `.` or `./libs/ledger[web]` installs.
fn local_project(source: &SourceText, line: &str) -> Option<Reference> {
    let path = without_extras(line);
    let is_folder = path == "." || path.starts_with("./") || path.starts_with("../") || path.starts_with("file:.");
    let path = path.strip_prefix("file:").unwrap_or(path);
    is_folder.then(|| Reference { kind: ReferenceKind::Project, path: beside(source.path(), path) })
}

fn without_extras(path: &str) -> &str {
    path.split_once('[').map_or(path, |(path, _)| path).trim()
}
