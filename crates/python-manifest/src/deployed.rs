//! Which dependency files a Dockerfile, a CI workflow or a Procfile installs. Read [`deployed_files`].

use std::path::PathBuf;

use changeset::resolve;

use crate::is_manifest;
use crate::shell::{Word, commands, pip_install};

/// The files that the text installs, the surest first: `pip install -r`, then the tools' own installs, then copied manifests.
///
/// Paths count from the root of the build; a file that was copied elsewhere before is named where it came from.
/// Understands no YAML: it looks at the commands in each line.
pub fn deployed_files(text: &str) -> Vec<PathBuf> {
    let commands: Vec<Vec<Word>> = commands(text, 0..text.len()).into_iter().map(without_lead).collect();
    let copies: Vec<(PathBuf, String)> = commands.iter().flat_map(|command| copies(command)).collect();
    let (mut installed, mut by_tools) = (Vec::new(), Vec::new());
    for command in &commands {
        if let Some(install) = pip_install(command) {
            installed.extend(install.files.iter().map(|file| origin(file, &copies)));
            by_tools.extend(install.projects.iter().flat_map(|folder| project_files(folder)));
        } else {
            by_tools.extend(tool_files(command));
        }
    }
    let copied = copies.iter().map(|(source, _)| source.clone()).filter(|path| is_manifest(path));
    let mut found: Vec<PathBuf> = Vec::new();
    for path in installed.into_iter().chain(by_tools).chain(copied) {
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// The command without what stands before it in YAML, a Dockerfile or a Procfile: `- run:`, `RUN`, `release:`.
fn without_lead(mut command: Vec<Word>) -> Vec<Word> {
    let lead = command.iter().take_while(|word| {
        let value = word.value.as_str();
        matches!(value, "-" | "RUN" | "sudo" | "|") || value.ends_with(':') || value.starts_with("--mount=")
    });
    let count = lead.count();
    command.drain(..count);
    command
}

/// `COPY a b dest/` as pairs of a source and what it is called afterwards.
fn copies(command: &[Word]) -> Vec<(PathBuf, String)> {
    let [verb, rest @ ..] = command else { return Vec::new() };
    let is_copy =
        matches!(verb.value.as_str(), "COPY" | "ADD") && !rest.iter().any(|word| word.value.starts_with("--from="));
    let paths: Vec<&str> = rest.iter().map(|word| word.value.as_str()).filter(|path| !path.starts_with("--")).collect();
    let Some((target, sources)) = paths.split_last().filter(|_| is_copy) else { return Vec::new() };
    let is_folder = target.ends_with('/') || target.ends_with('.') || sources.len() > 1;
    let called = |source: &str| {
        let name = if is_folder { source } else { target };
        name.rsplit('/').next().unwrap_or(name).to_owned()
    };
    sources.iter().map(|source| (from_root(source), called(source))).collect()
}

/// Where a file that is installed comes from: the copied file of that name, else the path itself.
fn origin(file: &str, copies: &[(PathBuf, String)]) -> PathBuf {
    let name = file.rsplit('/').next().unwrap_or(file);
    let copied = copies.iter().rev().find(|(source, called)| called == name && is_manifest(source));
    copied.map_or_else(|| from_root(file), |(source, _)| source.clone())
}

fn from_root(path: &str) -> PathBuf {
    resolve(path.trim_start_matches('/'))
}

fn project_files(folder: &str) -> Vec<PathBuf> {
    let folder = folder.split_once('[').map_or(folder, |(folder, _)| folder);
    ["pyproject.toml", "setup.cfg", "setup.py"].iter().map(|name| from_root(&format!("{folder}/{name}"))).collect()
}

/// The file that a tool's own install command reads.
fn tool_files(command: &[Word]) -> Vec<PathBuf> {
    let words: Vec<&str> = command.iter().map(|word| word.value.as_str()).collect();
    let has = |tool: &str, verbs: &[&str]| {
        words.windows(2).any(|pair| pair[0].rsplit('/').next() == Some(tool) && verbs.contains(&pair[1]))
    };
    if has("uv", &["sync", "run", "export"]) || has("poetry", &["install", "sync"]) || has("pdm", &["install", "sync"])
    {
        return vec![PathBuf::from("pyproject.toml")];
    }
    if has("pipenv", &["install", "sync"]) {
        return vec![PathBuf::from("Pipfile")];
    }
    if has("pixi", &["install", "run"]) {
        return vec![PathBuf::from("pixi.toml"), PathBuf::from("pyproject.toml")];
    }
    if has("env", &["create", "update"]) {
        let named = words.windows(2).find(|pair| matches!(pair[0], "-f" | "--file")).map(|pair| pair[1]);
        let attached = words.iter().find_map(|word| word.strip_prefix("--file="));
        return vec![from_root(named.or(attached).unwrap_or("environment.yml"))];
    }
    Vec::new()
}
