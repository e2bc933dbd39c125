//! From facts and a recommendation to the edits that carry it out, and to what is left to a person. Read [`Plan`], then [`plan`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use changeset::Edit;
use python_manifest::{Applicability, Choice, Lock, Manifest, Outcome, Wanted};
use python_project::Workspace;
use python_project::process::Process;
use python_source::{ImportLine, ImportStyle, Insertion, Site, bound_name, free_name, insert};

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::facts::{Facts, Location, Need, location};
use crate::idiom;
use crate::init_call::{InitCall, integration_import};
use crate::placement::{self, InitSite, body_of};
use crate::recommend::Recommendation;

/// What is to be done for a project.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Edits that belong together: the inits and the requirement they need.
    pub fix: Option<Fix>,
    /// Where init goes.
    pub sites: Vec<InitSite>,
    /// The manifest that has the requirement or gets it.
    pub manifest: Option<Dependencies>,
    /// What is wrong or left to a person.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a project lists what it needs to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependencies {
    /// The file.
    pub path: PathBuf,
    /// The tool that reads it, where something tells: `uv`, `poetry`.
    pub tool: Option<String>,
}

/// Edits of several files that go together or not at all: an init without its requirement is an ImportError at start.
#[derive(Debug, Clone, Default)]
pub struct Fix {
    /// For each file its edits.
    pub files: Vec<FileEdits>,
    /// Whether one of them moves a version that somebody chose.
    pub is_unsafe: bool,
    /// Commands that refresh what is generated from the files.
    pub commands: Vec<String>,
    /// The requirement as it reads then, and where.
    pub requirement: Option<(String, PathBuf)>,
}

/// The edits of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdits {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// Spans of its bytes.
    pub edits: Vec<Edit>,
    /// What must still hold after them.
    pub keeps: Keeps,
}

/// What edits of a file must not lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Every statement of a Python source.
    Statements,
    /// Everything a manifest says: its own dialect has compared that.
    Requirements,
}

/// Makes the plan. `style` says how a file's imports are kept.
pub fn plan(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    recommendation: &Recommendation,
    style: &dyn Fn(&Path) -> ImportStyle,
) -> Plan {
    let mut plan = Plan { diagnostics: found_on_the_way(workspace, facts), ..Plan::default() };
    if let Some((path, line)) = &facts.raven {
        plan.diagnostics.push(Diagnostic {
            code: Code::RavenLeftOver,
            severity: Severity::Error,
            place: Some(Location { path: path.clone(), line: *line, column: 1 }),
            message: "raven, the client before sentry-sdk, is still used; beside it every error would be sent twice"
                .to_owned(),
            help: "remove raven and what uses it, then run this again".to_owned(),
        });
        return plan;
    }
    let covered = facts.covered();
    let open = |need: Need| -> Vec<usize> {
        (0..facts.processes.len()).filter(|number| facts.needs[*number] == need && !covered.contains(number)).collect()
    };
    let (required, optional) = (open(Need::Required), open(Need::Optional));
    let wanted =
        placement::Wanted { processes: &facts.processes, required: &required, optional: &optional, covered: &covered };
    let (sites, missing) = placement::sites(catalogue, workspace, wanted);
    for number in missing {
        let process = &facts.processes[number];
        plan.diagnostics.push(Diagnostic {
            code: Code::NoInit,
            severity: Severity::Error,
            place: Some(Location { path: workspace.path(process.entry).to_owned(), line: 1, column: 1 }),
            message: format!("no place for init could be decided for `{}`", process.command),
            help: "call `sentry_sdk.init()` before its objects are built, in a module that it always loads".to_owned(),
        });
    }
    let in_site = |number: &usize| sites.iter().any(|site| site.processes.contains(number));
    let (reporting, silent): (Vec<usize>, Vec<usize>) =
        (0..facts.processes.len()).partition(|number| covered.contains(number) || in_site(number));
    plan.diagnostics.extend(not_started_notes(catalogue, workspace, facts, &reporting, &silent));
    plan.diagnostics.extend(unreached_note(facts));
    let wanted = wanted_requirement(facts, recommendation);
    let choice = python_manifest::choose(&facts.manifests, &wanted, &facts.deployed);
    plan.manifest = dependencies(facts, &choice);
    if !sites.is_empty() {
        let mut fix = Fix::default();
        match sources(workspace, &sites, recommendation, style) {
            Ok(files) => {
                fix.files = files;
                plan.diagnostics.extend(older_sdk_notes(recommendation));
                requirement(facts, &choice, &wanted, &mut fix, &mut plan.diagnostics);
                plan.fix = Some(fix);
                plan.sites = sites;
            }
            Err(diagnostic) => plan.diagnostics.push(diagnostic),
        }
    }
    plan.diagnostics.sort();
    plan.diagnostics.dedup();
    plan
}

