//! A run as a [`Document`]: what programs read. Read [`document()`] first.

use std::path::Path;

use changeset::{FileChange, file_diff};
use planner::facts::{Facts, Ground, Location, Need, location};
use planner::fix::Applicability;
use planner::{Fix, Recommendation, Severity};
use python_project::process::{Origin, Process};

use super::document::{self, Document, Mode, Status};
use super::findings::{Finding, Run};
use super::pull_request;
use crate::exit::Exit;
use crate::inspection::{Inspection, Outcome};
use crate::text::slashed;

/// The document of a run that plans. `prefix` is where its root lies in the work tree, if in one.
pub(super) fn document(run: &Run<'_>, mode: Mode, exit: Exit, prefix: Option<&Path>) -> Document {
    let findings: Vec<_> = run.other_findings().iter().map(finding).collect();
    let project = |outcome| {
        let findings = run.findings_of(outcome).iter().map(finding).collect();
        let recommendation = recommendation(run.inspection, outcome);
        document::Project {
            recommendation: Some(recommendation),
            plan: plan(run.inspection, outcome),
            ..facts(run.inspection, outcome, findings)
        }
    };
    let projects: Vec<_> = run.inspection.outcomes.iter().map(project).collect();
    let changes = run.changeset.changes().iter();
    let changes: Vec<_> = changes.map(|change| self::change(change, prefix.unwrap_or(Path::new("")))).collect();
    let pull_request = (!changes.is_empty()).then(|| pull_request::pull_request(run));
    with_summary(run.inspection, mode, exit, prefix, Parts { projects, findings, changes, pull_request })
}

/// The document of a run that only looks.
pub(super) fn facts_alone(inspection: &Inspection, exit: Exit, prefix: Option<&Path>) -> Document {
    let projects = inspection.outcomes.iter().map(|outcome| facts(inspection, outcome, Vec::new())).collect();
    let findings = super::findings::unreadable(inspection).iter().map(finding).collect();
    let parts = Parts { projects, findings, changes: Vec::new(), pull_request: None };
    with_summary(inspection, Mode::Detect, exit, prefix, parts)
}

/// What differs between kinds of documents.
struct Parts {
    projects: Vec<document::Project>,
    findings: Vec<document::Finding>,
    changes: Vec<document::Change>,
    pull_request: Option<document::PullRequest>,
}

fn with_summary(inspection: &Inspection, mode: Mode, exit: Exit, prefix: Option<&Path>, parts: Parts) -> Document {
    let Parts { projects, findings, changes, pull_request } = parts;
    let all = || projects.iter().flat_map(|project| &project.findings).chain(&findings);
    let count = |status: Status| all().filter(|finding| finding.status == status).count();
    let summary = document::Summary {
        exit_code: exit.number(),
        files: changes.len(),
        fixed: count(Status::Fixed),
        skipped: count(Status::Skipped),
        blocked: count(Status::Blocked),
        failed: count(Status::Failed),
        by_hand: count(Status::ByHand),
    };
    Document {
        schema_version: document::SCHEMA_VERSION,
        tool: document::Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        mode,
        root: inspection.workspace.root().display().to_string(),
        path_in_work_tree: prefix.map(slashed),
        summary,
        projects,
        findings,
        changes,
        pull_request,
    }
}

/// What a project is.
fn facts(inspection: &Inspection, outcome: &Outcome, findings: Vec<document::Finding>) -> document::Project {
    let facts = &outcome.facts;
    let catalogue = &inspection.catalogue;
    let system = |used: &planner::facts::SystemUse| document::System {
        name: catalogue.systems[used.system].name.clone(),
        version: used.version.clone(),
        builds: used.places.iter().map(place).collect(),
    };
    document::Project {
        name: facts.name(&inspection.workspace),
        folder: slashed(&facts.project.folder),
        manifests: facts.project.manifests.iter().map(|path| slashed(path)).collect(),
        systems: facts.systems.iter().map(system).collect(),
        libraries: facts.libraries.iter().map(|number| catalogue.libraries[*number].name.clone()).collect(),
        processes: (0..facts.processes.len()).map(|number| process(inspection, facts, number)).collect(),
        sentry: sentry(facts),
        recommendation: None,
        plan: None,
        findings,
    }
}

fn process(inspection: &Inspection, facts: &Facts, number: usize) -> document::Process {
    let Process { name, role, command, origin, entry, .. } = &facts.processes[number];
    let (origin, declared_at) = match origin {
        Origin::Declared { path, line, .. } => {
            (document::Origin::Declared, Some(document::Place { path: slashed(path), line: *line, column: 1 }))
        }
        Origin::Conventional => (document::Origin::Conventional, None),
        Origin::Inferred => (document::Origin::Inferred, None),
        Origin::Pointed => (document::Origin::Pointed, None),
    };
    document::Process {
        name: name.clone(),
        role: role.clone(),
        command: command.clone(),
        origin,
        declared_at,
        entry: slashed(inspection.workspace.path(*entry)),
        must_report: facts.needs[number] == Need::Required,
        starts_sentry: facts.reaches_init(number),
    }
}

