//! What is wrong with the Sentry that a project has: one file for each family of findings. Read [`Checkup`] first, then [`doctor`].
//! Nothing is read from the disk and nothing decided about placement here: facts, recommendation and plan are there already.

mod missing;

use std::path::Path;
use std::rc::Rc;

use changeset::Edit;
use python_project::{Module, Workspace};
use python_source::{CallArguments, ImportLine, ImportStyle, ParsedModule, call_arguments, insert_imports};

use crate::catalogue::Catalogue;
use crate::choices::Choices;
use crate::diagnostic::Diagnostic;
use crate::facts::{ExistingInit, Facts};
use crate::fix::{Applicability, FileEdits, Fix, Keeps};
use crate::plan::Plan;
use crate::recommend::Recommendation;

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

/// A call that starts the SDK, read.
pub struct Init<'a> {
    /// Where it stands and which processes run it.
    pub existing: &'a ExistingInit,
    /// Its module.
    pub module: Rc<Module>,
    /// The same with all its tokens, for edits.
    pub parsed: ParsedModule,
    /// What the call is given.
    pub arguments: CallArguments,
}

/// A check: what it finds.
type Check = fn(&Checkup<'_>) -> Vec<Diagnostic>;

/// All checks, in the order of the reference.
const CHECKS: &[Check] = &[missing::missing];

/// Everything that is wrong. What comments in the sources do not want to hear is left out later, with the plan's own findings.
pub fn doctor(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    CHECKS.iter().flat_map(|check| check(checkup)).collect()
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

impl<'a> Init<'a> {
    fn read(workspace: &Workspace, existing: &'a ExistingInit) -> Option<Self> {
        let module = workspace.module(existing.file).ok()?;
        let parsed = python_source::parse(&module.source).ok()?;
        let arguments = call_arguments(&parsed, &existing.span)?;
        Some(Self { existing, module, parsed, arguments })
    }

    /// The line and column behind the call.
    pub fn end(&self) -> (usize, usize) {
        self.module.source.line_column(self.existing.span.end)
    }
}
