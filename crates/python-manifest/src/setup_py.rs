//! setuptools' setup.py, as far as it is literal: a list in `setup(install_requires=[...])`, also by way of a variable.
//!
//! A scan of strings, brackets and names, not a parser of Python: what it does not recognise is left to a person.

use std::ops::Range;

use crate::check::Leaf;
use crate::layout::{Layout, empty_brackets};
use crate::list::{Item, List};
use crate::manifest::{Contents, Group, Reference, ReferenceKind};
use crate::paths::beside;
use crate::requirement::Requirement;
use crate::specifier::Notation;
use crate::text::SourceText;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    span: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// A name or a number.
    Word,
    /// A plain string in single quotes of either kind; the span of its content.
    Text(Range<usize>),
    /// A triple-quoted string, bytes, an f-string.
    OtherString,
    Sign(char),
}

pub(crate) fn read(source: &SourceText) -> Contents {
    let tokens = tokens(source);
    let mut contents = Contents::default();
    let Some(arguments) = setup_arguments(source, &tokens) else {
        contents.closed = Some("no call of `setup()` was found in it".to_owned());
        return contents;
    };
    for (name, value) in keywords(source, arguments) {
        let text = || match value {
            [Token { kind: Kind::Text(content), .. }] => Some(source.slice(content.clone()).to_owned()),
            _ => None,
        };
        match name {
            "name" => contents.project_name = text(),
            "python_requires" => contents.requires_python = text(),
            "install_requires" => {
                match literal(source, &tokens, value).and_then(|list| read_list(source, list, Group::Runtime)) {
                    Some(list) => contents.lists.insert(0, list),
                    None => contents.closed = Some("its `install_requires` is not a list of plain strings".to_owned()),
                }
            }
            "setup_requires" => add(source, &tokens, value, Group::Build, &mut contents),
            "tests_require" => add(source, &tokens, value, Group::Dev("tests".to_owned()), &mut contents),
            "extras_require" => add_extras(source, &tokens, value, &mut contents),
            _ => {}
        }
    }
    if contents.closed.is_some() {
        contents.references = requirement_files(source, &tokens);
    }
    contents
}

fn add(source: &SourceText, tokens: &[Token], value: &[Token], group: Group, contents: &mut Contents) {
    let list = literal(source, tokens, value).and_then(|list| read_list(source, list, group));
    contents.lists.extend(list);
}

/// The lists of `{"extra": [...]}`.
fn add_extras(source: &SourceText, tokens: &[Token], value: &[Token], contents: &mut Contents) {
    if !matches!(value.first(), Some(Token { kind: Kind::Sign('{'), .. })) {
        return;
    }
    for index in 0..value.len().saturating_sub(2) {
        if let [Token { kind: Kind::Text(name), .. }, Token { kind: Kind::Sign(':'), .. }, ..] = &value[index..] {
            let group = Group::Optional(source.slice(name.clone()).to_owned());
            add(source, tokens, &value[index + 2..], group, contents);
        }
    }
}

/// Files that the program reads its requirements from.
fn requirement_files(source: &SourceText, tokens: &[Token]) -> Vec<Reference> {
    let texts = tokens.iter().filter_map(|token| match &token.kind {
        Kind::Text(content) => Some(source.slice(content.clone())),
        _ => None,
    });
    texts
        .filter(|text| text.ends_with(".txt") && text.contains("req"))
        .map(|text| Reference { kind: ReferenceKind::Dynamic, path: beside(source.path(), text) })
        .collect()
}

/// The tokens between the parentheses of `setup(...)`.
fn setup_arguments<'a>(source: &SourceText, tokens: &'a [Token]) -> Option<&'a [Token]> {
    let is_call = |index: usize| {
        let word = |at: usize| tokens.get(at).map(|token| source.slice(token.span.clone()));
        let before = index.checked_sub(1).and_then(word);
        word(index) == Some("setup") && word(index + 1) == Some("(") && before != Some("def")
    };
    let open = (0..tokens.len()).find(|&index| is_call(index))? + 1;
    let close = closing(tokens, open)?;
    Some(&tokens[open + 1..close])
}

/// `name=value` arguments of a call.
fn keywords<'a>(source: &'a SourceText, arguments: &'a [Token]) -> Vec<(&'a str, &'a [Token])> {
    split_at_commas(arguments)
        .into_iter()
        .filter_map(|argument| match argument {
            [name, Token { kind: Kind::Sign('='), .. }, value @ ..] if name.kind == Kind::Word => {
                Some((source.slice(name.span.clone()), value))
            }
            _ => None,
        })
        .collect()
}

