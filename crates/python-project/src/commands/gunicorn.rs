//! gunicorn's configuration file, as the command line it stands for. It is Python, of which only assignments of string
//! literals at the start of a line are read. Never runs it.

use std::path::Path;

use super::place::{Place, set_env};
use super::{DeclaredCommand, Declares, Trust};

/// The settings that say what is loaded, from where and by whom, with the option of the same meaning.
const OPTIONS: &[(&str, &str)] =
    &[("chdir", "--chdir"), ("pythonpath", "--pythonpath"), ("worker_class", "--worker-class")];

/// The command that a file with a `wsgi_app` stands for.
pub(super) fn commands(path: &Path, text: &str, trust: Trust) -> Vec<DeclaredCommand> {
    let Some((line, app)) = assigned(text, "wsgi_app") else { return Vec::new() };
    let Some(app) = string_literals(app).next() else { return Vec::new() };
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut place = Place::new(&name, line, trust);
    if let Some((_, variables)) = assigned(text, "raw_env") {
        for (name, value) in string_literals(variables).filter_map(|variable| variable.split_once('=')) {
            set_env(&mut place.env, name, value);
        }
    }
    let mut argv = vec!["gunicorn".to_owned()];
    for (setting, option) in OPTIONS {
        if let Some(value) = assigned(text, setting).and_then(|(_, value)| string_literals(value).next()) {
            argv.extend([(*option).to_owned(), value.to_owned()]);
        }
    }
    argv.push(app.to_owned());
    vec![DeclaredCommand { argv, ..place.declare(Declares::Command) }]
}

/// The line of `name = value`, and the value: the rest of the line, or a list up to its bracket.
fn assigned<'a>(text: &'a str, name: &str) -> Option<(usize, &'a str)> {
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let after = line.strip_prefix(name).and_then(|rest| rest.trim_start().strip_prefix('='));
        if let Some(after) = after.filter(|after| !after.starts_with('=')) {
            let value = &text[offset + line.len() - after.len()..];
            let end =
                if value.trim_start().starts_with(['[', '(']) { value.find([']', ')']) } else { value.find('\n') };
            return Some((number, &value[..end.unwrap_or(value.len())]));
        }
        offset += line.len();
    }
    None
}

/// The texts between quotes.
fn string_literals(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let open = rest.find(['"', '\''])?;
        let quote = char::from(rest.as_bytes()[open]);
        let (literal, after) = rest[open + 1..].split_once(quote)?;
        rest = after;
        Some(literal)
    })
}
