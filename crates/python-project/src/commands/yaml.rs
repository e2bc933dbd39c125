//! YAML as a small tree with line numbers; merge keys and aliases are in place. Read [`Node`] first.
//! Never resolves types: `yes`, `1` and `"1"` are texts.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::CommandsError;

/// A node of a document.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// The line it begins on, 1-based.
    pub(crate) line: usize,
    value: Value,
}

#[derive(Debug, Clone)]
enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Aliases of aliases grow without bound: no document for people has more nodes than this.
const MOST_NODES: usize = 200_000;

/// Reading a tree is recursive, so its depth has a limit.
const DEEPEST: usize = 100;

impl Node {
    /// The value at `key` of a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value at the end of a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text at `key`.
    pub(crate) fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The elements of a sequence.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping, in order.
    pub(crate) fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// The texts of a sequence.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.items().iter().filter_map(Node::text).map(str::to_owned).collect()
    }

    fn size(&self) -> usize {
        let inside: usize = match &self.value {
            Value::Null | Value::Text(_) => 0,
            Value::List(items) => items.iter().map(Node::size).sum(),
            Value::Map(entries) => entries.iter().map(|(_, node)| node.size()).sum(),
        };
        1 + inside
    }
}

/// The documents of a YAML stream.
///
/// # Errors
/// When the text is no YAML, or unfolds to something out of all proportion.
pub(crate) fn documents(text: &str) -> Result<Vec<Node>, CommandsError> {
    // The tools that read these files allow a closing bracket right under its key; the specification does not.
    strict_documents(text).or_else(|error| strict_documents(&with_indented_brackets(text)).map_err(|_| error))
}

fn with_indented_brackets(text: &str) -> String {
    let mut indented = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start_matches(' ').starts_with([']', '}']) {
            indented.push_str(&" ".repeat(DEEPEST));
        }
        indented.push_str(line);
    }
    indented
}

fn strict_documents(text: &str) -> Result<Vec<Node>, CommandsError> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| CommandsError {
            // The end of the text counts as a line of its own there.
            line: error.marker().line().clamp(1, text.lines().count().max(1)),
            message: format!("this is no valid YAML: {}", error.info()),
        })?;
        builder.take(event, span.start.line())?;
    }
    Ok(builder.documents)
}

/// A sequence or mapping that is not yet closed.
struct Open {
    line: usize,
    anchor: usize,
    is_map: bool,
    children: Vec<Node>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    documents: Vec<Node>,
    nodes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), CommandsError> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_null = style == ScalarStyle::Plain && matches!(text.as_ref(), "" | "~" | "null");
                let value = if is_null { Value::Null } else { Value::Text(text.into_owned()) };
                self.count(1, line)?;
                self.add(Node { line, value }, anchor);
            }
            Event::Alias(anchor) => {
                // An alias inside its own anchor names nothing yet.
                let node = self.anchors.get(&anchor).cloned().unwrap_or(Node { line, value: Value::Null });
                self.count(node.size(), line)?;
                self.add(node, 0);
            }
            Event::SequenceStart(anchor, _) => {
                self.begin(Open { line, anchor, is_map: false, children: Vec::new() })?
            }
            Event::MappingStart(anchor, _) => self.begin(Open { line, anchor, is_map: true, children: Vec::new() })?,
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, line: usize) -> Result<(), CommandsError> {
        self.nodes += nodes;
        if self.nodes > MOST_NODES {
            return Err(CommandsError { line, message: "this YAML unfolds to too much".to_owned() });
        }
        Ok(())
    }

    fn begin(&mut self, open: Open) -> Result<(), CommandsError> {
        if self.open.len() >= DEEPEST {
            return Err(CommandsError { line: open.line, message: "this YAML is nested too deeply".to_owned() });
        }
        self.count(1, open.line)?;
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) {
        if let Some(Open { line, anchor, is_map, children }) = self.open.pop() {
            let value = if is_map { Value::Map(entries(children)) } else { Value::List(children) };
            self.add(Node { line, value }, anchor);
        }
    }

    fn add(&mut self, node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(node),
            None => self.documents.push(node),
        }
    }
}

/// Keys and values in turn become entries. What `<<` brings comes last: the mapping's own keys win.
fn entries(children: Vec<Node>) -> Vec<(String, Node)> {
    let mut entries: Vec<(String, Node)> = Vec::new();
    let mut merged: Vec<(String, Node)> = Vec::new();
    let mut children = children.into_iter();
    while let (Some(key), Some(value)) = (children.next(), children.next()) {
        match key.text() {
            Some("<<") if value.is_list() => merged.extend(value.items().iter().flat_map(Node::entries).cloned()),
            Some("<<") => merged.extend(value.entries().iter().cloned()),
            Some(key) => entries.push((key.to_owned(), value)),
            None => {}
        }
    }
    for (key, value) in merged {
        if !entries.iter().any(|(known, _)| *known == key) {
            entries.push((key, value));
        }
    }
    entries
}
