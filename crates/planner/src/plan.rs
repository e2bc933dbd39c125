//! From facts and a recommendation to the edits that carry it out, and to what is left to a person. Read [`Plan`], then [`plan`].

use std::collections::BTreeSet;
use std::path::PathBuf;

use changeset::Edit;
use python_manifest::{Applicability, Choice, Manifest, Outcome, Wanted};
use python_project::Workspace;
use python_project::process::Process;
use python_source::{ImportLine, ImportStyle, Insertion, Site, bound_name, free_name, insert};

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::facts::{ExistingInit, Facts, Location, Need, location};
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
    /// What is wrong or left to a person.
    pub diagnostics: Vec<Diagnostic>,
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
    style: &dyn Fn(&std::path::Path) -> ImportStyle,
) -> Plan {
    let mut plan = Plan { diagnostics: found_on_the_way(workspace, facts, recommendation), ..Plan::default() };
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
    let unseen = |number: &usize| facts.unseen_init(workspace, *number);
    let open = |need: Need| -> Vec<usize> {
        let open =
            (0..facts.processes.len()).filter(|number| facts.needs[*number] == need && !covered.contains(number));
        open.filter(|number| unseen(number).is_none()).collect()
    };
    let undecided = (0..facts.processes.len()).filter(|number| !covered.contains(number)).filter_map(|n| unseen(&n));
    plan.diagnostics.extend(undecided.map(unseen_init));
    let (required, optional) = (open(Need::Required), open(Need::Optional));
    let wanted =
        placement::Wanted { processes: &facts.processes, required: &required, optional: &optional, covered: &covered };
    let (sites, missing) = placement::sites(catalogue, workspace, wanted);
    for number in missing {
        let process = &facts.processes[number];
        let other =
            facts.started.iter().find(|init| covered.iter().any(|number| shares(facts, *number, init, process)));
        let help = match other {
            Some(init) => format!(
                "all it loads is loaded by processes that start the SDK at {}:{}: move that call to a module that both load",
                init.place.path.display(),
                init.place.line
            ),
            None => {
                "call `sentry_sdk.init()` before its objects are built, in a module that it always loads".to_owned()
            }
        };
        plan.diagnostics.push(Diagnostic {
            code: Code::NoInit,
            severity: Severity::Error,
            place: Some(Location { path: workspace.path(process.entry).to_owned(), line: 1, column: 1 }),
            message: format!("no place for init could be decided for `{}`", process.command),
            help,
        });
    }
    let not_started = optional.iter().filter(|number| !sites.iter().any(|site| site.processes.contains(number)));
    for number in not_started {
        plan.diagnostics.extend(not_started_note(catalogue, workspace, facts, *number));
    }
    if !sites.is_empty() {
        let mut fix = Fix::default();
        match sources(workspace, &sites, recommendation, style) {
            Ok(files) => {
                fix.files = files;
                requirement(facts, recommendation, &mut fix, &mut plan.diagnostics);
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

/// Files that could not be read, and options that the SDK does not know.
fn found_on_the_way(workspace: &Workspace, facts: &Facts, recommendation: &Recommendation) -> Vec<Diagnostic> {
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
    diagnostics.extend(recommendation.notes.iter().map(|note| Diagnostic {
        code: Code::OlderSdk,
        severity: Severity::Note,
        place: None,
        message: note.clone(),
        help: "raise sentry-sdk, or name the release to write for with --sdk-version".to_owned(),
    }));
    diagnostics
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

fn unseen_init(init: &ExistingInit) -> Diagnostic {
    Diagnostic {
        code: Code::NoInit,
        severity: Severity::Warning,
        place: Some(init.place.clone()),
        message: "the SDK is started here, but nothing that was found loads this module; no second init was added"
            .to_owned(),
        help: "nothing, if production loads it; else move the call to a module that every process loads".to_owned(),
    }
}

/// Whether a process that runs the init loads the first module of another.
fn shares(facts: &Facts, number: usize, init: &ExistingInit, other: &Process) -> bool {
    let process = &facts.processes[number];
    process.trace.loads(init.file) && process.trace.loads(other.entry)
}

fn not_started_note(catalogue: &Catalogue, workspace: &Workspace, facts: &Facts, process: usize) -> Option<Diagnostic> {
    let process = &facts.processes[process];
    let (object, event) = process.trace.built().next()?;
    Some(Diagnostic {
        code: Code::NotStarted,
        severity: Severity::Note,
        place: Some(location(workspace, event.file, event.span.start)),
        message: format!(
            "{} is built here, but nothing that was found runs `{}` in production: left alone",
            catalogue.system(object).name,
            process.command
        ),
        help: format!("if it is deployed: sentry-codemod {}", workspace.path(process.entry).display()),
    })
}

/// The edits of the sources, one site after the other.
fn sources(
    workspace: &Workspace,
    sites: &[InitSite],
    recommendation: &Recommendation,
    style: &dyn Fn(&std::path::Path) -> ImportStyle,
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

/// A file that is generated from the manifest and has to be generated again.
fn stale(path: &std::path::Path, command: Option<&str>) -> Diagnostic {
    Diagnostic {
        code: Code::StaleLock,
        severity: Severity::Note,
        place: Some(Location { path: path.to_owned(), line: 1, column: 1 }),
        message: "compiled from the manifest that changes; such files are never edited by hand".to_owned(),
        help: command.map_or_else(|| "compile it again".to_owned(), |command| format!("compile it again: {command}")),
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

/// The requirement, in the manifest that the deployment installs.
fn requirement(facts: &Facts, recommendation: &Recommendation, fix: &mut Fix, diagnostics: &mut Vec<Diagnostic>) {
    let range = &recommendation.range;
    let wanted = Wanted {
        distribution: "sentry-sdk".to_owned(),
        extras: recommendation.extras.clone(),
        floor: range.floor.clone(),
        end: range.end.clone(),
        newest: range.newest.clone(),
        anchors: facts.anchors.clone(),
        needs_end: true,
    };
    let by_hand = |message: String, help: String, place: Option<PathBuf>| Diagnostic {
        code: Code::RequirementByHand,
        severity: Severity::Warning,
        place: place.map(|path| Location { path, line: 1, column: 1 }),
        message,
        help,
    };
    let (manifest, compiled): (&Manifest, _) = match python_manifest::choose(&facts.manifests, &wanted, &facts.deployed)
    {
        Choice::Manifest { index, compiled, .. } => (&facts.manifests[index], compiled),
        Choice::Advice { text, reason } => {
            diagnostics.push(by_hand(reason, text, None));
            return;
        }
    };
    let path = manifest.path().to_owned();
    match manifest.require(&wanted) {
        Ok(Outcome::Satisfied) => {}
        Ok(Outcome::Edit { edits, after, refresh, applicability, note, .. }) => {
            fix.is_unsafe |= applicability == Applicability::Unsafe;
            fix.commands.extend(refresh.filter(|_| !facts.locks.is_empty()));
            for file in compiled {
                diagnostics.push(stale(&file.path, file.command.as_deref()));
                fix.commands.extend(file.command);
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
