//! What is wrong with the Sentry that a project has: one file for each family of findings. Read [`Checkup`] first, then [`doctor`].
//! Nothing is read from the disk and nothing decided about placement here: facts, recommendation and plan are there already.

mod asked;
mod beside;
mod dsn;
mod frontends;
mod init;
mod launchers;
mod log_levels;
mod logs;
mod names;
mod options;
mod order;
mod privacy;
mod rates;
mod raven;
mod releases;
mod scope;
mod successors;
mod superfluous;
mod tracing;
mod without_init;

use std::path::Path;

use changeset::Edit;
use python_project::Workspace;
use python_project::process::Process;
use python_project::trace::Event;
use python_source::outline::{Expr, Outline, Span, Stmt, StmtKind};
use python_source::{ImportLine, ImportStyle, insert_imports};

use crate::catalogue::{Catalogue, Role, System};
use crate::choices::Choices;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{Facts, Ground, location};
use crate::fix::{Applicability, FileEdits, Fix, Keeps};
use crate::plan::Plan;
use crate::recommend::Recommendation;
use crate::requirement::Requirement;

pub use init::Init;

/// What each check sees.
pub struct Checkup<'a> {
    /// The rules.
    pub catalogue: &'a Catalogue,
    /// The tree.
    pub workspace: &'a Workspace,
    /// What the project is.
    pub facts: &'a Facts,
    /// What it deserves.
    pub recommendation: &'a Recommendation,
    /// What the user asked for.
    pub choices: &'a Choices,
    /// What is planned without the doctor.
    pub plan: &'a Plan,
    /// The calls that start the SDK, with their arguments, in the order of [`Facts::started`]; those that cannot be read are left out.
    pub inits: Vec<Init<'a>>,
    /// How a file's imports are kept.
    style: &'a dyn Fn(&Path) -> ImportStyle,
}

