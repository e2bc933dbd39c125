//! From facts and a recommendation to the edits that carry it out, and to what is left to a person. Read [`Plan`], then [`plan`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use changeset::Edit;
use python_manifest::{Applicability, Choice, Manifest, Outcome, Wanted};
use python_project::Workspace;
use python_project::process::Process;
use python_source::{ImportLine, ImportStyle, Site, bound_name, free_name};

use crate::addition::{self, Addition, site_in};
use crate::also::{self, Also};
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
    /// What is wrong or left to a person.
    pub diagnostics: Vec<Diagnostic>,
}

/// Edits of several files that go together or not at all: an init without its requirement is an ImportError at start.
#[derive(Debug, Clone, Default)]
pub struct Fix {
    /// For each file its edits.
    pub files: Vec<FileEdits>,
    /// Files that are not there yet.
    pub created: Vec<NewFile>,
    /// Whether one of them moves a version that somebody chose.
    pub is_unsafe: bool,
    /// Commands that refresh what is generated from the files.
    pub commands: Vec<String>,
    /// The requirement as it reads then, and where.
    pub requirement: Option<(String, PathBuf)>,
}

/// A file to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
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
    /// Every command of a deployment file but for the words that are new: compared when the edit was planned.
    Commands,
}

/// Makes the plan. `style` says how a file's imports are kept.
pub fn plan(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    recommendation: &Recommendation,
    style: &dyn Fn(&std::path::Path) -> ImportStyle,
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
    let is_covered = |number: &&usize| sites.iter().any(|site| site.processes.contains(number));
    let not_started: Vec<usize> = optional.iter().filter(|number| !is_covered(number)).copied().collect();
    plan.diagnostics.extend(not_started_notes(catalogue, workspace, facts, &not_started));
    plan.diagnostics.extend(unreached_note(facts));
    let mut also = also::also(catalogue, workspace, facts, recommendation, &sites);
    plan.diagnostics.append(&mut also.diagnostics);
    if !sites.is_empty() || also.starts_more() {
        match fix(workspace, facts, recommendation, &sites, also, style) {
            Ok((fix, diagnostics)) => {
                plan.diagnostics.extend(notes(recommendation).chain(diagnostics));
                // An init without its requirement is an ImportError at start: what cannot be read may be the list to edit.
                if fix.requirement.is_some() || facts.problems.is_empty() {
                    plan.fix = Some(fix);
                    plan.sites = sites;
                }
            }
            Err(diagnostic) => plan.diagnostics.push(diagnostic),
        }
    } else if facts.started.iter().any(|init| init.is_reached) && !facts.declares_sdk {
        let mut fix = Fix::default();
        requirement(facts, recommendation, &mut fix, &mut plan.diagnostics);
        plan.fix = Some(fix).filter(|fix| !fix.files.is_empty());
    }
    plan.diagnostics.sort();
    plan.diagnostics.dedup();
    plan
}

/// Everything that goes together: the inits, what comes beside them, and the requirement; with findings about the latter.
fn fix(
    workspace: &Workspace,
    facts: &Facts,
    recommendation: &Recommendation,
    sites: &[InitSite],
    also: Also,
    style: &dyn Fn(&std::path::Path) -> ImportStyle,
) -> Result<(Fix, Vec<Diagnostic>), Diagnostic> {
    let inits = sites.iter().map(|site| init_addition(workspace, site, recommendation));
    let additions = inits.chain(also.additions.into_iter().map(Ok)).collect::<Result<Vec<_>, _>>()?;
    let mut fix =
        Fix { files: addition::edits(workspace, additions, style)?, created: also.created, ..Fix::default() };
    fix.files.extend(also.files);
    let mut diagnostics = Vec::new();
    requirement(facts, recommendation, &mut fix, &mut diagnostics);
    Ok((fix, diagnostics))
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
            diagnostics.push(unreadable(&problem, Severity::Error));
        }
    }
    diagnostics
}

/// Options that the SDK of the project does not know, and what libraries leave to a person. Of interest only where an init is written.
fn notes(recommendation: &Recommendation) -> impl Iterator<Item = Diagnostic> {
    let older = recommendation.notes.iter().map(|note| Diagnostic {
        code: Code::SdkOption,
        severity: Severity::Note,
        place: None,
        message: note.clone(),
        help: "ask for another sentry-sdk, or name the release to write for with --sdk-version".to_owned(),
    });
    older.chain(recommendation.advice.iter().map(|advice| Diagnostic {
        code: Code::LibraryAdvice,
        severity: Severity::Note,
        place: None,
        message: advice.clone(),
        help: String::new(),
    }))
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
    not_started: &[usize],
) -> Vec<Diagnostic> {
    let mut built: BTreeMap<Location, (&str, Vec<&Process>)> = BTreeMap::new();
    for process in not_started.iter().map(|number| &facts.processes[*number]) {
        let Some((object, event)) = process.trace.built().next() else { continue };
        let place = location(workspace, event.file, event.span.start);
        built.entry(place).or_insert((&catalogue.system(object).name, Vec::new())).1.push(process);
    }
    let note = |(place, (system, programs)): (Location, (&str, Vec<&Process>))| {
        let commands: BTreeSet<String> = programs.iter().map(|process| format!("`{}`", process.command)).collect();
        let commands: Vec<String> = commands.into_iter().collect();
        let entry = programs.first().map(|process| workspace.path(process.entry).display().to_string());
        Diagnostic {
            code: Code::NotStarted,
            severity: Severity::Note,
            place: Some(place),
            message: format!("{system} is built here by {}, which nothing found deploys: left alone", commands.join(", ")),
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

/// The call of init for a site.
fn init_addition(
    workspace: &Workspace,
    site: &InitSite,
    recommendation: &Recommendation,
) -> Result<Addition, Diagnostic> {
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
    Ok(Addition {
        file,
        site: place,
        block: call.block(),
        one_line: call.one_line(),
        imports,
        imports_not_before: site.imports_after.and_then(|number| body.get(number)).map(|stmt| stmt.span.start),
    })
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
