//! Supervisor's configuration: the `command` of each `[program:x]`. Never follows `[include]`.

use super::ini::{self, Section};
use super::place::{Place, set_env};
use super::{CommandsError, DeclaredCommand, Trust};

/// The programs of a file.
pub(super) fn commands(text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut commands = Vec::new();
    for section in ini::sections(text) {
        let program = section.name.strip_prefix("program:").or_else(|| section.name.strip_prefix("fcgi-program:"));
        let (Some(name), Some(command)) = (program, section.all("command").last()) else { continue };
        let place = Place {
            env: environment(&section),
            cwd: section.get("directory").map(|folder| ini::without_comment(folder).to_owned()),
            ..Place::new(name.trim(), command.line, trust)
        };
        let command = ini::without_comment(&command.value).replace('\n', " ");
        commands.extend(place.split_words(&unescaped(&command))?);
    }
    Ok(commands)
}

/// `environment=A="b",C="d"`.
fn environment(section: &Section) -> Vec<(String, String)> {
    let mut env = Vec::new();
    let text = section.get("environment").unwrap_or_default();
    // A comma between the pairs is the separator; one inside quotes is part of a value, and shlex keeps it.
    for word in shlex::split(&commas_as_blanks(text)).unwrap_or_default() {
        if let Some((name, value)) = word.split_once('=') {
            set_env(&mut env, name, &unescaped(value));
        }
    }
    env
}

fn commas_as_blanks(text: &str) -> String {
    let mut quote = None;
    text.chars()
        .map(|character| match (character, quote) {
            (',' | '\n', None) => ' ',
            ('"' | '\'', None) => {
                quote = Some(character);
                character
            }
            (character, Some(open)) if character == open => {
                quote = None;
                character
            }
            (character, _) => character,
        })
        .collect()
}

/// `%%` is a percent sign, `%(ENV_HOME)s` is `$HOME`.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("%(ENV_") {
        out.push_str(before);
        match after.split_once(")s") {
            Some((name, after)) => {
                out.push('$');
                out.push_str(name);
                rest = after;
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out.replace("%%", "%")
}
