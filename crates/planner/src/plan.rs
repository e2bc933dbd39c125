//! From facts and a recommendation to the edits that carry it out, and to what is left to a person. Read [`Plan`], then [`plan`].

use std::path::{Path, PathBuf};

use python_project::Workspace;
use python_source::{ImportLine, ImportStyle, ParsedModule, Site, bound_name, free_name};

use crate::addition::{self, Addition, site_in};
use crate::also::{self, Also};
use crate::catalogue::Catalogue;
use crate::choices::{Choices, PlacementChoice};
use crate::diagnostic::{Diagnostic, Severity, in_order};
use crate::doctor::{Checkup, doctor};
use crate::facts::{Facts, Need};
use crate::fix::Fix;
use crate::idiom;
use crate::init_call::InitCall;
use crate::notes::{self, not_insertable, unreadable};
use crate::placement::{self, Hook, InitSite, body_of};
use crate::recommend::Recommendation;
use crate::requirement::Requirement;

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

impl Plan {
    /// Everything that can be done: the inits and what goes with them, then what mends the findings.
    pub fn fixes(&self) -> impl Iterator<Item = &Fix> {
        self.fix.iter().chain(self.diagnostics.iter().filter_map(|found| found.fix.as_ref()))
    }
}

/// Where a project lists what it needs to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependencies {
    /// The file.
    pub path: PathBuf,
    /// The tool that reads it, where something tells: `uv`, `poetry`.
    pub tool: Option<String>,
}

/// Makes the plan. `style` says how a file's imports are kept.
pub fn plan(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    recommendation: &Recommendation,
    choices: &Choices,
    style: &dyn Fn(&Path) -> ImportStyle,
) -> Plan {
    let mut plan = Plan { diagnostics: notes::unreadable_files(workspace, facts), ..Plan::default() };
    if let Some((path, line)) = &facts.raven {
        plan.diagnostics.push(notes::raven(path, *line));
        return plan;
    }
    let covered = facts.covered();
    let sites = sites(catalogue, workspace, facts, choices, &covered, &mut plan.diagnostics);
    let in_site = |number: &usize| sites.iter().any(|site| site.processes.contains(number));
    let (reporting, silent): (Vec<usize>, Vec<usize>) =
        (0..facts.processes.len()).partition(|number| covered.contains(number) || in_site(number));
    plan.diagnostics.extend(notes::not_started(catalogue, workspace, facts, &reporting, &silent));
    plan.diagnostics.extend(notes::unreached_init(facts));

    let requirement = Requirement::of(facts, recommendation);
    plan.manifest = requirement.dependencies(facts);
    let mut also = also::also(catalogue, workspace, facts, recommendation, &sites);
    plan.diagnostics.append(&mut also.diagnostics);
    if !sites.is_empty() || also.starts_more() {
        let inits = sites.iter().map(|site| init_addition(catalogue, workspace, site, recommendation));
        let inits = inits.collect::<Result<Vec<_>, _>>();
        match inits.and_then(|inits| fix(workspace, facts, &requirement, inits, also, style)) {
            Ok((fix, diagnostics)) => {
                plan.diagnostics.extend(notes::recommendation(recommendation).chain(diagnostics));
                plan.diagnostics.extend(notes::clocked(workspace, facts));
                // An init without its requirement is an ImportError at start: what cannot be read may be the list to edit.
                if fix.requirement.is_some() || facts.problems.is_empty() {
                    plan.fix = Some(fix);
                    plan.sites = sites;
                }
            }
            Err(diagnostic) => plan.diagnostics.push(diagnostic),
        }
    } else if facts.started.iter().any(|init| init.is_reached) && !facts.declares_sdk() {
        let mut fix = Fix::default();
        requirement.put_into(&mut fix, facts, &mut plan.diagnostics);
        plan.fix = Some(fix).filter(|fix| !fix.files.is_empty());
    }
    let checkup = Checkup::of(catalogue, workspace, facts, recommendation, choices, &plan, style);
    plan.diagnostics.extend(doctor(&checkup));
    notes::heed_ignores(workspace, facts, &mut plan.diagnostics);
    in_order(&mut plan.diagnostics);
    plan
}

