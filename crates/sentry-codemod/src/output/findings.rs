//! What a run says to machines, finding by finding, with what became of each: the ground of the JSON, SARIF and GitHub forms.
//! Read [`Run`], then [`Finding`].

use std::path::{Path, PathBuf};

use changeset::{Applied, ApplyError, Changeset};
use planner::diagnostic::Stage;
use planner::fix::{Applicability, FileEdits, Fix};
use planner::{Code, Diagnostic, Location};
use python_project::Problem;

use super::document::Status;
use crate::arguments::Verbosity;
use crate::inspection::{Inspection, Outcome, Told};
use crate::text::line_column;

/// A run that has come to its end.
pub(crate) struct Run<'a> {
    /// What was read and planned.
    pub inspection: &'a Inspection,
    /// The change, without what is held back.
    pub changeset: &'a Changeset,
    /// Which findings are told.
    pub told: &'a Told,
    /// Changes that have to wait for another run, because an earlier one changes the same lines.
    pub waiting: Vec<&'a Fix>,
    /// What became of the change.
    pub ending: &'a Ending,
    /// How much is told.
    pub verbosity: Verbosity,
}

/// What became of a change.
#[derive(Debug)]
pub(crate) enum Ending {
    /// It was shown.
    Shown,
    /// It was written.
    Written(Applied),
    /// Files to be changed have changes that are not committed; nothing was written.
    Uncommitted(Vec<PathBuf>),
    /// It could not be written.
    Failed(ApplyError),
}

impl Ending {
    /// Why nothing was written though it should have been.
    pub(crate) fn error(&self) -> Option<anyhow::Error> {
        match self {
            Self::Shown | Self::Written(_) => None,
            Self::Uncommitted(files) => Some(anyhow::anyhow!("{}", uncommitted(files))),
            Self::Failed(error) => Some(anyhow::anyhow!("{error}")),
        }
    }
}

fn uncommitted(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|path| format!("`{}`", path.display())).collect();
    format!(
        "uncommitted changes in {}; nothing was written\n  commit or stash them, or say --allow-dirty",
        names.join(", ")
    )
}

/// A finding and what became of it.
#[derive(Debug)]
pub(crate) struct Finding<'a> {
    /// What is wrong, where, and what to do.
    pub diagnostic: Diagnostic,
    /// What became of it.
    pub status: Status,
    /// Why it is not fixed.
    pub reason: Option<String>,
    /// The change that mends it.
    pub fix: Option<&'a Fix>,
}