/// Files that could not be read.
fn found_on_the_way(workspace: &Workspace, facts: &Facts) -> Vec<Diagnostic> {
    let needed: BTreeSet<PathBuf> = facts
        .processes
        .iter()
        .flat_map(|process| process.trace.loads.iter().map(|load| workspace.path(load.file).to_owned()))
        .collect();
    let mut diagnostics: Vec<Diagnostic> =
        facts.problems.iter().map(|problem| unreadable(problem, Severity::Error)).collect();
    for (file, problem) in workspace.broken() {
        let path = workspace.path(file);
        if path.starts_with(&facts.project.folder) && needed.contains(path) {
            diagnostics.push(unreadable(&problem, Severity::Warning));
        }
    }
    diagnostics
}

/// Options that the SDK of the project does not know. Of interest only where an init is written.
fn older_sdk_notes(recommendation: &Recommendation) -> impl Iterator<Item = Diagnostic> {
    recommendation.notes.iter().map(|note| Diagnostic {
        code: Code::OlderSdk,
        severity: Severity::Note,
        place: None,
        message: note.clone(),
        help: "raise sentry-sdk, or name the release to write for with --sdk-version".to_owned(),
    })
}

/// A finding for a file that could not be used.
pub fn unreadable(problem: &python_project::Problem, severity: Severity) -> Diagnostic {
    let (line, column) = problem.position.unwrap_or((1, 1));
    Diagnostic {
        code: Code::UnreadableFile,
        severity,
        place: Some(Location { path: problem.path.clone(), line, column }),
        message: problem.message.clone(),
        help: problem.help.clone().unwrap_or_default(),
    }
}

/// One note for each object that only programs build of which nothing says that they are deployed.
fn not_started_notes(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    reporting: &[usize],
    silent: &[usize],
) -> Vec<Diagnostic> {
    let built_by = |number: &usize| facts.processes[*number].trace.built();
    let reported: BTreeSet<_> =
        reporting.iter().flat_map(built_by).map(|(_, event)| (event.file, event.span.start)).collect();
    let mut built: BTreeMap<Location, (&str, Vec<&Process>)> = BTreeMap::new();
    for number in silent.iter().filter(|number| facts.needs[**number] == Need::Optional) {
        let unknown = built_by(number).find(|(_, event)| !reported.contains(&(event.file, event.span.start)));
        let Some((object, event)) = unknown else { continue };
        let place = location(workspace, event.file, event.span.start);
        let programs = built.entry(place).or_insert((&catalogue.system(object).name, Vec::new()));
        programs.1.push(&facts.processes[*number]);
    }
    let note = |(place, (system, programs)): (Location, (&str, Vec<&Process>))| {
        let commands: BTreeSet<&str> = programs.iter().map(|process| process.command.as_str()).collect();
        let first = commands.first().copied().unwrap_or_default();
        let more = if commands.len() > 1 { format!(" and {} more", commands.len() - 1) } else { String::new() };
        let entry = programs.first().map(|process| workspace.path(process.entry).display().to_string());
        Diagnostic {
            code: Code::NotStarted,
            severity: Severity::Note,
            place: Some(place),
            message: format!("{system} is built for `{first}`{more}, which nothing found deploys"),
            help: format!("if it is deployed: sentry-codemod {}", entry.unwrap_or_default()),
        }
    };
    built.into_iter().map(note).collect()
}