fn split_at_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let (mut depth, mut start, mut parts) = (0usize, 0, Vec::new());
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Kind::Sign(',') if depth == 0 => {
                parts.push(&tokens[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// The list literal that a value is, brackets included; of a name, the one assignment at the left margin.
fn literal<'a>(source: &SourceText, tokens: &'a [Token], value: &'a [Token]) -> Option<&'a [Token]> {
    let value = match value {
        [name] if name.kind == Kind::Word => assigned(source, tokens, source.slice(name.span.clone()))?,
        other => other,
    };
    matches!(value.first()?.kind, Kind::Sign('[')).then_some(())?;
    Some(&value[..=closing(value, 0)?])
}

fn assigned<'a>(source: &SourceText, tokens: &'a [Token], name: &str) -> Option<&'a [Token]> {
    let mut values = (0..tokens.len()).filter_map(|index| match &tokens[index..] {
        [target, Token { kind: Kind::Sign('='), .. }, value @ ..]
            if source.slice(target.span.clone()) == name
                && source.line_start(target.span.start) == target.span.start
                && !matches!(value.first(), Some(Token { kind: Kind::Sign('='), .. })) =>
        {
            Some(value)
        }
        _ => None,
    });
    let only = values.next()?;
    values.next().is_none().then_some(only)
}

/// The index of the bracket that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

/// `None` for a comprehension, a list without any plain string in it, and two commas in a row.
fn read_list(source: &SourceText, list: &[Token], group: Group) -> Option<List> {
    let [open, elements @ .., close] = list else { return None };
    let inner = open.span.end..close.span.start;
    let mut quote = None;
    let items: Vec<Item> = split_at_commas(elements)
        .into_iter()
        .filter_map(|element| {
            let (first, last) = (element.first()?, element.last()?);
            let span = first.span.start..last.span.end;
            let content = match element {
                [Token { kind: Kind::Text(content), .. }] => Some(content.clone()),
                _ => None,
            };
            quote = quote.or_else(|| content.as_ref().and_then(|at| source.text()[..at.start].chars().next_back()));
            let requirement =
                content.and_then(|at| Requirement::parse(source.slice(at.clone()), at.start, Notation::Pep440));
            Some(Item { span, requirement })
        })
        .collect();
    let has_hole = elements.windows(2).any(|pair| pair.iter().all(|token| token.kind == Kind::Sign(',')));
    let is_loop = elements.iter().any(|token| token.kind == Kind::Word && source.slice(token.span.clone()) == "for");
    if has_hole || is_loop || (!items.is_empty() && items.iter().all(|item| item.requirement.is_none())) {
        return None;
    }
    let layout = if items.is_empty() { empty_brackets(source, &inner) } else { Layout::Brackets { inner } };
    Some(List {
        place: "install_requires".to_owned(),
        group,
        notation: Notation::Pep440,
        keyed: false,
        quote: quote.or(Some('"')),
        pins_elsewhere: false,
        layout,
        items,
    })
}

/// Every token but commas.
pub(crate) fn leaves(source: &SourceText) -> Vec<Leaf> {
    tokens(source)
        .into_iter()
        .filter(|token| token.kind != Kind::Sign(','))
        .map(|token| {
            let span = match token.kind {
                Kind::Text(content) => content,
                _ => token.span,
            };
            Leaf { path: Vec::new(), value: source.slice(span).to_owned() }
        })
        .collect()
}

/// The tokens up to the end, or up to a string that is never closed.
fn tokens(source: &SourceText) -> Vec<Token> {
    let (text, mut at, mut found) = (source.text(), source.content_start(), Vec::new());
    while let Some(c) = text[at..].chars().next() {
        let word_len = text[at..].find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len() - at);
        let quote_at = at + word_len;
        let is_prefix = word_len <= 2 && text[at..quote_at].chars().all(|c| "rRbBuUfF".contains(c));
        if c.is_whitespace() || c == '\\' {
            at += c.len_utf8();
        } else if c == '#' {
            at = source.next_line(at);
        } else if is_prefix && text[quote_at..].starts_with(['"', '\'']) {
            let Some(token) = string(text, at, quote_at) else { break };
            at = token.span.end;
            found.push(token);
        } else if word_len > 0 {
            found.push(Token { span: at..quote_at, kind: Kind::Word });
            at = quote_at;
        } else {
            let end = at + c.len_utf8();
            found.push(Token { span: at..end, kind: Kind::Sign(c) });
            at = end;
        }
    }
    found
}

/// The string whose prefix starts at `start` and whose quote stands at `quote_at`.
fn string(text: &str, start: usize, quote_at: usize) -> Option<Token> {
    let quote = &text[quote_at..=quote_at];
    let triple = quote.repeat(3);
    let is_triple = text[quote_at..].starts_with(&triple);
    let mark = if is_triple { triple.as_str() } else { quote };
    let mut at = quote_at + mark.len();
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with(mark) {
            break;
        }
        let c = rest.chars().next()?;
        if c == '\n' && !is_triple {
            return None;
        }
        let skipped = if c == '\\' { rest.chars().nth(1).map_or(0, char::len_utf8) } else { 0 };
        at += c.len_utf8() + skipped;
    }
    let span = start..at + mark.len();
    let is_plain = !is_triple && !text[start..quote_at].contains(['b', 'B', 'f', 'F']);
    let content = quote_at + mark.len()..at;
    Some(Token { span, kind: if is_plain { Kind::Text(content) } else { Kind::OtherString } })
}
