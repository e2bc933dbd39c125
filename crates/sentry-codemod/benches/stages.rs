//! How long each stage takes on generated trees of one, two and four times a size: `cargo bench -p sentry-codemod`. Read [`stages`] first.
//! The wall clock, the best of several rounds; `peers.py` beside this file compares whole commands.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "this bench writes its trees to a temporary folder and prints"
)]
#![allow(clippy::unwrap_used, reason = "what cannot be written ends the bench")]

use std::path::Path;
use std::time::{Duration, Instant};

use planner::facts::facts;
use planner::recommend::recommend;
use planner::{Catalogue, Choices};
use python_project::Workspace;
use python_project::process::ProcessSearch;
use python_project::project::projects;

const ROUNDS: usize = 5;
/// The modules of a service, each of which imports the one before.
const PARTS: usize = 40;

fn main() {
    println!("services   discover  processes  facts and recommendation");
    for services in [50, 100, 200] {
        let folder = tempfile::tempdir().unwrap();
        (0..services).for_each(|number| service(&folder.path().join(format!("service{number}"))));
        let rounds: Vec<[Duration; 3]> = (0..ROUNDS).map(|_| stages(folder.path())).collect();
        let best = [0, 1, 2].map(|stage| rounds.iter().map(|round| round[stage]).min().unwrap_or_default());
        let [discover, processes, facts] = best.map(|time| format!("{:.1} ms", time.as_secs_f64() * 1000.0));
        println!("{services:>8} {discover:>10} {processes:>10} {facts:>10}");
    }
}

/// Reads the tree up to what is recommended for each project, stage by stage.
fn stages(root: &Path) -> [Duration; 3] {
    let (catalogue, choices) = (Catalogue::load().unwrap(), Choices::default());
    let vocabulary = catalogue.vocabulary();
    let begin = Instant::now();
    let workspace = Workspace::discover(root, &vocabulary, python_manifest::is_manifest);
    let projects = projects(&workspace, python_manifest::is_manifest);
    let discover = begin.elapsed();
    let begin = Instant::now();
    let mut search = ProcessSearch::new(&workspace, &vocabulary, &projects, None);
    let found: Vec<_> = projects.iter().map(|project| search.of_project(project)).collect();
    let processes = begin.elapsed();
    let begin = Instant::now();
    for (project, found) in projects.iter().zip(found) {
        let facts = facts(&catalogue, &workspace, &projects, project.clone(), found, None);
        std::hint::black_box(recommend(&catalogue, &facts, &choices).unwrap());
    }
    [discover, processes, begin.elapsed()]
}

/// A service: an application, modules that it imports, a script, a manifest.
fn service(folder: &Path) {
    let package = folder.join("shop");
    std::fs::create_dir_all(&package).unwrap();
    let write = |path: &Path, text: &str| std::fs::write(path, text).unwrap();
    write(&folder.join("requirements.txt"), "flask\n");
    write(&package.join("__init__.py"), "");
    let functions = "def f(a, b=None):\n    return a\n\n".repeat(60);
    for part in 0..PARTS {
        let import = if part == 0 { "import flask".to_owned() } else { format!("from shop import part{}", part - 1) };
        write(&package.join(format!("part{part}.py")), &format!("{import}\n{functions}"));
    }
    let last = format!("from shop import part{}", PARTS - 1);
    write(&package.join("app.py"), &format!("from flask import Flask\n{last}\napp = Flask(__name__)\n"));
    write(&package.join("run.py"), "from shop.app import app\nif __name__ == '__main__':\n    app.run()\n");
}
