//! What comes after the wizard has written: how to prove it, to take it back, and to do the same without questions. Read [`next_steps`] first.
#![allow(clippy::print_stderr, reason = "this is where the program speaks")]

use planner::facts::Need;
use python_project::process::Origin;

use super::findings::Run;
use crate::inspection::Outcome;

/// Tells what is left to do, and the command that does without questions what the answers did.
pub(crate) fn next_steps(run: &Run<'_>, command: &str) {
    anstream::eprintln!();
    if run.inspection.outcomes.iter().any(|outcome| outcome.settings.choices.dsn.is_none()) {
        anstream::eprintln!("next: set SENTRY_DSN where the programs run; without it Sentry stays silent");
    }
    for command in commands(run) {
        anstream::eprintln!("start it, and see an error arrive: {command}");
    }
    anstream::eprintln!("take it back: sentry-codemod undo");
    anstream::eprintln!("the same without questions: {command}");
}

/// Tells that the user stopped in time.
pub(crate) fn nothing_written() {
    anstream::eprintln!("nothing was written");
}

/// The project's own commands that start Sentry now, one for each project.
fn commands<'a>(run: &'a Run<'_>) -> impl Iterator<Item = &'a str> {
    let first = |outcome: &'a Outcome| {
        let facts = &outcome.facts;
        let mut required = facts.processes.iter().zip(&facts.needs).filter(|(_, need)| **need == Need::Required);
        required
            .find(|(process, _)| matches!(process.origin, Origin::Declared { .. }))
            .map(|(process, _)| process.command.as_str())
    };
    run.changed().filter_map(move |(outcome, _)| first(outcome))
}
