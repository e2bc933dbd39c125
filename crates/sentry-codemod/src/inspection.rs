//! Reads a project up to its plan: what every command but `undo` begins with. Read [`Inspection`] first.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use planner::diagnostic::Stage;
use planner::facts::{Need, facts};
use planner::fix::{Fix, compatible};
use planner::recommend::recommend;
use planner::{Catalogue, Code, Diagnostic, Facts, Plan, Recommendation, Severity};
use python_manifest::{Declared, Manifest};
use python_project::lint::{import_style, is_lint_configuration};
use python_project::process::{Origin, Process, ProcessSearch};
use python_project::project::projects;
use python_project::{Problem, Workspace, commands};

use crate::arguments::{ChoiceArguments, SettingsArguments, Verbosity};
use crate::progress::Progress;
use crate::settings::{Configurations, Exclusion, OWN_FILE, Settings};

/// What is known and planned for all projects of a tree.
pub(crate) struct Inspection {
    /// The rules.
    pub catalogue: Catalogue,
    /// The tree.
    pub workspace: Workspace,
    /// Its projects.
    pub outcomes: Vec<Outcome>,
    /// Deployment files that could not be read.
    pub problems: Vec<Problem>,
}

/// What the user asks of an inspection.
#[derive(Default)]
pub(crate) struct Asked<'a> {
    /// What Sentry shall do.
    pub choices: ChoiceArguments,
    /// Where settings come from, and what is not looked at.
    pub settings: SettingsArguments,
    /// Whether changes that move a version somebody chose are made.
    pub unsafe_fixes: bool,
    /// How much is told, such as that reading takes long.
    pub verbosity: Verbosity,
    /// A text that stands for a file, seen from the root.
    pub unsaved: Option<(&'a Path, Vec<u8>)>,
}

/// What is known and planned for one project.
pub(crate) struct Outcome {
    /// What it is.
    pub facts: Facts,
    /// What it deserves.
    pub recommendation: Recommendation,
    /// What is to be done.
    pub plan: Plan,
    /// What is in force for it.
    pub settings: Settings,
}

impl Outcome {
    /// Whether something of Sentry is there.
    pub(crate) fn has_sentry(&self) -> bool {
        !self.facts.started.is_empty() || self.facts.declares_sdk() || self.facts.raven.is_some()
    }

    /// The command whose run proves the change: the first that a file declares and that reports then, as long as it needs no shell.
    /// A program that serves nothing cannot be asked anything.
    pub(crate) fn command_to_prove(&self) -> Option<&str> {
        self.plan.fix.as_ref()?;
        let is_declared = |process: &Process| matches!(process.origin, Origin::Declared { .. });
        let serves = |process: &Process| !process.role.is_empty() || process.trace.built().next().is_some();
        let mut required = self.facts.processes.iter().zip(&self.facts.needs);
        let (process, _) =
            required.find(|(process, need)| **need == Need::Required && is_declared(process) && serves(process))?;
        let needs_shell = process.command.contains(['$', '`', '|', '&', ';', '<', '>', '(', '*', '~']);
        (!needs_shell).then_some(&process.command)
    }
}

/// Which findings a run tells, and so which fixes it makes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Whether also what only the doctor tells.
    pub by_doctor: bool,
    /// These alone; empty for all.
    pub select: Vec<Code>,
    /// Without these.
    pub ignore: Vec<Code>,
}

impl Told {
    /// Whether the finding is told.
    pub(crate) fn tells(&self, finding: &Diagnostic) -> bool {
        (self.by_doctor || finding.is_told_by_main_run()) && self.wants(finding.code)
    }

