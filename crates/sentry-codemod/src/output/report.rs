//! The doctor's findings as people read them, and what to do about them. Read [`findings`] first.

use std::fmt::Write as _;

use planner::{Applicability, Severity};

use super::document::Status;
use super::findings::{Ending, Finding, Run};
use super::story::{lines_of_finding, warnings};
use super::terminal::say;
use super::to_stdout_styled;

/// Prints what is found and not mended on stdout, the gravest first.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn findings(run: &Run<'_>) -> anyhow::Result<()> {
    let mut text = String::new();
    for finding in run.open_findings() {
        text.push_str(&lines_of_finding(&finding.diagnostic));
        if let Some(what) = about_fix(run, &finding) {
            // Writing to a String does not fail.
            _ = writeln!(text, "  fix: {what}");
        }
    }
    to_stdout_styled(&text)
}

/// Whether something mends the finding, and what is to be typed for it.
fn about_fix(run: &Run<'_>, finding: &Finding<'_>) -> Option<&'static str> {
    let fix = finding.fix?;
    Some(match fix.applicability {
        Applicability::DisplayOnly => "by hand, as the help says",
        _ if run.waits(fix) => "another change of the same lines goes first; run this again",
        Applicability::Safe => "--fix makes it",
        Applicability::Unsafe => "--fix --unsafe-fixes makes it; look at the diff first",
    })
}

/// Sums up on stderr: how much was found, what was written, what to do next.
pub(crate) fn diagnosis(run: &Run<'_>) {
    if run.is_quiet() {
        return;
    }
    warnings(run);
    if let Ending::Written(applied) = run.ending {
        applied.files.iter().for_each(|path| say!("wrote {}", path.display()));
    }
    without_sentry(run);
    let open = run.open_findings();
    let count = |severity| open.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts: Vec<String> = counts
        .iter()
        .map(|(severity, word)| (count(*severity), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}{}", if number == 1 { "" } else { "s" }))
        .collect();
    match counts.as_slice() {
        [] => say!("nothing is wrong"),
        counts => say!("{}", counts.join(", ")),
    }
    let fixable = open.iter().filter(|finding| finding.status == Status::Skipped).count();
    if matches!(run.ending, Ending::Shown) && fixable > 0 {
        say!("{fixable} can be mended: see the change with --diff, make it with --fix");
    }
}

/// Names the projects that were left alone because they have no Sentry at all.
fn without_sentry(run: &Run<'_>) {
    let inspection = run.inspection;
    let left = inspection.outcomes.iter().filter(|outcome| !inspection.judges(run.told, outcome));
    for outcome in left.filter(|outcome| !outcome.plan.sites.is_empty()) {
        let folder = inspection.workspace.root().join(&outcome.facts.project.folder);
        say!("no Sentry in {0}; see the change that sets it up: sentry-codemod {0}", folder.display());
    }
}