/// Nothing is added beside an init of which nobody can say whether it runs.
fn unreached_note(facts: &Facts) -> Option<Diagnostic> {
    let is_open = |process: usize| facts.needs[process] == Need::Required && !facts.reaches_init(process);
    let init = facts.unreached_init().filter(|_| (0..facts.processes.len()).any(is_open))?;
    Some(Diagnostic {
        code: Code::UnreachedInit,
        severity: Severity::Note,
        place: Some(init.place.clone()),
        message: "Sentry is started here, in a module that no process was seen to load: nothing is added beside it"
            .to_owned(),
        help: "if it does not run, take it out and run this again".to_owned(),
    })
}

/// The edits of the sources, one site after the other.
fn sources(
    workspace: &Workspace,
    sites: &[InitSite],
    recommendation: &Recommendation,
    style: &dyn Fn(&Path) -> ImportStyle,
) -> Result<Vec<FileEdits>, Diagnostic> {
    let mut files: Vec<FileEdits> = Vec::new();
    for site in sites {
        let path = workspace.path(site.block.file).to_owned();
        let again = files.iter_mut().find(|file| file.path == path);
        let edits = init_edits(workspace, site, recommendation, &style(&path), again.is_none())?;
        match again {
            Some(file) => file.edits.extend(edits),
            None => files.push(FileEdits { path, edits, keeps: Keeps::Statements }),
        }
    }
    Ok(files)
}

fn init_edits(
    workspace: &Workspace,
    site: &InitSite,
    recommendation: &Recommendation,
    style: &ImportStyle,
    with_imports: bool,
) -> Result<Vec<Edit>, Diagnostic> {
    let file = site.block.file;
    let fault = |message: String| Diagnostic {
        code: Code::NoInit,
        severity: Severity::Error,
        place: Some(location(workspace, file, 0)),
        message,
        help: "add the call by hand, or mend the file and run this again".to_owned(),
    };
    let module = workspace.module(file).map_err(|problem| unreadable(&problem, Severity::Error))?;
    let parsed = python_source::parse(&module.source).map_err(|error| fault(error.to_string()))?;
    let body = body_of(&module.outline, site.block);
    let place = site_in(body, site.position);
    let at = match place {
        Site::Before(offset) => offset,
        Site::After(_) | Site::End => {
            body.get(site.position).map_or(module.source.text().len(), |stmt| stmt.span.start)
        }
    };
    let bound = bound_name(&parsed, "sentry_sdk", at);
    let sdk = bound.as_ref().map_or_else(|| free_name(&parsed, "sentry_sdk", at), |binding| binding.name.clone());
    let mut imports = vec![ImportLine::module("sentry_sdk").named(&sdk)];
    let mut integrations = Vec::new();
    for (integration_module, class) in &recommendation.integrations {
        let name = free_name(&parsed, &format!("{integration_module}.{class}"), at);
        imports.push(integration_import(integration_module, class).named(&name));
        integrations.push(name);
    }
    let mut arguments = recommendation.options.clone();
    if let Some(dsn) =
        idiom::dsn(&module.outline, at).filter(|_| !arguments.iter().any(|argument| argument.name == "dsn"))
    {
        arguments.insert(0, dsn);
    }
    let guarded = bound.as_ref().is_some_and(|binding| binding.optional);
    if bound.is_some() {
        imports.remove(0);
    }
    let call = InitCall { sdk, guarded, arguments, integrations };
    let insertion = Insertion {
        site: place,
        block: call.block(),
        one_line: call.one_line(),
        imports: if with_imports { imports } else { Vec::new() },
        imports_not_before: site.imports_after.and_then(|number| body.get(number)).map(|stmt| stmt.span.start),
    };
    insert(&module.source, &insertion, style).map_err(|error| fault(error.to_string()))
}

/// A file that is generated from the manifest by a command that it does not name.
fn stale(path: &Path) -> Diagnostic {
    Diagnostic {
        code: Code::StaleLock,
        severity: Severity::Note,
        place: Some(Location { path: path.to_owned(), line: 1, column: 1 }),
        message: "compiled from the manifest that changes; such files are never edited by hand".to_owned(),
        help: "compile it again".to_owned(),
    }
}

/// Right after what comes before it, so that blank lines and comments of what follows stay with that.
fn site_in(body: &[python_source::outline::Stmt], position: usize) -> Site {
    match (position.checked_sub(1).and_then(|before| body.get(before)), body.get(position)) {
        (Some(before), _) => Site::After(before.span.start),
        (None, Some(first)) => Site::Before(first.span.start),
        (None, None) => Site::End,
    }
}

