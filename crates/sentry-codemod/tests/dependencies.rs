//! The crates that the program is built from keep to `deny.toml`: their licences, and no version beside another without a reason.
//!
//! The file is cargo-deny's, which checks the same and more; this test needs nothing but cargo. Read [`Graph`] first.
#![allow(clippy::disallowed_methods, reason = "this test reads a file of the repository and asks cargo")]
#![allow(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use toml_edit::{DocumentMut, Item};

#[test]
fn every_licence_is_allowed() {
    let (graph, deny) = (Graph::load(), deny());
    let allowed = strings(&deny["licenses"]["allow"]);
    let exceptions = exceptions(&deny);
    let none = BTreeSet::new();
    let refused = graph.packages.iter().filter(|package| {
        let own = exceptions.get(&package.name).unwrap_or(&none);
        !is_satisfied(package.licence(), &|id| allowed.contains(id) || own.contains(id))
    });
    let refused: Vec<String> = refused.map(|package| format!("{}: {}", package.name, package.licence())).collect();
    assert!(refused.is_empty(), "licences that deny.toml does not allow:\n{}", refused.join("\n"));
}

#[test]
fn crates_under_the_lgpl_are_used_by_tests_alone() {
    let (graph, exceptions) = (Graph::load(), exceptions(&deny()));
    for package in graph.shipped() {
        let own = exceptions.get(&package.name);
        let is_lgpl = own.is_some_and(|own| own.iter().any(|id| id.contains("GPL")));
        assert!(!is_lgpl, "{} would be linked into the program", package.name);
    }
}

#[test]
fn exceptions_are_for_crates_that_are_used() {
    let graph = Graph::load();
    for name in exceptions(&deny()).keys() {
        assert!(graph.packages.iter().any(|package| package.name == *name), "`{name}` is not used any more");
    }
}

#[test]
fn no_crate_is_there_in_two_versions_without_a_reason() {
    let (graph, deny) = (Graph::load(), deny());
    let tables = deny["bans"]["skip"].as_array().unwrap().iter().map(|item| item.as_inline_table().unwrap());
    let skipped: BTreeSet<String> = tables.map(|table| table["crate"].as_str().unwrap().to_owned()).collect();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &graph.packages {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    for (name, versions) in versions {
        let unexplained = versions.iter().filter(|version| !skipped.contains(&format!("{name}@{version}")));
        assert!(unexplained.count() <= 1, "`{name}` is there as {}; see `skip` in deny.toml", versions.join(" and "));
    }
}

#[test]
fn licence_expressions_are_read_as_spdx_has_them() {
    let only_mit = |id: &str| id == "MIT";
    for (expression, satisfied) in [
        ("MIT", true),
        ("Apache-2.0", false),
        ("MIT/Apache-2.0", true),
        ("Apache-2.0 OR MIT", true),
        ("MIT AND Unicode-3.0", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", false),
        ("Unicode-3.0 AND BSD-3-Clause OR MIT", true),
        ("MIT WITH LLVM-exception", false),
    ] {
        assert_eq!(is_satisfied(expression, &only_mit), satisfied, "{expression}");
    }
}

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Graph {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
}

impl Package {
    fn licence(&self) -> &str {
        self.license.as_deref().unwrap_or("none")
    }
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

impl Graph {
    fn load() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--locked", "--format-version", "1"])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The packages that are linked into the program, those that tests and builds alone need left out.
    fn shipped(&self) -> impl Iterator<Item = &Package> {
        let mut shipped = BTreeSet::new();
        let mut open: Vec<&str> = self.workspace_members.iter().map(String::as_str).collect();
        while let Some(id) = open.pop() {
            if shipped.insert(id) {
                let node = self.resolve.nodes.iter().find(|node| node.id == id).unwrap();
                let linked = |dependency: &&Dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
                open.extend(node.deps.iter().filter(linked).map(|dependency| dependency.pkg.as_str()));
            }
        }
        self.packages.iter().filter(move |package| shipped.contains(package.id.as_str()))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn deny() -> DocumentMut {
    std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap()
}

fn strings(item: &Item) -> BTreeSet<String> {
    item.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

/// For each crate named in `licenses.exceptions` the licences that it alone may have.
fn exceptions(deny: &DocumentMut) -> BTreeMap<String, BTreeSet<String>> {
    let rows = deny["licenses"]["exceptions"].as_array().unwrap().iter().map(|row| row.as_inline_table().unwrap());
    rows.map(|row| {
        let licences = row["allow"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
        (row["crate"].as_str().unwrap().to_owned(), licences.collect())
    })
    .collect()
}

/// Whether the allowed licences satisfy an SPDX expression; `/` is the older spelling of `OR`.
fn is_satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let alternatives = split(expression, &[" OR ", "/"]);
    if alternatives.len() > 1 {
        return alternatives.into_iter().any(|part| is_satisfied(part, allowed));
    }
    let conditions = split(expression, &[" AND "]);
    if conditions.len() > 1 {
        return conditions.into_iter().all(|part| is_satisfied(part, allowed));
    }
    match expression.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => is_satisfied(inner, allowed),
        None => allowed(expression.trim()),
    }
}

/// The parts of an expression between the separators that stand outside parentheses.
fn split<'a>(expression: &'a str, separators: &[&str]) -> Vec<&'a str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, character) in expression.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        let separator = separators.iter().find(|separator| expression[at..].starts_with(**separator));
        if let Some(separator) = separator.filter(|_| depth == 0) {
            parts.push(&expression[start..at]);
            start = at + separator.len();
        }
    }
    parts.push(&expression[start..]);
    parts
}