/// Where init goes for the processes that have none, by the placement that the user chose; a finding for each that no place was found for.
fn sites(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    choices: &Choices,
    covered: &[usize],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<InitSite> {
    let open = |need: Need| -> Vec<usize> {
        (0..facts.processes.len()).filter(|number| facts.needs[*number] == need && !covered.contains(number)).collect()
    };
    let (required, optional) = (open(Need::Required), open(Need::Optional));
    let wanted = placement::Wanted { processes: &facts.processes, required: &required, optional: &optional, covered };
    let (sites, missing) = match choices.placement {
        PlacementChoice::Measured => placement::sites(catalogue, workspace, wanted),
        PlacementChoice::Documented => {
            let (sites, missing, findings) = also::documented(catalogue, workspace, facts, wanted);
            diagnostics.extend(findings);
            (sites, missing)
        }
    };
    let no_place = |number: usize| notes::no_place(workspace, facts, &facts.processes[number]);
    diagnostics.extend(missing.into_iter().map(no_place));
    sites
}

/// Everything that goes together: the inits, what comes beside them, and the requirement; with findings about the latter.
fn fix(
    workspace: &Workspace,
    facts: &Facts,
    requirement: &Requirement,
    inits: Vec<Addition>,
    also: Also,
    style: &dyn Fn(&Path) -> ImportStyle,
) -> Result<(Fix, Vec<Diagnostic>), Diagnostic> {
    let additions = inits.into_iter().chain(also.additions).collect();
    let files = addition::edits(workspace, additions, style)?;
    let mut fix = Fix { files, created: also.created, ..Fix::default() };
    fix.files.extend(also.files);
    let mut diagnostics = Vec::new();
    requirement.put_into(&mut fix, facts, &mut diagnostics);
    Ok((fix, diagnostics))
}

/// The call inside a function that the hook calls, on several lines and on one.
fn hooked(
    hook: &Hook,
    parsed: &ParsedModule,
    at: usize,
    call: &InitCall,
    imports: &mut Vec<ImportLine>,
) -> (String, String) {
    let function = free_name(parsed, "init_sentry", at);
    let body: String = call.block().trim_end().lines().map(|line| format!("    {line}\n")).collect();
    match hook {
        Hook::Signal { signal } => {
            let local = free_name(parsed, signal, at);
            let (module, name) = signal.rsplit_once('.').unwrap_or(("", signal));
            imports.push(ImportLine::from(module, name).named(&local));
            let block = format!("@{local}.connect\ndef {function}(**_kwargs):\n{body}");
            // Connections are weak: a lambda without a name would be gone at once.
            let one_line = format!("{local}.connect({function} := lambda **_kwargs: {})", call.one_line());
            (block, one_line)
        }
        Hook::Listener { decorator } => {
            let block = format!("@{decorator}\nasync def {function}(*_):\n{body}");
            (block, format!("{decorator}(lambda *_: {})", call.one_line()))
        }
    }
}

/// The call of init for a site.
fn init_addition(
    catalogue: &Catalogue,
    workspace: &Workspace,
    site: &InitSite,
    recommendation: &Recommendation,
) -> Result<Addition, Diagnostic> {
    let file = site.block.file;
    let fault = |message: String| not_insertable(workspace, file, message);
    let module = workspace.module(file).map_err(|problem| unreadable(&problem, Severity::Error))?;
    let parsed = python_source::parse(&module.source).map_err(|error| fault(error.to_string()))?;
    let body = body_of(&module.outline, site.block);
    let place = site_in(body, site.position);
    let at = match place {
        Site::Before(offset) => offset,
        _ => body.get(site.position).map_or(module.source.text().len(), |stmt| stmt.span.start),
    };
    let bound = bound_name(&parsed, "sentry_sdk", at);
    let sdk = bound.as_ref().map_or_else(|| free_name(&parsed, "sentry_sdk", at), |binding| binding.name.clone());
    let mut imports = vec![ImportLine::module("sentry_sdk").named(&sdk)];
    let mut integrations = Vec::new();
    for integration in &recommendation.integrations {
        let import = integration.import();
        let name = free_name(&parsed, &import.qualified(), at);
        imports.push(import.named(&name));
        integrations.push(integration.of(&name));
    }
    let mut arguments = recommendation.options.clone();
    if let Some(dsn) = idiom::dsn(catalogue, &parsed, &module.outline, at)
        .filter(|_| !arguments.iter().any(|argument| argument.name == "dsn"))
    {
        arguments.insert(0, dsn);
    }
    let guarded = bound.as_ref().is_some_and(|binding| binding.optional);
    if bound.is_some() {
        imports.remove(0);
    }
    let call = InitCall { sdk, guarded, arguments, integrations };
    let (block, one_line) = match &site.hook {
        None => (call.block(), call.one_line()),
        Some(hook) => hooked(hook, &parsed, at, &call, &mut imports),
    };
    Ok(Addition {
        file,
        site: place,
        block,
        one_line,
        imports,
        imports_not_before: site.imports_after.and_then(|number| body.get(number)).map(|stmt| stmt.span.start),
    })
}