fn sentry(facts: &Facts) -> document::Sentry {
    let file = |path: &Path, line| Some(document::Place { path: slashed(path), line, column: 1 });
    let (ground, ground_at) = match &facts.sdk.ground {
        Ground::Chosen => (document::Ground::Chosen, None),
        Ground::Locked(path) => (document::Ground::Locked, file(path, 1)),
        Ground::Declared { path, line, .. } => (document::Ground::Declared, file(path, *line)),
        Ground::Newest => (document::Ground::Newest, None),
    };
    let init = |init: &planner::facts::ExistingInit| document::Init {
        place: place(&init.place),
        processes: facts.names_of(&init.run_by),
    };
    document::Sentry {
        sdk_version: facts.sdk.version.to_string(),
        ground,
        ground_at,
        inits: facts.started.iter().map(init).collect(),
    }
}

fn recommendation(inspection: &Inspection, outcome: &Outcome) -> document::Recommendation {
    let recommendation: &Recommendation = &outcome.recommendation;
    let name = |number: usize| inspection.catalogue.features[number].name.clone();
    let feature = |recommended: &planner::recommend::Recommended| document::Feature {
        name: name(recommended.feature),
        because_of: recommended.because_of.clone(),
    };
    let option = |option: &planner::recommend::InitArgument| document::InitOption {
        name: option.name.clone(),
        value: option.value.clone(),
    };
    document::Recommendation {
        features: recommendation.features.iter().map(feature).collect(),
        offered: recommendation.offered.iter().map(|number| name(*number)).collect(),
        sends_pii: outcome.settings.choices.pii.unwrap_or(true),
        options: recommendation.options.iter().map(option).collect(),
        integrations: recommendation.integrations.iter().map(|integration| integration.class.clone()).collect(),
    }
}

fn plan(inspection: &Inspection, outcome: &Outcome) -> Option<document::Plan> {
    let fix = outcome.plan.fix.as_ref()?;
    let init = |site: &planner::placement::InitSite| {
        let place =
            site.place(&inspection.workspace).unwrap_or_else(|| location(&inspection.workspace, site.block.file, 0));
        document::Init { place: self::place(&place), processes: outcome.facts.names_of(&site.processes) }
    };
    let edited = fix.files.iter().map(|file| &file.path);
    let requirement = fix.requirement.as_ref();
    Some(document::Plan {
        inits: outcome.plan.sites.iter().map(init).collect(),
        requirement: requirement.map(|(text, path)| document::Requirement { text: text.clone(), path: slashed(path) }),
        files: edited.chain(fix.created.iter().map(|file| &file.path)).map(|path| slashed(path)).collect(),
        applicability: applicability(fix),
        commands: fix.commands.clone(),
    })
}

fn applicability(fix: &Fix) -> document::Applicability {
    match fix.applicability {
        Applicability::Safe => document::Applicability::Safe,
        Applicability::Unsafe => document::Applicability::Unsafe,
        Applicability::DisplayOnly => document::Applicability::DisplayOnly,
    }
}

fn finding(finding: &Finding<'_>) -> document::Finding {
    let diagnostic = &finding.diagnostic;
    document::Finding {
        code: diagnostic.code.as_str(),
        severity: match diagnostic.severity {
            Severity::Error => document::Severity::Error,
            Severity::Warning => document::Severity::Warning,
            Severity::Note => document::Severity::Note,
        },
        place: diagnostic.place.as_ref().map(place),
        end: diagnostic.end.map(|(line, column)| document::Position { line, column }),
        message: diagnostic.message.clone(),
        help: Some(diagnostic.help.clone()).filter(|help| !help.is_empty()),
        status: finding.status,
        reason: finding.reason.clone(),
        applicability: finding.fix.map(applicability),
    }
}

fn place(location: &Location) -> document::Place {
    document::Place { path: slashed(&location.path), line: location.line, column: location.column }
}

fn change(change: &FileChange, prefix: &Path) -> document::Change {
    let diff: Vec<u8> = file_diff(change, prefix).into_iter().flat_map(|line| line.bytes).collect();
    document::Change {
        path: slashed(&change.path),
        kind: match (&change.before, &change.after) {
            (None, _) => document::ChangeKind::Added,
            (_, None) => document::ChangeKind::Deleted,
            (Some(_), Some(_)) => document::ChangeKind::Modified,
        },
        diff: String::from_utf8_lossy(&diff).into_owned(),
    }
}
