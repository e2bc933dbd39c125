//! YAML as a tree with byte spans, for conda's files and pixi's lock. Never writes. Read [`Node`] first.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScanError, Span};

use crate::ManifestError;
use crate::check::Leaf;
use crate::text::SourceText;

/// A value and the bytes it stands in; of a block list or mapping only the start is meant to be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Scalar(String),
    List(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
    /// An alias.
    Other,
}

impl Node {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// Keys and values of a mapping; none of anything else.
    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(own, _)| own.as_str() == Some(key)).map(|(_, value)| value)
    }
}

/// Walking and dropping the tree is recursive; no dependency file comes near this.
const MAX_DEPTH: usize = 100;

/// The first document of the file; `None` when it holds none.
pub(crate) fn parse(source: &SourceText) -> Result<Option<Node>, ManifestError> {
    let text = source.text();
    // saphyr counts characters.
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let byte = |index: usize| offsets.get(index).copied().unwrap_or(text.len());
    let mut tree = Tree { open: Vec::new(), done: None };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span): (Event<'_>, Span) = event.map_err(|error: ScanError| {
            let at = byte(error.marker().index());
            source.error(at, format!("invalid YAML: {}", error.info()), "mend the file, then run again")
        })?;
        let (start, end) = (byte(span.start.index()), byte(span.end.index()));
        let end = match &event {
            Event::Scalar(value, ..) => scalar_end(&text[start..], value).map_or(end, |length| start + length),
            _ => end,
        };
        tree.add(&event, start..end);
        if tree.open.len() > MAX_DEPTH {
            return Err(source.error(start, "the file is nested too deeply", "is this a dependency file?"));
        }
    }
    Ok(tree.done)
}

/// The length of a scalar at the start of `text`: saphyr counts the blanks and comments behind a quoted one as part of it.
///
/// `None` for block scalars and plain ones that go on in the next line.
fn scalar_end(text: &str, value: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| "\"'".contains(*c));
    let Some(quote) = quote else { return text.starts_with(value).then_some(value.len()) };
    // A backslash escapes in double quotes, a quote in single ones.
    let escape = if quote == '"' { '\\' } else { '\'' };
    let mut at = 1;
    while let Some(c) = text[at..].chars().next() {
        let next = text[at + c.len_utf8()..].chars().next();
        if c == escape && (escape == '\\' || next == Some(quote)) {
            at += c.len_utf8() + next.map_or(0, char::len_utf8);
        } else if c == quote {
            return Some(at + 1);
        } else {
            at += c.len_utf8();
        }
    }
    None
}

struct Tree {
    open: Vec<(Node, Option<Node>)>,
    done: Option<Node>,
}

impl Tree {
    fn add(&mut self, event: &Event<'_>, span: Range<usize>) {
        let node = |value| Node { span: span.clone(), value };
        match event {
            Event::Scalar(text, ..) => self.close(node(Value::Scalar(text.to_string()))),
            Event::Alias(_) => self.close(node(Value::Other)),
            Event::SequenceStart(..) => self.open.push((node(Value::List(Vec::new())), None)),
            Event::MappingStart(..) => self.open.push((node(Value::Mapping(Vec::new())), None)),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((mut inner, _)) = self.open.pop() {
                    inner.span.end = span.end;
                    self.close(inner);
                }
            }
            _ => {}
        }
    }

    /// Puts a finished node into the one that is open.
    fn close(&mut self, node: Node) {
        match self.open.last_mut() {
            None => {
                self.done.get_or_insert(node);
            }
            Some((Node { value: Value::List(items), .. }, _)) => items.push(node),
            Some((Node { value: Value::Mapping(entries), .. }, key)) => match key.take() {
                None => *key = Some(node),
                Some(key) => entries.push((key, node)),
            },
            Some(_) => {}
        }
    }
}

/// Every scalar of the tree with the keys that lead to it.
pub(crate) fn leaves(node: &Node) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(node, &mut Vec::new(), &mut found);
    found
}

fn collect(node: &Node, path: &mut Vec<String>, found: &mut Vec<Leaf>) {
    match &node.value {
        Value::Scalar(text) => found.push(Leaf { path: path.clone(), value: text.clone() }),
        Value::Other => found.push(Leaf { path: path.clone(), value: "*".to_owned() }),
        Value::List(items) => items.iter().for_each(|item| collect(item, path, found)),
        Value::Mapping(entries) => {
            for (key, value) in entries {
                path.push(key.as_str().unwrap_or("?").to_owned());
                collect(value, path, found);
                path.pop();
            }
        }
    }
}