/// A check: what it finds.
type Check = fn(&Checkup<'_>) -> Vec<Diagnostic>;

/// All checks, in the order of the reference.
const CHECKS: &[Check] = &[
    without_init::without_init,
    dsn::dsn,
    options::options,
    privacy::privacy,
    logs::logs,
    tracing::tracing,
    names::names,
    order::after_object,
    order::in_late_hook,
    order::double,
    order::cleared,
    beside::middleware,
    superfluous::middleware,
    beside::integrations,
    asked::features,
    launchers::needed,
    launchers::gone,
    scope::global_scope,
    rates::full_rate,
    rates::health_checks,
    raven::imports,
    frontends::frontends,
];

/// Everything that is wrong. What comments in the sources do not want to hear is left out later, with the plan's own findings.
pub fn doctor(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = CHECKS.iter().flat_map(|check| check(checkup)).collect();
    raise(checkup, &mut found);
    found
}

/// Gives each fix that an older SDK would not run the requirement that it needs: the same to all, so that they can be made together.
fn raise(checkup: &Checkup<'_>, found: &mut [Diagnostic]) {
    let facts = checkup.facts;
    let fixes = || found.iter().filter_map(|one| one.fix.as_ref());
    let needed = match &facts.sdk.ground {
        // What is written for a release that the user names need not run with the one that the project has.
        Ground::Chosen if fixes().next().is_some() => Some(facts.sdk.version.clone()),
        _ => fixes().filter_map(|fix| fix.needs.clone()).max(),
    };
    let Some(floor) = needed.filter(|_| facts.declares_sdk()) else { return };
    let requirement = Requirement::at_least(facts, checkup.recommendation, floor);
    let is_chosen = facts.sdk.ground == Ground::Chosen;
    for fix in found.iter_mut().filter_map(|one| one.fix.as_mut()) {
        if is_chosen || fix.needs.as_ref().is_some_and(|needs| *needs > facts.sdk.version) {
            requirement.put_into(fix, facts, &mut Vec::new());
        }
    }
}

impl<'a> Checkup<'a> {
    /// Reads the calls that are there.
    pub fn of(
        catalogue: &'a Catalogue,
        workspace: &'a Workspace,
        facts: &'a Facts,
        recommendation: &'a Recommendation,
        choices: &'a Choices,
        plan: &'a Plan,
        style: &'a dyn Fn(&Path) -> ImportStyle,
    ) -> Self {
        let inits = facts.started.iter().filter_map(|existing| Init::read(workspace, existing)).collect();
        Self { catalogue, workspace, facts, recommendation, choices, plan, inits, style }
    }

    /// A finding about an event of a run.
    fn at_event(&self, event: &Event, code: Code, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        let found = Diagnostic::new(code, message, help).at(location(self.workspace, event.file, event.span.start));
        match self.workspace.module(event.file) {
            Ok(module) => found.to(module.source.line_column(event.span.end)),
            Err(_) => found,
        }
    }

    /// A finding about a call of init.
    fn at_init(&self, init: &Init<'_>, code: Code, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        self.at_span(init, &init.existing.span, code, message, help)
    }

    /// A finding about a part of the module of a call of init.
    fn at_span(
        &self,
        init: &Init<'_>,
        span: &Span,
        code: Code,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        let place = location(self.workspace, init.existing.file, span.start);
        Diagnostic::new(code, message, help).at(place).to(init.module.source.line_column(span.end))
    }

    /// Whether the process does the system's own work. Others build its objects as well, to hand work to it.
    fn serves(&self, process: &Process, system: &System) -> bool {
        matches!(system.role, Role::Web | Role::Handler | Role::Script) || process.role == "worker"
    }

    /// Whether the word stands in a module that the process loads.
    fn loads_word(&self, process: &Process, word: &str) -> bool {
        let modules = process.trace.loads.iter().filter_map(|load| self.workspace.module(load.file).ok());
        modules.into_iter().any(|module| module.source.text().contains(word))
    }

    /// Edits of the expressions of an init's module, with the imports that they need, as one fix. `None` when the file cannot take the imports.
    pub fn fix(
        &self,
        init: &Init<'_>,
        edits: Vec<Edit>,
        imports: &[ImportLine],
        applicability: Applicability,
    ) -> Option<Fix> {
        let path = init.existing.place.path.clone();
        let mut fix = Fix::of_expressions(path.clone(), edits, applicability);
        let style = (self.style)(&path);
        let edits = insert_imports(&init.module.source, imports, init.existing.span.start, &style).ok()?;
        fix.files.insert(0, FileEdits { path, edits, keeps: Keeps::Statements { calls: Vec::new() } });
        Some(fix)
    }
}

/// All expressions of a module that stand in statements, at any depth, from top to bottom.
fn expressions(outline: &Outline) -> Vec<&Expr> {
    all_in(&outline.body)
}

/// The same for a block.
fn all_in(body: &[Stmt]) -> Vec<&Expr> {
    statements(body).into_iter().flat_map(Stmt::expressions).collect()
}

/// The decorators of all functions and classes of a module.
fn decorators(outline: &Outline) -> Vec<&Expr> {
    let mut found = Vec::new();
    for stmt in statements(&outline.body) {
        match &stmt.kind {
            StmtKind::Function(function) => found.extend(&function.decorators),
            StmtKind::Class(class) => found.extend(&class.decorators),
            _ => {}
        }
    }
    found
}

/// What is assigned in a module, at any depth: targets and values.
fn assignments(outline: &Outline) -> Vec<(&Expr, &Expr)> {
    assigned_in(&outline.body)
}

/// The same for a block.
fn assigned_in(body: &[Stmt]) -> Vec<(&Expr, &Expr)> {
    let mut pairs = Vec::new();
    for stmt in statements(body) {
        if let StmtKind::Assign { targets, value } = &stmt.kind {
            pairs.extend(targets.iter().map(|target| (target, value)));
        }
    }
    pairs
}

/// The statements of a block and of all blocks in it, functions and classes included.
fn statements(body: &[Stmt]) -> Vec<&Stmt> {
    let mut all = Vec::new();
    for stmt in body {
        all.push(stmt);
        match &stmt.kind {
            StmtKind::Function(function) => all.extend(statements(&function.body)),
            StmtKind::Class(class) => all.extend(statements(&class.body)),
            _ => stmt.blocks().into_iter().for_each(|block| all.extend(statements(block))),
        }
    }
    all
}