impl Run<'_> {
    /// Whether nothing but errors is told.
    pub(crate) fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Quiet
    }

    /// What the change of a project mends, and what is left to a person.
    pub(crate) fn findings_of<'a>(&self, outcome: &'a Outcome) -> Vec<Finding<'a>> {
        if !self.inspection.judges(self.told, outcome) {
            return Vec::new();
        }
        let mended = outcome.plan.fix.iter().flat_map(|fix| self.mended(outcome, fix));
        let all = outcome.plan.diagnostics.iter().cloned().chain(mended);
        let told = all.filter(|found| found.code.stage() == Stage::Planned || self.told.tells(found));
        let finding = |diagnostic: Diagnostic| match diagnostic.code.stage() {
            Stage::Planned => self.finding(outcome, diagnostic, outcome.plan.fix.as_ref()),
            Stage::Plan | Stage::Doctor => {
                let own = outcome.plan.diagnostics.iter().find(|found| **found == diagnostic);
                self.finding(outcome, diagnostic, own.and_then(|found| found.fix.as_ref()))
            }
        };
        told.map(finding).collect()
    }

    fn finding<'a>(&self, outcome: &Outcome, diagnostic: Diagnostic, fix: Option<&'a Fix>) -> Finding<'a> {
        let Some(fix) = fix else { return by_hand(diagnostic) };
        let (status, reason) = self.status_of(outcome, fix);
        Finding { diagnostic, status, reason, fix: Some(fix) }
    }

    /// The changes that are made, each with its project.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&Outcome, &Fix)> {
        self.fixes().filter(|(outcome, fix)| fix.is_allowed(outcome.settings.unsafe_fixes) && !self.waits(fix))
    }

    /// The changes that are held back.
    pub(crate) fn held_back(&self) -> impl Iterator<Item = &Fix> {
        self.fixes().filter(|(outcome, fix)| holds_back(outcome, fix)).map(|(_, fix)| fix)
    }

    fn fixes(&self) -> impl Iterator<Item = (&Outcome, &Fix)> {
        let outcomes = self.inspection.outcomes.iter().filter(|outcome| self.inspection.judges(self.told, outcome));
        outcomes.flat_map(|outcome| self.told.fixes_of(&outcome.plan).map(move |fix| (outcome, fix)))
    }

    /// Whether a change has to wait for another run.
    pub(super) fn waits(&self, fix: &Fix) -> bool {
        self.waiting.iter().any(|waiting| std::ptr::eq(*waiting, fix))
    }

    /// What concerns no single project.
    pub(crate) fn other_findings(&self) -> Vec<Finding<'static>> {
        unreadable(self.inspection)
    }

    /// All findings, project by project.
    pub(crate) fn findings(&self) -> Vec<Finding<'_>> {
        let of_projects = self.inspection.outcomes.iter().flat_map(|outcome| self.findings_of(outcome));
        of_projects.chain(self.other_findings()).collect()
    }

    /// Those of the projects that are still there after the run, the gravest first.
    pub(crate) fn open_findings(&self) -> Vec<Finding<'_>> {
        let of_projects = self.inspection.outcomes.iter().flat_map(|outcome| self.findings_of(outcome));
        let told =
            of_projects.filter(|finding| finding.status != Status::Fixed && self.told.wants(finding.diagnostic.code));
        let mut open: Vec<_> = told.collect();
        open.sort_by_key(|finding| finding.diagnostic.severity);
        open
    }

    /// What became of a change, and why it is not made.
    fn status_of(&self, outcome: &Outcome, fix: &Fix) -> (Status, Option<String>) {
        if holds_back(outcome, fix) {
            let reason = match fix.requirement {
                Some(_) => "it moves a version that somebody chose; --unsafe-fixes makes the change",
                None => "it may not be what was meant; --unsafe-fixes makes the change",
            };
            return (Status::Blocked, Some(reason.to_owned()));
        }
        if fix.applicability == Applicability::DisplayOnly {
            return (Status::ByHand, None);
        }
        if self.waits(fix) {
            return (Status::Skipped, Some("another change of the same lines goes first: run this again".to_owned()));
        }
        match self.ending {
            Ending::Shown => (Status::Skipped, Some("--apply writes the change".to_owned())),
            Ending::Written(_) => (Status::Fixed, None),
            Ending::Uncommitted(files) => (Status::Blocked, Some(uncommitted(files))),
            Ending::Failed(error) => (Status::Failed, Some(error.to_string())),
        }
    }

    /// What is wrong as long as the change is not made, for each file of it.
    fn mended(&self, outcome: &Outcome, fix: &Fix) -> Vec<Diagnostic> {
        let workspace = &self.inspection.workspace;
        let error = |code, place, message: String, help: String| Diagnostic::new(code, message, help).at(place);
        let mut mended = Vec::new();
        let sites: Vec<&Path> = outcome.plan.sites.iter().map(|site| workspace.path(site.block.file)).collect();
        for file in fix.files.iter().filter(|file| !sites.contains(&file.path.as_path())) {
            let place = self.first_edit(file);
            mended.push(match fix.requirement.as_ref().filter(|(_, path)| *path == file.path) {
                Some((text, _)) => {
                    let message = "the programs need sentry-sdk, and this file does not ask for it as they need it";
                    error(Code::MissingRequirement, place, message.to_owned(), format!("require `{text}`"))
                }
                None => {
                    let message = "without a change here Sentry is set up in part only".to_owned();
                    error(Code::MissingPart, place, message, "make the whole change, or none of it".to_owned())
                }
            });
        }
        for file in &fix.created {
            let place = Location { path: file.path.clone(), line: 1, column: 1 };
            let message = "without this file a process starts without Sentry".to_owned();
            mended.push(error(Code::MissingPart, place, message, "make the whole change, or none of it".to_owned()));
        }
        mended
    }

    /// Where the edits of a file begin.
    fn first_edit(&self, file: &FileEdits) -> Location {
        let text = self.inspection.workspace.read(&file.path).unwrap_or_default();
        let at = file.edits.iter().map(|edit| edit.range.start).min().unwrap_or(0);
        let (line, column) = line_column(&text, at);
        Location { path: file.path.clone(), line, column }
    }
}

/// Files that could not be read, whatever project they belong to.
pub(super) fn unreadable(inspection: &Inspection) -> Vec<Finding<'static>> {
    let finding = |problem: Problem| {
        let (line, column) = problem.position.unwrap_or((1, 1));
        let place = Location { path: problem.path, line, column };
        by_hand(Diagnostic::new(Code::UnreadableFile, problem.message, problem.help.unwrap_or_default()).at(place))
    };
    inspection.other_problems().into_iter().map(finding).collect()
}

fn by_hand<'a>(diagnostic: Diagnostic) -> Finding<'a> {
    Finding { diagnostic, status: Status::ByHand, reason: None, fix: None }
}

/// Whether a change is made only when the user says so, and the user does not.
fn holds_back(outcome: &Outcome, fix: &Fix) -> bool {
    fix.applicability == Applicability::Unsafe && !outcome.settings.unsafe_fixes
}