    /// The changes of a plan that go with what is told.
    pub(crate) fn fixes_of<'a>(&self, plan: &'a Plan) -> impl Iterator<Item = &'a Fix> {
        let planned = Code::ALL.iter().filter(|code| code.stage() == Stage::Planned);
        let of_plan = plan.fix.as_ref().filter(|_| planned.into_iter().any(|code| self.wants(*code)));
        of_plan
            .into_iter()
            .chain(plan.diagnostics.iter().filter(|found| self.tells(found)).filter_map(|found| found.fix.as_ref()))
    }

    /// Whether findings of the kind are asked for.
    pub(crate) fn wants(&self, code: Code) -> bool {
        (self.select.is_empty() || self.select.contains(&code)) && !self.ignore.contains(&code)
    }
}

/// The folder to walk, and what in it the user points at.
pub(crate) struct Target {
    /// Where the walk starts.
    pub root: PathBuf,
    /// A file: the program to look at.
    file: Option<PathBuf>,
    /// A folder below the manifest that lists what its programs need: only they are looked at.
    folder: PathBuf,
}

impl Target {
    /// Finds the root for what was typed.
    ///
    /// # Errors
    /// When nothing is there.
    pub(crate) fn of(path: &Path) -> Result<Self> {
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

impl Target {
    /// The project around a file that need not be there, and the file seen from its root.
    ///
    /// # Errors
    /// When its folder is not there.
    pub(crate) fn around(file: &Path) -> Result<(Self, PathBuf)> {
        let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let Self { root, folder, .. } = Self::of(folder)?;
        let below = folder.join(file.file_name().context("a file name is needed, such as shop/app.py")?);
        Ok((Self { root, file: None, folder: PathBuf::new() }, below))
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
        || path.ends_with(OWN_FILE)
        || planner::facts::is_frontend_manifest(path)
}

/// Whether a pyproject.toml speaks to tools alone: such a file in a folder of sources makes no project of it.
fn configures_tools_only(workspace: &Workspace, path: &Path) -> bool {
    let manifest = || Manifest::read(path, workspace.read(path).ok()?.to_vec()).ok()?;
    path.ends_with("pyproject.toml") && manifest().is_some_and(|manifest| manifest.is_tools_only())
}

impl Inspection {
    /// Reads the tree of the target up to its plans.
    ///
    /// # Errors
    /// When the target is no Python file, a choice names what is not known, or a configuration cannot be used.
    pub(crate) fn of(target: &Target, asked: &Asked<'_>) -> Result<Self> {
        let _progress = Progress::of("reading the project", asked.verbosity);
        let catalogue = Catalogue::load()?;
        let (workspace, configurations) = discover(&catalogue, target, asked)?;
        let (outcomes, problems) = detect(asked, &catalogue, &workspace, target, &configurations)?;
        Ok(Self { catalogue, workspace, outcomes, problems })
    }

    /// Whether the run judges the project. The doctor leaves one without Sentry alone where another one has it: that is for the main run to set up.
    pub(crate) fn judges(&self, told: &Told, outcome: &Outcome) -> bool {
        !told.by_doctor || outcome.has_sentry() || !self.outcomes.iter().any(Outcome::has_sentry)
    }

    /// Whether a finding that is told says that something does not report or breaks.
    pub(crate) fn has_errors(&self, told: &Told) -> bool {
        self.findings().any(|finding| finding.severity == Severity::Error && told.tells(finding))
    }

    /// What can be done about the findings that are told: what goes together, and what has to wait for another run.
    pub(crate) fn fixes(&self, told: &Told) -> (Vec<&Fix>, Vec<&Fix>) {
        let judged = self.outcomes.iter().filter(|outcome| self.judges(told, outcome));
        compatible(judged.flat_map(|outcome| {
            told.fixes_of(&outcome.plan).filter(|fix| fix.is_allowed(outcome.settings.unsafe_fixes))
        }))
    }

    /// Whether something that the answer depends on could not be read.
    pub(crate) fn has_unreadable(&self) -> bool {
        self.findings().any(|finding| finding.severity == Severity::Error && finding.code == Code::UnreadableFile)
    }

    /// Files that could not be read or understood, and that no project speaks of.
    pub(crate) fn other_problems(&self) -> Vec<Problem> {
        let told: Vec<_> = self.findings().filter_map(|finding| Some(&finding.place.as_ref()?.path)).collect();
        let broken = self.workspace.broken().into_iter().map(|(_, problem)| Problem::clone(&problem));
        let broken = broken.filter(|problem| !told.contains(&&problem.path));
        self.workspace.unreadable().iter().chain(&self.problems).cloned().chain(broken).collect()
    }

    fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.outcomes.iter().flat_map(|outcome| &outcome.plan.diagnostics)
    }
}

/// The tree as the configurations want it looked at.
fn discover(catalogue: &Catalogue, target: &Target, asked: &Asked<'_>) -> Result<(Workspace, Configurations)> {
    let vocabulary = catalogue.vocabulary();
    let mut configurations = Configurations::around(&target.root, &asked.settings, catalogue)?;
    let mut exclusions = configurations.exclusions();
    exclusions.extend(Exclusion::typed(&target.root, &asked.settings.exclude));
    let excluded = move |path: &Path| exclusions.iter().any(|exclusion| exclusion.covers(path));
    let mut workspace = Workspace::discover_but(&target.root, &vocabulary, is_wanted, excluded);
    configurations.read_nested(&workspace, catalogue)?;
    // Those of files below the root are known only now.
    let exclusions = configurations.exclusions();
    if !exclusions.is_empty() {
        workspace.leave_out(|path| exclusions.iter().any(|exclusion| exclusion.covers(path)));
    }
    if let Some((path, text)) = &asked.unsaved {
        workspace.put(path, text.clone(), &vocabulary);
    }
    configurations.declare(&mut workspace)?;
    Ok((workspace, configurations))
}

/// From the workspace to what is known, recommended and planned for each of its projects.
fn detect(
    asked: &Asked<'_>,
    catalogue: &Catalogue,
    workspace: &Workspace,
    target: &Target,
    configurations: &Configurations,
) -> Result<(Vec<Outcome>, Vec<Problem>)> {
    let vocabulary = catalogue.vocabulary();
    let projects =
        projects(workspace, |path| python_manifest::is_manifest(path) && !configures_tools_only(workspace, path));
    let pointed_at = match &target.file {
        Some(path) => Some(
            workspace
                .find(path)
                .filter(|file| workspace.file(*file).python.is_some())
                .with_context(|| format!("`{}` is no Python file, or is ignored or excluded", path.display()))?,
        ),
        None => None,
    };
    let mut search = ProcessSearch::new(workspace, &vocabulary, &projects, pointed_at);
    let mut outcomes = Vec::new();
    for project in &projects {
        let mut own = search.of_project(project);
        own.retain(|process| workspace.path(process.entry).starts_with(&target.folder));
        let settings = configurations.settings(&project.folder, &asked.choices, asked.unsafe_fixes);
        let choices = &settings.choices;
        let mut facts = facts(catalogue, workspace, &projects, project.clone(), own, choices.sdk_version.clone());
        let recommendation = recommend(catalogue, &facts, choices)?;
        let declared: Vec<Declared> = facts.manifests.iter().flat_map(Manifest::declared).collect();
        let style = |path: &Path| import_style(workspace, project, &declared, path);
        let plan = planner::plan::plan(catalogue, workspace, &facts, &recommendation, choices, &style);
        // Only the plan asks when which statement ran, and the syntax of a large project fills hundreds of megabytes.
        facts.processes.iter_mut().for_each(|process| process.trace.runs.clear());
        let edited: Vec<&Path> = plan.fixes().flat_map(|fix| &fix.files).map(|file| file.path.as_path()).collect();
        workspace.forget_all_but(&edited);
        outcomes.push(Outcome { facts, recommendation, plan, settings });
    }
    Ok((outcomes, search.problems().to_vec()))
}
