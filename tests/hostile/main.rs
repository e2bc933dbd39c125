//! Trees that nobody would write: one test for each seed. Each tree is made from the projects and cases of the repository
//! by chance, and whatever it is, the program keeps its promises: see [`judge`].
//!
//! A seed makes the same tree on every machine: `cargo test -p sentry-codemod --test hostile -- seed-17`.
//! How to make more of them, and how to judge code that others wrote, is in `README.md` beside this file.
#![allow(clippy::disallowed_methods, reason = "tests play the user: they write files and start programs")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(clippy::print_stdout, reason = "the counts are what a long run is for")]

mod chance;
mod generate;
mod judge;
mod mutate;
#[path = "../support/parses.rs"]
mod parses;
#[allow(dead_code, reason = "here a run is bounded in time, so it is not run as elsewhere")]
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use chance::Chance;

/// Files of a tree: path and bytes.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let given = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let trials = match (given("HOSTILE_FOLDERS"), given("HOSTILE_MODULES")) {
        (Some(folder), _) => folders_in(&folder).into_iter().map(as_it_is).collect(),
        (None, Some(folder)) => with_an_application(&folder),
        (None, None) => made_by_chance(),
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    println!("{}", judge::counts());
    conclusion.exit_code()
}

/// The number that an environment variable says.
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// A trial for each seed.
fn made_by_chance() -> Vec<Trial> {
    let (first, count) = (number("HOSTILE_SEED", 0), number("HOSTILE_TREES", 48));
    let samples: Arc<Vec<Files>> = Arc::new(samples());
    let trial = |seed: u64| {
        let samples = Arc::clone(&samples);
        Trial::test(format!("seed-{seed}"), move || Ok(judge::judge(&tree(&samples, seed))?))
    };
    (first..first + count).map(trial).collect()
}

/// A trial for a folder on this machine, such as an installed package.
fn as_it_is(folder: PathBuf) -> Trial {
    Trial::test(folder.display().to_string(), move || Ok(judge::judge(&files_below(&folder))?))
}

/// Modules that somebody wrote, each as a project of its own, with a Flask application below what stands there: so each
/// is edited. Some of them, by the seed.
fn with_an_application(folder: &Path) -> Vec<Trial> {
    let is_module = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "py");
    let mut modules: Vec<PathBuf> = paths_below(folder).into_iter().filter(is_module).collect();
    let mut chance = Chance::new(number("HOSTILE_SEED", 0));
    let trial = |path: PathBuf| {
        Trial::test(path.display().to_string(), move || {
            let module = [&fs::read(&path)?[..], b"\nfrom flask import Flask\n\napp = Flask(__name__)\n"].concat();
            let files = [("app.py", module), ("requirements.txt", b"flask\n".to_vec())];
            Ok(judge::judge(&files.map(|(path, bytes)| (path.into(), bytes)).into())?)
        })
    };
    let count = number("HOSTILE_TREES", 1000).min(modules.len() as u64);
    (0..count).map(|_| trial(modules.swap_remove(chance.below(modules.len())))).collect()
}

/// The tree of a seed: a sample or a made one, then a few blows.
fn tree(samples: &[Files], seed: u64) -> Files {
    let mut chance = Chance::new(seed);
    let mut files = if chance.one_in(3) { generate::project(&mut chance) } else { chance.of(samples).clone() };
    for _ in 0..chance.below(6) {
        mutate::strike(&mut files, samples, &mut chance);
    }
    files
}

/// The projects and cases of the repository.
fn samples() -> Vec<Files> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let cases = folders_in(&tests.join("cases")).into_iter().flat_map(|theme| folders_in(&theme));
    folders_in(&tests.join("projects")).into_iter().chain(cases).map(|folder| files_below(&folder)).collect()
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir() && !path.is_symlink()).collect();
    folders.sort();
    folders
}

/// Every regular file below a folder.
fn files_below(folder: &Path) -> Files {
    let inside = |path: &Path| path.strip_prefix(folder).unwrap().to_owned();
    paths_below(folder).into_iter().map(|path| (inside(&path), fs::read(path).unwrap())).collect()
}

fn paths_below(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap() {
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    files
}
