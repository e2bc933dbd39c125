//! Input that is too much: large, many, long, deep. It is named or handled, in time and memory that its size allows.

use std::fmt::Write as _;
use std::fs::File;

use crate::{APP, Project};

/// 100 MB, of which the disk keeps only the beginning.
const LARGE: u64 = 100 << 20;

impl Project {
    /// Makes a file large without writing all of it.
    fn inflate(&self, path: &str, beginning: &str) {
        self.write(path, beginning);
        File::options().write(true).open(self.root().join(path)).unwrap().set_len(LARGE).unwrap();
    }
}

#[test]
fn module_of_100_megabytes_beside() {
    let project = Project::flask();
    project.inflate("large.py", "from flask import Flask\n");
    project.is_handled_and("large.py: larger than 8 MiB");
}

#[test]
fn manifest_of_100_megabytes() {
    let project = Project::of(&[("app.py", APP)]);
    project.inflate("requirements.txt", "flask\n");
    let run = project.run(&["--apply"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("larger than 8 MiB") && run.stderr.contains("requirements.txt"), "{}", run.stderr);
}

#[test]
fn folder_of_100_000_files() {
    let project = Project::flask();
    let many = project.root().join("many");
    std::fs::create_dir(&many).unwrap();
    for number in 0..100_000 {
        File::create(many.join(format!("m{number}.py"))).unwrap();
    }
    project.is_handled_and("");
}

#[test]
fn a_million_lines() {
    let project =
        Project::of(&[("app.py", &(APP.to_owned() + &"#\n".repeat(1_000_000))), ("requirements.txt", "flask\n")]);
    project.is_handled_and("");
}

#[test]
fn one_line_of_a_megabyte() {
    let app = format!("{APP}x = '{}'\n", "x".repeat(1 << 20));
    let project = Project::of(&[("app.py", &app), ("requirements.txt", "flask\n")]);
    project.is_handled_and("");
}

#[test]
fn functions_within_functions() {
    let mut module = "from flask import Flask\n".to_owned();
    for depth in 0..2_000 {
        let _ = writeln!(module, "{}def f():", " ".repeat(depth));
    }
    module += &(" ".repeat(2_000) + "pass\n");
    let project = Project::flask();
    project.write("deep.py", module);
    project.is_handled_and("deep.py");
}

#[test]
fn attributes_calls_and_operators_without_end() {
    for (name, text) in [
        ("attributes.py", format!("x = y{}\n", ".a".repeat(50_000))),
        ("calls.py", format!("x = y{}\n", "()".repeat(50_000))),
        ("unary.py", format!("x = {}1\n", "-".repeat(50_000))),
        ("dicts.py", format!("x = {}{}\n", "{1: ".repeat(20_000), "}".repeat(20_000))),
        ("elif.py", format!("if x: pass\n{}", "elif y: pass\n".repeat(20_000))),
        ("strings.py", format!("x = {}\n", "'a' ".repeat(50_000))),
        ("with.py", format!("with {}: pass\n", vec!["a"; 20_000].join(", "))),
        ("f_strings.py", format!("x = {}1{}\n", "f'{".repeat(100), "}'".repeat(100))),
    ] {
        let project = Project::flask();
        project.write(name, format!("from flask import Flask\n{text}"));
        project.is_handled_and("");
    }
}

/// Formats in which a parser may recurse as deep as the text nests.
#[test]
fn deep_manifests_and_deployment_files() {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(50_000), close.repeat(50_000));
    for (name, text) in [
        ("pyproject.toml", format!("[project]\nname = 'x'\ndependencies = {}\n", nested("[", "]"))),
        ("pyproject.toml", format!("x{} = 1\n", ".a".repeat(50_000))),
        ("pyproject.toml", format!("[x{}]\n", ".a".repeat(50_000))),
        ("pyproject.toml", format!("x = {}\n", nested("{a = ", "}"))),
        ("Pipfile", format!("[packages]\nx = {}\n", nested("{a = ", "}"))),
        ("environment.yml", format!("dependencies: {}\n", nested("[", "]"))),
        ("environment.yml", format!("{}x\n", "- ".repeat(50_000))),
        ("compose.yaml", format!("services: {}\n", nested("{a: ", "}"))),
        ("Pipfile.lock", nested("{\"a\": ", "}")),
        ("app.json", nested("[", "]")),
        ("setup.py", format!("from setuptools import setup\nsetup(install_requires={})\n", nested("[", "]"))),
        ("Procfile", format!("web: {}\n", "sh -c '".repeat(5_000))),
        ("start.sh", format!("#!/bin/sh\n{}true{}\n", "$(".repeat(50_000), ")".repeat(50_000))),
        ("start.sh", format!("#!/bin/sh\necho {}x{}\n", "${A:-".repeat(50_000), "}".repeat(50_000))),
        ("Dockerfile", format!("FROM x\nRUN {}pip install flask\n", "(".repeat(50_000))),
        ("Makefile", format!("A = $(A)\nrun:\n\t{}\n", "$(A".repeat(50_000))),
        ("setup.cfg", format!("[options]\ninstall_requires = %({}x\n", "%(a)s".repeat(20_000))),
    ] {
        let project = Project::flask();
        project.write(name, text);
        let run = project.run(&[]);
        assert!((0..=2).contains(&run.code) && !run.stderr.contains("this is a bug"), "{name}: {}", run.stderr);
    }
}

/// An alias in YAML can name what holds aliases itself: read naively, a few lines become billions.
#[test]
fn aliases_upon_aliases() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for number in 1..20 {
        let previous = format!("*a{}", number - 1);
        let _ = writeln!(text, "a{number}: &a{number} [{}]", vec![previous; 9].join(", "));
    }
    text += "services: *a19\ndependencies: *a19\n";
    for name in ["compose.yaml", "environment.yml", "serverless.yml", "app.yaml"] {
        let project = Project::flask();
        project.write(name, &text);
        let run = project.run(&[]);
        assert!((0..=2).contains(&run.code) && !run.stderr.contains("this is a bug"), "{name}: {}", run.stderr);
    }
}
