//! What a run says to machines, finding by finding, with what became of each: the ground of the JSON, SARIF and GitHub forms.
//! Read [`Run`], then [`Finding`].

use std::path::{Path, PathBuf};

use changeset::{Applied, ApplyError, Changeset};
use planner::fix::{Applicability, FileEdits};
use planner::{Code, Diagnostic, Fix, Location};
use python_project::Problem;

use super::document::Status;
use crate::arguments::Verbosity;
use crate::inspection::{Inspection, Outcome};
use crate::text::line_column;

/// A run that has come to its end.
pub(crate) struct Run<'a> {
    /// What was read and planned.
    pub inspection: &'a Inspection,
    /// The change, without what is held back.
    pub changeset: &'a Changeset,
    /// Fixes that have to wait for another run, because others change the same bytes.
    pub waiting: &'a [&'a Fix],
    /// Which findings the command tells.
    pub is_told: fn(&Diagnostic) -> bool,
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
        let mut findings = Vec::new();
        if let Some(fix) = &outcome.plan.fix {
            let (status, reason) = self.status_of(outcome, fix);
            let finding = |diagnostic| Finding { diagnostic, status, reason: reason.clone(), fix: Some(fix) };
            findings.extend(self.mended(outcome, fix).into_iter().map(finding));
        }
        findings.extend(self.told(outcome).map(|diagnostic| {
            let fix = diagnostic.fix.as_ref().filter(|fix| fix.applicability != Applicability::DisplayOnly);
            let (status, reason) = fix.map_or((Status::ByHand, None), |fix| self.status_of(outcome, fix));
            Finding { diagnostic: diagnostic.clone(), status, reason, fix: diagnostic.fix.as_ref() }
        }));
        findings
    }

    /// The findings of a project that the command tells.
    pub(crate) fn told<'a>(&self, outcome: &'a Outcome) -> impl Iterator<Item = &'a Diagnostic> + use<'a> {
        let is_told = self.is_told;
        outcome.plan.diagnostics.iter().filter(move |diagnostic| is_told(diagnostic))
    }

    /// The projects that get Sentry by the change.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&Outcome, &Fix)> {
        let fixes = self.inspection.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.plan.fix.as_ref()?)));
        fixes.filter(|(outcome, fix)| fix.is_allowed(outcome.settings.unsafe_fixes))
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

    /// What became of a change, and why it is not made.
    fn status_of(&self, outcome: &Outcome, fix: &Fix) -> (Status, Option<String>) {
        if !fix.is_allowed(outcome.settings.unsafe_fixes) {
            let reason =
                "it may not be what was meant, or moves a version that somebody chose; --unsafe-fixes makes it";
            return (Status::Blocked, Some(reason.to_owned()));
        }
        if self.waiting.iter().any(|waiting| std::ptr::eq(*waiting, fix)) {
            return (Status::Skipped, Some("another change touches the same lines; run it once more".to_owned()));
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
        for site in &outcome.plan.sites {
            let Some(place) = site.place(workspace) else { continue };
            let message = format!("{} without Sentry", processes(&outcome.facts.names_of(&site.processes)));
            mended.push(error(
                Code::MissingInit,
                place,
                message,
                "call `sentry_sdk.init()` below this line".to_owned(),
            ));
        }
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

/// ``process `web` starts``, ``processes `web`, `worker` start``
fn processes(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [one] => format!("process {one} starts"),
        _ => format!("processes {} start", quoted.join(", ")),
    }
}
