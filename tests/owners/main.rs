//! The owners of the dialects judge what the program made of their manifests: one trial for each project and owner.
//!
//! A trial runs `sentry-codemod --apply` on a copy, then asks the dialect's own tool what it reads (`judge.py`, one
//! function an owner): the requirements of the runtime must be those of before and the SDK, in a range that shuts out what
//! the code that was written cannot run with. The tools come from `locks/owners.txt`; nothing is installed elsewhere.
//! Read [`ROWS`] first, then [`check`].
//!
//! `RUNTIME_PYTHON=python3.12` names another interpreter; with `CI` set nothing may be skipped.
#![allow(clippy::disallowed_methods, reason = "tests play the user: they write files and start programs")]
#![allow(clippy::print_stderr, reason = "what is skipped has to be seen")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "../support/environment.rs"]
mod environment;
#[path = "../support/folder.rs"]
mod folder;
#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

use crate::environment::Locks;
use crate::folder::copy;
use crate::support::Project;

/// A folder of `tests`, the manifest in it that is to change, and who has a say about that.
type Row = (&'static str, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("cases/manifests/empty-requirements", "requirements.txt", &["pip", "pip_install"]),
    ("cases/manifests/sorted-list", "requirements.txt", &["pip"]),
    ("cases/manifests/constraint-only", "requirements.txt", &["pip"]),
    ("cases/manifests/urls-options-comments", "requirements.txt", &["pip"]),
    ("cases/manifests/layered-requirements", "requirements/prod.txt", &["pip"]),
    ("owners/projects/requirements-chain", "requirements.txt", &["pip", "pip_install"]),
    ("cases/manifests/pip-compile-pair", "requirements.in", &["pip", "uv_compile"]),
    ("cases/manifests/dockerfile-pip-install", "Dockerfile", &["dockerfile"]),
    ("cases/manifests/setup-cfg-tight", "setup.cfg", &["wheel"]),
    ("cases/manifests/setup-py-list-variable", "setup.py", &["wheel"]),
    ("owners/projects/setup-py-literal", "setup.py", &["wheel"]),
    ("owners/projects/setup-py-reads-file", "setup.py", &["wheel"]),
    ("cases/manifests/setuptools-dynamic-file", "pyproject.toml", &["wheel"]),
    ("cases/manifests/array-comment-no-trailing-comma", "pyproject.toml", &["wheel", "validate_pyproject"]),
    ("cases/manifests/project-without-dependencies", "pyproject.toml", &["wheel", "validate_pyproject"]),
    ("cases/manifests/only-in-dev-group", "pyproject.toml", &["validate_pyproject", "uv_lock"]),
    ("owners/projects/flit", "pyproject.toml", &["wheel", "validate_pyproject"]),
    ("owners/projects/hatch", "pyproject.toml", &["wheel", "validate_pyproject"]),
    ("owners/projects/pdm", "pyproject.toml", &["wheel", "validate_pyproject", "pdm"]),
    ("owners/projects/uv-groups", "pyproject.toml", &["validate_pyproject", "uv_lock"]),
    ("cases/manifests/uv-workspace-member", "parts/front/pyproject.toml", &["uv_lock"]),
    ("cases/manifests/poetry-caret", "pyproject.toml", &["wheel", "poetry"]),
    ("cases/manifests/poetry-keeps-extras", "pyproject.toml", &["poetry"]),
    ("projects/tornado-main-poetry", "pyproject.toml", &["poetry"]),
    ("owners/projects/poetry-2", "pyproject.toml", &["poetry", "validate_pyproject"]),
    ("owners/projects/poetry-2-dynamic", "pyproject.toml", &["wheel", "poetry"]),
    ("cases/manifests/pipfile-comments-crlf", "Pipfile", &["pipenv"]),
    ("owners/projects/pipfile", "Pipfile", &["pipenv"]),
    ("cases/manifests/conda-with-pip-list", "environment.yml", &["conda"]),
    ("owners/projects/conda", "environment.yml", &["conda"]),
    ("cases/manifests/pixi-in-pyproject", "pyproject.toml", &["pixi"]),
    ("owners/projects/pixi", "pixi.toml", &["pixi"]),
    ("owners/projects/pixi-pypi", "pixi.toml", &["pixi"]),
];

