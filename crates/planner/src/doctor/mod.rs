//! What is wrong with the Sentry that a project has: one file for each family of findings. Read [`Checkup`] first, then [`doctor`].
//! Nothing is read from the disk and nothing decided about placement here: facts, recommendation and plan are there already.

mod dsn;
mod logs;
mod names;
mod options;
mod privacy;
mod releases;
mod successors;
mod tracing;
mod without_init;

use std::path::Path;
use std::rc::Rc;

use changeset::Edit;
use python_project::{Module, Workspace};
use python_source::outline::{Expr, ExprKind, Span};
use python_source::{
    CallArguments, ImportLine, ImportStyle, Keyword, ParsedModule, call_arguments, display_items, insert_imports,
};

use crate::catalogue::Catalogue;
use crate::choices::Choices;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{ExistingInit, Facts, Ground, Location};
use crate::fix::{Applicability, FileEdits, Fix, Keeps};
use crate::plan::Plan;
use crate::recommend::Recommendation;
use crate::requirement::Requirement;

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
const CHECKS: &[Check] = &[
    without_init::without_init,
    dsn::dsn,
    options::options,
    privacy::privacy,
    logs::logs,
    tracing::tracing,
    names::names,
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

    /// A finding at a part of the call.
    pub fn finding(&self, code: Code, span: &Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        let (line, column) = self.module.source.line_column(span.start);
        let place = Location { path: self.existing.place.path.clone(), line, column };
        Diagnostic::new(code, message, help).at(place).to(self.module.source.line_column(span.end))
    }

    /// The keyword argument of that name, when it is written in the call.
    pub fn keyword(&self, name: &str) -> Option<&Keyword> {
        self.arguments.keyword(name)
    }

    /// Whether arguments come from elsewhere, so that nobody can say what is missing.
    pub fn is_open(&self) -> bool {
        let unknown = |given: &Expr| matches!(given.kind, ExprKind::Starred(_) | ExprKind::Dict(_));
        self.arguments.unpacked().next().is_some() || self.arguments.positional.iter().any(unknown)
    }

    /// The text of a part of the file.
    pub fn text(&self, span: &Span) -> &str {
        &self.module.source.text()[span.clone()]
    }

    /// The whole argument, with the parentheses around its value.
    fn whole(&self, keyword: &Keyword) -> Span {
        let items = &self.arguments.items.spans;
        items.iter().find(|span| span.contains(&keyword.span.start)).unwrap_or(&keyword.span).clone()
    }

    /// The edit that puts another argument in the place of this one.
    pub fn replaced(&self, keyword: &Keyword, text: &str) -> Option<Vec<Edit>> {
        Some(vec![self.module.source.edit(self.whole(keyword), text)?])
    }

    /// The edit that gives the argument another name.
    pub fn renamed(&self, keyword: &Keyword, name: &str) -> Option<Vec<Edit>> {
        let old = keyword.name.as_ref()?;
        Some(vec![self.module.source.edit(keyword.span.start..keyword.span.start + old.len(), name)?])
    }

    /// The edits that take the argument away.
    pub fn without(&self, keyword: &Keyword) -> Option<Vec<Edit>> {
        self.arguments.without(&self.module.source, keyword)
    }

    /// The edits that add an argument.
    pub fn with(&self, argument: &str) -> Option<Vec<Edit>> {
        self.arguments.items.with(&self.module.source, argument)
    }

    /// The white space that the line of an offset begins with.
    pub fn indentation_of_line(&self, at: usize) -> &str {
        let text = self.module.source.text();
        let start = text[..at].rfind(['\n', '\r']).map_or(0, |newline| newline + 1);
        &text[start..text.len() - text[start..].trim_start_matches([' ', '\t']).len()]
    }

    /// The white space before a further argument.
    pub fn indentation_of_arguments(&self) -> &str {
        let last = self.arguments.items.spans.last().map_or(self.existing.span.start, |last| last.start);
        self.indentation_of_line(last)
    }

    /// The edits that put another argument behind this one: on its line, or on a line of its own where this one has one.
    pub fn beside(&self, keyword: &Keyword, argument: &str) -> Option<Vec<Edit>> {
        let whole = self.whole(keyword);
        let indentation = self.indentation_of_line(whole.start);
        let line_start = whole.start - indentation.len();
        let begins_line = self.module.source.text()[..whole.start].ends_with(indentation)
            && (line_start == 0 || self.module.source.text()[..line_start].ends_with(['\n', '\r']));
        let between = if begins_line { format!(",{}{indentation}", self.newline()) } else { ", ".to_owned() };
        Some(vec![self.module.source.edit(whole.end..whole.end, &format!("{between}{argument}"))?])
    }

    /// The line break of the file.
    pub fn newline(&self) -> &'static str {
        if self.module.source.text().contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The edits that add an item to the list of integrations; `None` where that is no display.
    pub fn with_integration(&self, item: &str) -> Option<Vec<Edit>> {
        let list = &self.keyword("integrations")?.value;
        display_items(&self.parsed, &list.span)?.with(&self.module.source, item)
    }
}
