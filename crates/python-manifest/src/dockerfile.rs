//! `pip install` commands in the RUN instructions of a Dockerfile, for projects that have no other list.

use std::ops::Range;

use changeset::resolve;

use crate::check::Leaf;
use crate::layout::Layout;
use crate::list::{Item, List};
use crate::manifest::{Contents, Group, Reference, ReferenceKind};
use crate::requirement::Requirement;
use crate::shell::{PipInstall, Word, commands, pip_install};
use crate::specifier::Notation;
use crate::text::SourceText;

pub(crate) fn read(source: &SourceText) -> Contents {
    let mut contents = Contents::default();
    for run in run_instructions(source) {
        for command in commands(source.text(), run) {
            let Some(install) = pip_install(&command) else { continue };
            contents.references.extend(references(&install));
            contents.lists.extend(list(source, &install));
        }
    }
    contents
}

/// Every word of the RUN instructions, and the other lines whole.
pub(crate) fn leaves(source: &SourceText) -> Vec<Leaf> {
    let leaf = |value: &str| Leaf { path: Vec::new(), value: value.trim().to_owned() };
    let (mut found, mut at) = (Vec::new(), 0);
    for run in run_instructions(source) {
        found.extend(source.slice(at..run.start).lines().map(leaf));
        at = run.end;
        found.extend(commands(source.text(), run).iter().flatten().map(|word| leaf(&word.value)));
    }
    found.extend(source.slice(at..source.text().len()).lines().map(leaf));
    found
}

/// Whether a shell would take the word apart or change it.
pub(crate) fn needs_quotes(word: &str) -> bool {
    !word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.=,".contains(c))
}

fn references(install: &PipInstall<'_>) -> Vec<Reference> {
    let all = |kind: ReferenceKind, paths: &[String]| -> Vec<Reference> {
        paths.iter().map(|path| Reference { kind, path: resolve(path) }).collect()
    };
    let mut found = all(ReferenceKind::Requirements, &install.files);
    found.extend(all(ReferenceKind::Constraints, &install.constraints));
    found.extend(all(ReferenceKind::Project, &install.projects));
    found
}

fn list(source: &SourceText, install: &PipInstall<'_>) -> Option<List> {
    let items: Vec<Item> = install
        .requirements
        .iter()
        .map(|word| Item { span: word.span.clone(), requirement: requirement(source, word) })
        .collect();
    let mut names = items.iter().filter_map(|item| item.requirement.as_ref()).map(|one| one.distribution.as_str());
    let only_tools = names.all(|name| {
        matches!(name, "pip" | "setuptools" | "wheel" | "uv" | "poetry" | "pipenv" | "pdm" | "hatch" | "virtualenv")
    });
    let quotes = items.iter().filter_map(|item| source.slice(item.span.clone()).chars().next());
    let quote = quotes.into_iter().find(|c| "\"'".contains(*c));
    (!items.is_empty()).then(|| List {
        place: "RUN pip install".to_owned(),
        group: if only_tools { Group::Build } else { Group::Runtime },
        notation: Notation::Pep440,
        keyed: false,
        quote,
        pins_elsewhere: !install.constraints.is_empty(),
        layout: Layout::Words,
        items,
    })
}

/// `None` for words that are quoted in part.
fn requirement(source: &SourceText, word: &Word) -> Option<Requirement> {
    let text = source.slice(word.span.clone());
    let unquoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let inner = match unquoted('"').or_else(|| unquoted('\'')) {
        Some(_) => word.span.start + 1..word.span.end - 1,
        None => word.span.clone(),
    };
    let whole = source.slice(inner.clone()) == word.value;
    whole.then(|| Requirement::parse(&word.value, inner.start, Notation::Pep440)).flatten()
}

/// The spans of the RUN instructions in shell form, without the word RUN.
fn run_instructions(source: &SourceText) -> Vec<Range<usize>> {
    let (text, mut at, mut found) = (source.text(), source.content_start(), Vec::new());
    while at < text.len() {
        let start = at;
        let mut end = start;
        let mut continues = true;
        while continues && at < text.len() {
            end = source.line_end(at);
            let line = source.slice(at..end).trim();
            // Comment lines may stand between continued lines, not before the first.
            continues = line.ends_with('\\') && !line.starts_with('#') || line.starts_with('#') && at > start;
            at = source.next_line(at);
        }
        let instruction = source.slice(start..end);
        let body = start + (instruction.len() - instruction.trim_start().len()) + "RUN".len();
        let is_run = instruction.trim_start().get(..4).is_some_and(|word| word.trim_end().eq_ignore_ascii_case("run"));
        if is_run && !text[body..end].trim_start().starts_with('[') {
            found.push(body..end);
        }
    }
    found
}
