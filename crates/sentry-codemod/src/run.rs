//! One run of the program, stage by stage. Read [`run`] first.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use changeset::{Changeset, StateDir};
use planner::facts::facts;
use planner::recommend::recommend;
use planner::rewrite::rewrite;
use planner::{Catalogue, Code, Diagnostic, Facts, Plan, Recommendation, Severity};
use python_manifest::{Declared, Manifest};
use python_project::lint::{import_style, is_lint_configuration};
use python_project::process::processes;
use python_project::project::{project_of, projects};
use python_project::{Problem, Workspace, commands};

use crate::arguments::Arguments;
use crate::exit::Exit;
use crate::{git, output};

/// What is known and planned for one project.
pub(crate) struct Outcome {
    /// What it is.
    pub facts: Facts,
    /// What it deserves.
    pub recommendation: Recommendation,
    /// What is to be done.
    pub plan: Plan,
}

/// Runs the program.
///
/// # Errors
/// When the path cannot be used, or a file cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit> {
    let catalogue = Catalogue::load()?;
    let vocabulary = catalogue.vocabulary();
    let target = Target::of(&arguments.path)?;
    let state = StateDir::for_root(&target.root);
    if arguments.apply {
        output::recovered(changeset::recover(&target.root, &state)?);
    }

    let workspace = Workspace::discover(&target.root, &vocabulary, is_wanted);
    let (outcomes, problems) = detect(arguments, &catalogue, &workspace, &target)?;
    let plans = outcomes.iter().map(|outcome| &outcome.plan).filter(|plan| is_allowed(arguments, plan));
    let changeset = rewrite(&workspace, plans).context("this is a bug: nothing was changed; please report it")?;

    let story = output::Story {
        catalogue: &catalogue,
        workspace: &workspace,
        outcomes: &outcomes,
        problems: &problems,
        arguments,
    };
    output::story(&story);
    if arguments.apply {
        let exit = apply(arguments, &changeset, &state)?;
        output::left_to_user(&story, &changeset);
        Ok(exit.or_failed(has_unreadable(&outcomes)))
    } else {
        output::diff(&changeset, arguments.color)?;
        output::ending(&story, &changeset);
        let findings = arguments.check && !arguments.exit_zero && (!changeset.is_empty() || has_errors(&outcomes));
        Ok(if findings { Exit::Findings } else { Exit::Fine }.or_failed(has_unreadable(&outcomes)))
    }
}

/// The folder to walk, and what in it the user points at.
struct Target {
    root: PathBuf,
    /// A file: the program to look at.
    file: Option<PathBuf>,
    /// A folder below the manifest that lists what its programs need: only they are looked at.
    folder: PathBuf,
}

impl Target {
    fn of(path: &Path) -> Result<Self> {
        let Ok(path) = path.canonicalize() else {
            bail!("`{}` does not exist; give the folder of a Python project", path.display());
        };
        let is_file = path.is_file();
        let folder = if is_file { path.parent().unwrap_or(Path::new("/")).to_owned() } else { path.clone() };
        let root = folder.ancestors().find(|folder| is_project(folder)).unwrap_or(&folder).to_owned();
        let below = path.strip_prefix(&root).unwrap_or(Path::new("")).to_owned();
        Ok(if is_file {
            Self { root, file: Some(below), folder: PathBuf::new() }
        } else {
            Self { root, file: None, folder: below }
        })
    }
}

/// Whether a repository or a project starts in the folder.
fn is_project(folder: &Path) -> bool {
    const MARKS: [&str; 6] = [".git", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt"];
    MARKS.iter().any(|mark| folder.join(mark).exists())
}

/// The files beside Python sources that the walk remembers.
fn is_wanted(path: &Path) -> bool {
    python_manifest::is_manifest(path)
        || python_manifest::is_lock(path)
        || commands::is_deployment_file(path)
        || is_lint_configuration(path)
        || planner::also::is_env_example(path)
}

/// Whether a pyproject.toml speaks to tools alone: such a file in a folder of sources makes no project of it.
fn configures_tools_only(workspace: &Workspace, path: &Path) -> bool {
    let manifest = || Manifest::read(path, workspace.read(path).ok()?.to_vec()).ok()?;
    path.ends_with("pyproject.toml") && manifest().is_some_and(|manifest| manifest.is_tools_only())
}

/// From the workspace to what is known, recommended and planned for each of its projects.
fn detect(
    arguments: &Arguments,
    catalogue: &Catalogue,
    workspace: &Workspace,
    target: &Target,
) -> Result<(Vec<Outcome>, Vec<Problem>)> {
    let vocabulary = catalogue.vocabulary();
    let projects =
        projects(workspace, |path| python_manifest::is_manifest(path) && !configures_tools_only(workspace, path));
    let pointed_at = match &target.file {
        Some(path) => Some(
            workspace
                .find(path)
                .filter(|file| workspace.file(*file).python.is_some())
                .with_context(|| format!("`{}` is no Python file, or an ignore file hides it", path.display()))?,
        ),
        None => None,
    };
    let (mut found, problems) = processes(workspace, &vocabulary, &projects, pointed_at);
    found.retain(|process| workspace.path(process.entry).starts_with(&target.folder));
    let choices = arguments.choices();
    let mut outcomes = Vec::new();
    for project in &projects {
        let (own, others) =
            found.into_iter().partition(|process| project_of(&projects, workspace.path(process.entry)) == project);
        found = others;
        let facts = facts(catalogue, workspace, &projects, project.clone(), own, choices.sdk_version.clone());
        let recommendation = recommend(catalogue, &facts, &choices)?;
        let declared: Vec<Declared> = facts.manifests.iter().flat_map(Manifest::declared).collect();
        let style = |path: &Path| import_style(workspace, project, &declared, path);
        let plan = planner::plan::plan(catalogue, workspace, &facts, &recommendation, &choices, &style);
        outcomes.push(Outcome { facts, recommendation, plan });
    }
    Ok((outcomes, problems))
}

fn is_allowed(arguments: &Arguments, plan: &Plan) -> bool {
    arguments.unsafe_fixes || plan.fix.as_ref().is_none_or(|fix| !fix.is_unsafe)
}

fn has_errors(outcomes: &[Outcome]) -> bool {
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    outcomes.iter().any(|outcome| outcome.plan.diagnostics.iter().any(is_error))
}

/// Whether something that the answer depends on could not be read.
fn has_unreadable(outcomes: &[Outcome]) -> bool {
    let is_unreadable =
        |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error && diagnostic.code == Code::UnreadableFile;
    outcomes.iter().any(|outcome| outcome.plan.diagnostics.iter().any(is_unreadable))
}

fn apply(arguments: &Arguments, changeset: &Changeset, state: &StateDir) -> Result<Exit> {
    let files: Vec<PathBuf> = changeset.changes().iter().map(|change| change.path.clone()).collect();
    let dirty = if arguments.allow_dirty { Vec::new() } else { git::uncommitted(changeset.root(), &files) };
    if !dirty.is_empty() {
        let names: Vec<String> = dirty.iter().map(|path| format!("`{}`", path.display())).collect();
        bail!(
            "uncommitted changes in {}; nothing was written\n  commit or stash them, or say --allow-dirty",
            names.join(", ")
        );
    }
    let applied = changeset::apply(changeset, state)?;
    output::applied(&applied);
    Ok(if arguments.exit_non_zero_on_fix && !applied.files.is_empty() { Exit::Findings } else { Exit::Fine })
}
