//! Scripts that packaging and task runners declare: `[project.scripts]`, `console_scripts`, `[tool.poe.tasks]`.
//! Never decides whether a script is the way the project is started.

use super::family::names_development;
use super::ini;
use super::place::{Place, object_reference};
use super::tomlfile::{Entry, TomlFile};
use super::{CommandsError, DeclaredCommand, Declares, Trust};

/// Tables of `name = "module:attribute"`.
const ENTRY_POINTS: &[&[&str]] =
    &[&["project", "scripts"], &["project", "gui-scripts"], &["tool", "poetry", "scripts"]];

/// Tables of tasks: a command line each, or a table that says what kind of task it is.
const TASKS: &[&[&str]] = &[
    &["tool", "hatch", "envs", "default", "scripts"],
    &["tool", "pdm", "scripts"],
    &["tool", "pixi", "tasks"],
    &["tool", "poe", "tasks"],
    &["tool", "taskipy", "tasks"],
];

/// The scripts and tasks of a pyproject.toml.
pub(super) fn pyproject(text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let file = TomlFile::parse(text)?;
    let mut commands = Vec::new();
    for entry in ENTRY_POINTS.iter().flat_map(|path| file.entries(path)) {
        // Poetry has had three ways to write it.
        let reference = entry.text("reference").or_else(|| entry.text_at("callable"));
        commands.extend(reference.and_then(|reference| entry_point(entry.key, entry.line, reference)));
    }
    for entry in TASKS.iter().flat_map(|path| file.entries(path)) {
        commands.extend(task(&entry)?);
    }
    Ok(commands)
}

/// The scripts of a Pipfile.
pub(super) fn pipfile(text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let file = TomlFile::parse(text)?;
    let mut commands = Vec::new();
    for entry in file.entries(&["scripts"]) {
        commands.extend(task(&entry)?);
    }
    Ok(commands)
}

/// The console scripts of a setup.cfg.
pub(super) fn setup_cfg(text: &str) -> Vec<DeclaredCommand> {
    ini::sections(text)
        .iter()
        .filter(|section| section.name == "options.entry_points")
        .flat_map(|section| &section.entries)
        .filter(|entry| matches!(entry.key.as_str(), "console_scripts" | "gui_scripts"))
        .flat_map(|entry| (entry.line..).zip(entry.value.lines()))
        .filter_map(|(line, script)| {
            let (name, reference) = script.split_once('=')?;
            entry_point(name.trim(), line, reference.trim())
        })
        .collect()
}

/// The console scripts of a setup.py, where they are literals: each `name = module:attribute` from `console_scripts`
/// to the next closing bracket.
pub(super) fn setup_py(text: &str) -> Vec<DeclaredCommand> {
    let Some(start) = text.find("console_scripts") else { return Vec::new() };
    let scripts = &text[start..];
    let scripts = &scripts[..scripts.find([']', '}']).unwrap_or(scripts.len())];
    let first_line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..start]).count();
    (first_line..)
        .zip(scripts.lines())
        .flat_map(|(line, text)| text.split(['"', '\'', ',', '[']).map(move |part| (line, part)))
        .filter_map(|(line, script)| {
            let (name, reference) = script.split_once('=')?;
            entry_point(name.trim(), line, reference.trim())
        })
        .collect()
}

fn entry_point(name: &str, line: usize, reference: &str) -> Option<DeclaredCommand> {
    let (module, attribute) = object_reference(reference)?;
    Some(Place::new(name, line, Trust::Script).declare(Declares::EntryPoint { module, attribute }))
}

/// A task: `"command"`, `{cmd = ...}`, `{shell = ...}`, or `{call = "module:function"}`.
fn task(entry: &Entry<'_>) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let trust = if names_development(entry.key) { Trust::Development } else { Trust::Script };
    let place = Place {
        env: entry.variables_at("env"),
        cwd: entry.text_at("cwd").or_else(|| entry.text_at("working_dir")).map(str::to_owned),
        ..Place::new(entry.key, entry.line, trust)
    };
    let function = entry.text_at("call").or_else(|| entry.text_at("script"));
    if let Some((module, attribute)) = function.and_then(called_function) {
        return Ok(vec![place.declare(Declares::EntryPoint { module, attribute })]);
    }
    match entry.text("cmd").or_else(|| entry.text_at("shell")) {
        Some(text) => place.shell(text),
        None => place.exec(entry.list_at("cmd")),
    }
}

/// `module:function`, with or without a call's brackets.
fn called_function(text: &str) -> Option<(String, String)> {
    object_reference(text.split('(').next().unwrap_or(text))
}
