//! setuptools' setup.cfg, read as Python's configparser reads it: sections, keys, continuation and comment lines.

use std::ops::Range;

use crate::check::Leaf;
use crate::layout::Layout;
use crate::list::{Item, List};
use crate::manifest::{Contents, Group, Reference, ReferenceKind};
use crate::paths::beside;
use crate::requirement::Requirement;
use crate::specifier::Notation;
use crate::text::SourceText;

/// One key and the lines of its value.
struct Setting {
    section: String,
    key: String,
    /// The line of the key, without its line ending.
    line: Range<usize>,
    /// What stands behind the `=`, trimmed; may be empty.
    inline: Range<usize>,
    /// The continuation lines that hold text, each without its line ending.
    lines: Vec<Range<usize>>,
}

struct Section {
    name: String,
    /// The end of its last line that is neither blank nor a comment.
    end: usize,
}

pub(crate) fn read(source: &SourceText) -> Contents {
    let (sections, options) = scan(source);
    let value = |section: &str, key: &str| {
        let option = options.iter().find(|option| option.section == section && option.key == key)?;
        Some(source.slice(option.inline.clone()).to_owned()).filter(|text| !text.is_empty())
    };
    let mut contents = Contents {
        project_name: value("metadata", "name"),
        requires_python: value("options", "python_requires"),
        tools_only: !sections.iter().any(|section| matches!(section.name.as_str(), "metadata" | "options")),
        ..Contents::default()
    };
    for option in &options {
        let group = match (option.section.as_str(), option.key.as_str()) {
            ("options", "install_requires") => Group::Runtime,
            ("options", "setup_requires") => Group::Build,
            ("options", "tests_require") => Group::Dev("tests".to_owned()),
            ("options.extras_require", extra) => Group::Optional(extra.to_owned()),
            _ => continue,
        };
        if let Some(files) = source.slice(option.inline.clone()).strip_prefix("file:") {
            if group == Group::Runtime {
                let paths = files.split(',').map(|path| beside(source.path(), path.trim()));
                contents.references.extend(paths.map(|path| Reference { kind: ReferenceKind::Dynamic, path }));
                contents.closed = Some(format!("its dependencies are read from `{}`", files.trim()));
            }
            continue;
        }
        contents.lists.push(list(source, option, group));
    }
    let options_section = sections.iter().find(|section| section.name == "options");
    let has_list = contents.lists.iter().any(|list| list.group == Group::Runtime) || contents.closed.is_some();
    if let Some(section) = options_section.filter(|_| !has_list) {
        contents.lists.insert(0, new_list(source, section, &options));
    }
    contents
}

fn list(source: &SourceText, option: &Setting, group: Group) -> List {
    let inline = source.slice(option.inline.clone());
    let item = |span: Range<usize>| {
        let requirement = Requirement::parse(source.slice(span.clone()), span.start, Notation::Pep440);
        Item { span, requirement }
    };
    let mut items: Vec<Item> = option.lines.iter().cloned().map(item).collect();
    let mut layout = Layout::Lines {
        prefix: option
            .lines
            .last()
            .map_or("    ".to_owned(), |line| source.indent(first_byte(source, line)).to_owned()),
    };
    if items.is_empty() && inline.contains(';') {
        // setuptools splits a value of one line at semicolons.
        items = parts(source, &option.inline).into_iter().map(item).collect();
        layout = Layout::Semicolons;
    } else if !inline.is_empty() {
        items.insert(0, item(option.inline.clone()));
    } else if items.is_empty() {
        let at = option.line.end;
        layout = Layout::Slot { at, before: format!("{}    ", source.eol(at)), after: String::new() };
    }
    List { layout, items, ..empty_list(&format!("[{}] {}", option.section, option.key), group) }
}

/// The key that `[options]` does not have yet, below its last line.
fn new_list(source: &SourceText, section: &Section, options: &[Setting]) -> List {
    let own = || options.iter().filter(|option| option.section == section.name);
    let tight = own().any(|option| source.slice(option.line.clone()).contains(&format!("{}=", option.key)));
    let equals = if tight { "=" } else { " =" };
    let eol = source.eol(section.end);
    let layout = Layout::Slot {
        at: section.end,
        before: format!("{eol}install_requires{equals}{eol}    "),
        after: String::new(),
    };
    List { layout, ..empty_list("[options] install_requires", Group::Runtime) }
}

fn empty_list(place: &str, group: Group) -> List {
    List {
        place: place.to_owned(),
        group,
        notation: Notation::Pep440,
        keyed: false,
        quote: None,
        pins_elsewhere: false,
        layout: Layout::Semicolons,
        items: Vec::new(),
    }
}

/// The parts between semicolons, trimmed.
fn parts(source: &SourceText, inline: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = inline.start;
    for part in source.slice(inline.clone()).split(';') {
        let lead = part.len() - part.trim_start().len();
        found.push(start + lead..start + lead + part.trim().len());
        start += part.len() + 1;
    }
    found.retain(|range| !range.is_empty());
    found
}

fn first_byte(source: &SourceText, line: &Range<usize>) -> usize {
    let text = source.slice(line.clone());
    line.start + (text.len() - text.trim_start().len())
}

/// All values, line by line.
pub(crate) fn leaves(source: &SourceText) -> Vec<Leaf> {
    let (_, options) = scan(source);
    let mut found = Vec::new();
    for option in options {
        let inline = if source.slice(option.inline.clone()).contains(';') {
            parts(source, &option.inline)
        } else {
            vec![option.inline]
        };
        for span in inline.into_iter().chain(option.lines) {
            let value = source.slice(span).trim().to_owned();
            if !value.is_empty() {
                found.push(Leaf { path: vec![option.section.clone(), option.key.clone()], value });
            }
        }
    }
    found
}

fn scan(source: &SourceText) -> (Vec<Section>, Vec<Setting>) {
    let (mut sections, mut options): (Vec<Section>, Vec<Setting>) = (Vec::new(), Vec::new());
    let (mut at, mut indent, mut in_value) = (source.content_start(), 0, false);
    while at < source.text().len() {
        let line = at..source.line_end(at);
        at = source.next_line(at);
        let text = source.slice(line.clone());
        let body = text.trim();
        if body.is_empty() || body.starts_with(['#', ';']) {
            continue;
        }
        let own_indent = text.len() - text.trim_start().len();
        let continues = in_value && own_indent > indent;
        let header = body.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).filter(|_| !continues);
        if let Some((name, _)) = header {
            sections.push(Section { name: name.to_owned(), end: line.end });
            (indent, in_value) = (own_indent, false);
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        section.end = line.end;
        if continues {
            if let Some(option) = options.last_mut() {
                option.lines.push(line);
            }
            continue;
        }
        (indent, in_value) = (own_indent, false);
        if let Some((key, value)) = body.split_once(['=', ':']) {
            let value_len = value.trim().len();
            let end = line.start + text.trim_end().len();
            options.push(Setting {
                section: section.name.clone(),
                key: key.trim().replace('-', "_"),
                inline: end - value_len..end,
                line,
                lines: Vec::new(),
            });
            in_value = true;
        }
    }
    (sections, options)
}
