//! Shortcuts for developers: targets of a Makefile, scripts of a package.json. Never follows prerequisites.

use super::place::{Place, with_defaults};
use super::variables::{Syntax, Variables, assign, expand};
use super::{CommandsError, DeclaredCommand, Trust};

/// How the name of a target begins that starts a process of the project.
const STARTING: &[&str] = &["beat", "celery", "dev", "run", "serve", "server", "start", "web", "worker"];

/// The recipes of the targets that start something.
pub(super) fn commands(text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut variables = Variables::new();
    let mut target: Option<&str> = None;
    let mut commands = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        if let Some(recipe) = line.strip_prefix('\t') {
            let recipe = joined(recipe, &mut lines);
            if let Some(target) = target {
                let recipe = expand(&make_references(&recipe), &variables, Syntax::Plain);
                let recipe = recipe.trim_start_matches(['@', '-', '+', ' ']);
                commands.extend(Place::new(target, number, Trust::Development).shell(recipe)?);
            }
        } else if let Some((name, value)) = variable(line) {
            let value = expand(&make_references(value), &variables, Syntax::Plain);
            assign(&mut variables, name, &value);
        } else if let Some((name, _)) = line.split_once(':') {
            target = Some(name.trim()).filter(|name| STARTING.iter().any(|start| name.starts_with(start)));
        }
    }
    Ok(commands)
}

/// The scripts of a package.json.
pub(super) fn package_json(text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let package: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| CommandsError { line: error.line(), message: format!("this is no valid JSON: {error}") })?;
    let scripts = package.get("scripts").and_then(serde_json::Value::as_object);
    let mut commands = Vec::new();
    for (name, script) in scripts.into_iter().flatten() {
        let line = 1 + text.lines().position(|line| line.contains(&format!("\"{name}\""))).unwrap_or(0);
        let script = script.as_str().unwrap_or_default();
        commands.extend(Place::new(name, line, Trust::Development).shell(&with_defaults(script))?);
    }
    Ok(commands)
}

fn joined<'a>(first: &str, lines: &mut impl Iterator<Item = (usize, &'a str)>) -> String {
    let mut recipe = first.to_owned();
    while let Some(continued) = recipe.strip_suffix('\\') {
        recipe = continued.to_owned();
        let Some((_, next)) = lines.next() else { break };
        recipe.push_str(next.trim_start());
    }
    recipe
}

/// `NAME = value` with any of make's operators.
fn variable(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim_start_matches("export ").trim_end_matches([':', '?', '+', ' ']).trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| (name, value.trim()))
}

/// `$(NAME)` is `${NAME}`.
fn make_references(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("$(") {
        out.push_str(before);
        match after.split_once(')') {
            Some((name, after)) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
                out.push_str(&format!("${{{name}}}"));
                rest = after;
            }
            _ => {
                out.push_str("$(");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
