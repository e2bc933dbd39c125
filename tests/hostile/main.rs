//! Trees that nobody would write: one test for each seed. Each tree is made from the projects and cases of the repository
//! by chance, and whatever it is, the program keeps its promises: see [`judge`].
//!
//! A seed makes the same tree on every machine: `cargo test -p sentry-codemod --test hostile -- seed-17`.
//! `HOSTILE_TREES=2000` makes more of them, `HOSTILE_SEED=5000` others, and with `HOSTILE_FOLDERS=site-packages` every
//! folder in there is judged as it is. How many were changed, and how many could not be read, is printed at the end.
#![allow(clippy::disallowed_methods, reason = "tests play the user: they write files and start programs")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod chance;
mod generate;
mod judge;
mod mutate;
#[path = "../support/parses.rs"]
mod parses;
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
    let trials = match std::env::var_os("HOSTILE_FOLDERS") {
        Some(folder) => folders_in(Path::new(&folder)).into_iter().map(as_it_is).collect(),
        None => made_by_chance(),
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    println!("{}", judge::counts());
    conclusion.exit_code()
}

/// A trial for each seed.
fn made_by_chance() -> Vec<Trial> {
    let number = |name: &str, otherwise: u64| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
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
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(Result::unwrap) {
            let (kind, path) = (entry.file_type().unwrap(), entry.path());
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(path).unwrap());
            }
        }
    }
    files
}