/// What the manifest has to say, if init is written as recommended.
fn wanted_requirement(facts: &Facts, recommendation: &Recommendation) -> Wanted {
    let range = &recommendation.range;
    Wanted {
        distribution: "sentry-sdk".to_owned(),
        extras: recommendation.extras.clone(),
        floor: range.floor.clone(),
        end: range.end.clone(),
        newest: range.newest.clone(),
        anchors: facts.anchors.clone(),
        needs_end: true,
    }
}

/// The manifest that the deployment installs, and its tool: whose lock file it has, else whose settings it has.
fn dependencies(facts: &Facts, choice: &Choice) -> Option<Dependencies> {
    let Choice::Manifest { index, .. } = choice else { return None };
    let manifest = &facts.manifests[*index];
    let locks = locks_of(facts, manifest);
    let command = locks.iter().find_map(|lock| lock.refresh_command()).or_else(|| manifest.refresh_command());
    let tool = command.and_then(|command| command.split(' ').next()).map(str::to_owned);
    Some(Dependencies { path: manifest.path().to_owned(), tool })
}

/// The lock files that go stale with the manifest: of the tool that it has settings of, where that has one.
fn locks_of<'a>(facts: &'a Facts, manifest: &Manifest) -> Vec<&'a Lock> {
    let all: Vec<&Lock> = facts.locks.iter().filter(|lock| lock.is_made_from(manifest.path())).collect();
    let is_own = |lock: &&&Lock| lock.refresh_command() == manifest.refresh_command();
    // The lock file of a tool that was used before may still lie about.
    let own: Vec<&Lock> = all.iter().filter(is_own).copied().collect();
    if own.is_empty() { all } else { own }
}

/// The requirement, in the manifest that was chosen.
fn requirement(facts: &Facts, choice: &Choice, wanted: &Wanted, fix: &mut Fix, diagnostics: &mut Vec<Diagnostic>) {
    let by_hand = |message: String, help: String, place: Option<PathBuf>| Diagnostic {
        code: Code::RequirementByHand,
        severity: Severity::Warning,
        place: place.map(|path| Location { path, line: 1, column: 1 }),
        message,
        help,
    };
    let (manifest, compiled): (&Manifest, _) = match choice {
        Choice::Manifest { index, compiled, .. } => (&facts.manifests[*index], compiled),
        Choice::Advice { text, reason } => {
            diagnostics.push(by_hand(reason.clone(), text.clone(), None));
            return;
        }
    };
    let path = manifest.path().to_owned();
    match manifest.require(wanted) {
        Ok(Outcome::Satisfied) => {}
        Ok(Outcome::Edit { edits, after, applicability, note, .. }) => {
            fix.is_unsafe |= applicability == Applicability::Unsafe;
            fix.commands.extend(lock_commands(facts, manifest));
            for file in compiled {
                match &file.command {
                    Some(command) => fix.commands.push(command.clone()),
                    None => diagnostics.push(stale(&file.path)),
                }
            }
            fix.requirement = Some((after, path.clone()));
            if let Some(note) = note {
                diagnostics.push(by_hand(note, "check that the project works with it".to_owned(), Some(path.clone())));
            }
            fix.files.push(FileEdits { path, edits, keeps: Keeps::Requirements });
        }
        Ok(Outcome::Advice { text, reason }) => diagnostics.push(by_hand(reason, text, Some(path))),
        Err(error) => {
            diagnostics.push(by_hand(error.to_string(), "add the requirement by hand".to_owned(), Some(path)))
        }
    }
}

/// The commands that bring the lock files of a manifest up to date, each to be run from the workspace's root.
fn lock_commands(facts: &Facts, manifest: &Manifest) -> Vec<String> {
    let command = |lock: &Lock| {
        let folder = lock.path().parent().filter(|folder| !folder.as_os_str().is_empty());
        let there = folder.map(|folder| format!("cd {} && ", folder.display())).unwrap_or_default();
        Some(format!("{there}{}", lock.refresh_command()?))
    };
    locks_of(facts, manifest).into_iter().filter_map(command).collect()
}
