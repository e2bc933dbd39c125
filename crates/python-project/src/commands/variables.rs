//! Expansion of `$NAME`, `${NAME:-default}` and the few command substitutions that find a script's own folder.
//! Read [`expand`] first. What is not known stays as it is written. Never runs anything.

use std::collections::BTreeMap;

use super::split::end_of_group;

/// Values by name. `0` holds the path of the script, where there is one.
pub(super) type Variables = BTreeMap<String, String>;

/// No value grows beyond this many bytes: a variable that doubles itself on each line must not fill the memory.
const LONGEST_VALUE: usize = 16 * 1024;

/// Which characters of the text are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Quotes count: nothing is expanded between single quotes, and values are escaped for the place they come to.
    Shell,
    /// Quotes are ordinary characters, `$$` is a dollar sign: compose files, Dockerfile instructions.
    Plain,
}

/// The text with the variables in it replaced by their values, or by the defaults written beside them.
pub(super) fn expand(text: &str, variables: &Variables, syntax: Syntax) -> String {
    expand_nested(text, variables, syntax, 0)
}

/// Sets a variable, unless its value is out of all proportion.
pub(super) fn assign(variables: &mut Variables, name: &str, value: &str) {
    if value.len() <= LONGEST_VALUE {
        variables.insert(name.to_owned(), value.to_owned());
    }
}

/// `NAME=value` as its two halves, where the name is one that a variable can have.
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    is_name(name).then_some((name, value))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.len() == name_length(name)
}

fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// Defaults may hold variables, and substitutions commands: nesting deeper than this stays as it is written.
const DEEPEST: usize = 6;

fn expand_nested(text: &str, variables: &Variables, syntax: Syntax, depth: usize) -> String {
    let mut expanded = String::new();
    let mut in_double_quotes = false;
    let mut at = 0;
    while at < text.len() && expanded.len() <= LONGEST_VALUE {
        let rest = &text[at..];
        let next = rest.chars().next().unwrap_or_default();
        let copied = match next {
            '$' | '`' => {
                let (length, value) = reference(rest, variables, syntax, depth);
                let value = value.unwrap_or_else(|| rest[..length].to_owned());
                match syntax {
                    Syntax::Plain => expanded.push_str(&value),
                    Syntax::Shell => push_escaped(&mut expanded, &value, in_double_quotes),
                }
                at += length;
                continue;
            }
            '\\' if syntax == Syntax::Shell => end_of_group(text, at, 0).unwrap_or(text.len()) - at,
            '\'' if syntax == Syntax::Shell && !in_double_quotes => {
                end_of_group(text, at, 0).unwrap_or(text.len()) - at
            }
            '"' => {
                in_double_quotes = !in_double_quotes;
                1
            }
            _ => next.len_utf8(),
        };
        expanded.push_str(&rest[..copied]);
        at += copied;
    }
    expanded.push_str(&text[at..]);
    expanded
}

/// Writes a value so that splitting into words gives it back, between double quotes or outside them. A value with a
/// substitution in it is one word: its blanks are not there to separate.
fn push_escaped(out: &mut String, value: &str, in_double_quotes: bool) {
    let is_one_word = value.contains("$(") || value.contains('`');
    for character in value.chars() {
        let is_special_outside = character == '\'' || (is_one_word && matches!(character, ' ' | '\t' | '\n' | '#'));
        if matches!(character, '\\' | '"' | '`') || (is_special_outside && !in_double_quotes) {
            out.push('\\');
        }
        out.push(if character == '\n' { ' ' } else { character });
    }
}

/// How long the reference at the start of `text` is, and what it stands for, if that is known.
fn reference(text: &str, variables: &Variables, syntax: Syntax, depth: usize) -> (usize, Option<String>) {
    let after = &text[1..];
    if depth > DEEPEST {
        return (1, None);
    }
    if text.starts_with('`') {
        return match end_of_group(text, 0, 0).filter(|_| syntax == Syntax::Shell) {
            Some(end) => (end, substitution(&text[1..end - 1], variables, depth)),
            None => (1, None),
        };
    }
    match after.as_bytes().first() {
        Some(b'$') if syntax == Syntax::Plain => (2, Some("$".to_owned())),
        Some(b'{') => match end_of_group(text, 0, 0) {
            Some(end) => (end, parameter(&text[2..end - 1], variables, syntax, depth)),
            None => (1, None),
        },
        Some(b'(') => match end_of_group(text, 0, 0) {
            Some(end) => (end, substitution(&text[2..end - 1], variables, depth)),
            None => (1, None),
        },
        Some(b'0') => (2, variables.get("0").cloned()),
        Some(first) if first.is_ascii_alphabetic() || *first == b'_' => {
            let name = &after[..name_length(after)];
            (1 + name.len(), lookup(name, variables))
        }
        _ => (1, None),
    }
}

fn lookup(name: &str, variables: &Variables) -> Option<String> {
    let name = if name == "BASH_SOURCE" { "0" } else { name };
    variables.get(name).cloned()
}

/// The inside of `${...}`: a name, or a name and a default.
fn parameter(inside: &str, variables: &Variables, syntax: Syntax, depth: usize) -> Option<String> {
    let inside = inside.replace("BASH_SOURCE[0]", "BASH_SOURCE");
    let length = name_length(&inside);
    let (name, operator) = inside.split_at(length);
    let value = lookup(name, variables);
    let default = |text: &str| Some(unquoted(&expand_nested(text, variables, syntax, depth + 1)));
    if operator.is_empty() {
        value
    } else if let Some(text) = operator.strip_prefix(":-").or_else(|| operator.strip_prefix(":=")) {
        value.filter(|value| !value.is_empty()).or_else(|| default(text))
    } else if let Some(text) = operator.strip_prefix(['-', '=']) {
        value.or_else(|| default(text))
    } else if operator.starts_with(['?', ':']) {
        value
    } else {
        None
    }
}

fn unquoted(text: &str) -> String {
    text.trim_matches(['"', '\'']).to_owned()
}

/// The inside of `$(...)`, for the idioms that name the folder of the script.
fn substitution(inside: &str, variables: &Variables, depth: usize) -> Option<String> {
    let expanded = expand_nested(inside, variables, Syntax::Shell, depth + 1);
    let words = shlex::split(&expanded)?;
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let path = match words.as_slice() {
        ["dirname", path] => parent(path),
        ["readlink" | "realpath", path] => (*path).to_owned(),
        ["cd", path, .., "pwd"] => (*path).to_owned(),
        _ => return None,
    };
    (!path.contains('$')).then_some(path)
}

fn parent(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
        None => ".".to_owned(),
    }
}