/// The owners that resolve, for which they ask the package index.
const RESOLVERS: [&str; 3] = ["pip_install", "uv_compile", "uv_lock"];

const DISTRIBUTION: &str = "sentry-sdk";

/// The SDK that the edits are written for.
const NEWEST: &str = "2.75.0";

/// It does not know `enable_logs`, which every trial writes.
const WITHOUT_LOGS: &str = "2.34.0";

/// It raises `TypeError` on options that may have been written.
const NEXT_MAJOR: &str = "3.0.0";

const LOCKS: Locks = Locks { suite: "owners" };

/// A requirement as its owner reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    name: String,
    extras: Vec<String>,
    text: String,
    admits: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let lacks = if arguments.list { Lacks::default() } else { Lacks::of_this_machine() };
    let rows = ROWS.iter().flat_map(|row| row.2.iter().map(move |owner| (row, *owner)));
    let trials = rows.map(|(&(folder, manifest, _), owner)| {
        let ignored = lacks.tools || (lacks.index && RESOLVERS.contains(&owner));
        Trial::test(format!("{owner} / {folder}"), move || check(folder, manifest, owner)).with_ignored_flag(ignored)
    });
    let locks = Trial::test("locks / no address of an index", || Ok(LOCKS.check()?));
    libtest_mimic::run(&arguments, trials.chain([locks]).collect()).exit_code()
}

/// What this machine has not got. Trials that need it are passed over, and that is said; never in CI, where they fail.
#[derive(Default)]
struct Lacks {
    tools: bool,
    index: bool,
}

impl Lacks {
    fn of_this_machine() -> Self {
        if std::env::var_os("CI").is_some() {
            return Self::default();
        }
        let python = match LOCKS.environment("owners") {
            Ok(environment) => environment.join("bin/python"),
            Err(error) => {
                eprintln!("SKIPPED: every row, because the tools cannot be installed:\n{error}");
                return Self { tools: true, index: true };
            }
        };
        let mut ask = Command::new(python);
        ask.args(["-m", "pip", "install", "--dry-run", "--no-deps", "--ignore-installed", "--retries=0", DISTRIBUTION]);
        let answered = ask.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !answered {
            eprintln!("SKIPPED: {} ask the package index, which does not answer", RESOLVERS.join(", "));
        }
        Self { tools: false, index: !answered }
    }
}

/// The owner reads what it read before and the SDK, and a second run has nothing to add.
fn check(folder: &str, manifest: &str, owner: &str) -> Result<(), Failed> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(folder);
    let (untouched, edited) = (copy_of(&source), copy_of(&source));
    let applied = edited.run(&["--apply"]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    let tree = edited.tree();
    let again = edited.run(&["--apply"]);
    assert_eq!((again.code, again.stdout.len()), (0, 0), "{}", again.stderr);
    assert!(edited.tree() == tree, "a second run changes nothing");

    let [mut expected, found] = judged(owner, [&untouched, &edited].map(|project| project.root().join(manifest)))?;
    expected.retain(|requirement| requirement.name != DISTRIBUTION);
    let (sdk, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.name == DISTRIBUTION);
    assert_eq!(others, expected, "nothing else changes");
    assert_eq!(sdk.len(), 1, "one requirement: {sdk:?}");
    assert_eq!(sdk[0].admits, [NEWEST], "of {WITHOUT_LOGS}, {NEWEST} and {NEXT_MAJOR}: {}", sdk[0].text);
    Ok(())
}

/// The runtime requirements of a manifest before and after, as the owner of its dialect reads them.
fn judged(owner: &str, manifests: [PathBuf; 2]) -> Result<[Vec<Requirement>; 2], String> {
    let environment = LOCKS.environment("owners")?;
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/owners/judge.py");
    let mut command = Command::new(environment.join("bin/python"));
    command.arg(judge).arg(owner).arg([WITHOUT_LOGS, NEWEST, NEXT_MAJOR].join(",")).args(manifests);
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        return Err(format!("{owner} rejects a manifest:\n{}", String::from_utf8_lossy(&said)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| {
        format!("{owner} said {}, which is no answer: {error}", String::from_utf8_lossy(&output.stdout))
    })
}

fn copy_of(folder: &Path) -> Project {
    let project = Project::empty("project");
    copy(folder, &project.root()).unwrap();
    project
}
