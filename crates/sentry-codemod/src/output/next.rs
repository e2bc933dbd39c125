//! What comes after the wizard has written: how to prove it, to take it back, and to do the same without questions. Read [`next_steps`] first.

use std::path::Path;

use planner::Code;

use super::findings::Run;
use super::terminal::say;

/// Tells what is left to do, and what else of the project reports nothing.
pub(crate) fn next_steps(run: &Run<'_>) {
    say!("");
    if run.inspection.outcomes.iter().any(|outcome| outcome.settings.choices.dsn.is_none()) {
        say!("next: set SENTRY_DSN where the programs run; without it Sentry stays silent");
    }
    let findings = run.inspection.outcomes.iter().flat_map(|outcome| &outcome.plan.diagnostics);
    for frontend in findings.filter(|finding| finding.code == Code::FrontendWithoutSentry) {
        say!("next: {}\n  {}", frontend.message, frontend.help);
    }
}

/// Tells the command that shows whether a process reports.
pub(crate) fn proof(command: &str, folder: Option<&Path>) {
    let there = folder.map(|folder| format!("cd {} && ", folder.display())).unwrap_or_default();
    say!("prove it: {there}sentry-codemod verify -- {command}");
}

/// Tells the command that does without questions what the answers did.
pub(crate) fn the_same(command: &str) {
    say!("the same without questions: {command}");
}

/// Tells that the user stopped in time.
pub(crate) fn nothing_written() {
    say!("nothing was written");
}
