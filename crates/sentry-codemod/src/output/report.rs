//! The doctor's findings as people read them, and what to do about them. Read [`findings`] first.
#![allow(clippy::print_stderr, reason = "this is where the program speaks")]

use std::fmt::Write as _;

use planner::{Applicability, Severity};

use super::document::Status;
use super::findings::{Ending, Finding, Run};
use super::story::{lines_of_finding, warnings};
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
    Some(match (fix.applicability, run.ending) {
        (Applicability::DisplayOnly, _) => "by hand, as the help says",
        (_, Ending::Written(_)) => "another change of the same lines went first; run this again",
        (Applicability::Safe, _) => "--fix makes it",
        (Applicability::Unsafe, _) => "--fix --unsafe-fixes makes it; look at the diff first",
    })
}

/// Sums up on stderr: how much was found, what was written, what to do next.
pub(crate) fn diagnosis(run: &Run<'_>) {
    warnings(run);
    if let Ending::Written(applied) = run.ending {
        applied.files.iter().for_each(|path| anstream::eprintln!("wrote {}", path.display()));
    }
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
        [] => anstream::eprintln!("nothing is wrong"),
        counts => anstream::eprintln!("{}", counts.join(", ")),
    }
    let fixable = open.iter().filter(|finding| finding.status == Status::Skipped).count();
    if matches!(run.ending, Ending::Shown) && fixable > 0 {
        anstream::eprintln!("{fixable} can be mended: see the change with --diff, make it with --fix");
    }
}
