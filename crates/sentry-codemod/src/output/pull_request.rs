//! Title and body of a pull request for the change, so that a robot need not think of words. Read [`pull_request`] first.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use planner::Fix;

use super::document::{PullRequest, Status};
use super::findings::Run;
use crate::inspection::Outcome;
use crate::text::slashed;

/// What the change does, what it starts to send, what is left to do, and how to look at it.
pub(super) fn pull_request(run: &Run<'_>) -> PullRequest {
    let mut body = String::new();
    let changed: Vec<(&Outcome, &Fix)> = run.changed().collect();
    for (outcome, fix) in &changed {
        let name = outcome.facts.name(&run.inspection.workspace).filter(|_| changed.len() > 1);
        if let Some(name) = name {
            // Writing to a String does not fail.
            _ = writeln!(body, "## {name}\n");
        }
        body.push_str(&of_project(run, outcome, fix));
        body.push('\n');
    }
    body.push_str(&left_to_do(run, &changed));
    _ = writeln!(
        body,
        "\nMade by `sentry-codemod` {}; `sentry-codemod undo` takes it back where it was applied.",
        env!("CARGO_PKG_VERSION")
    );
    PullRequest { title: "Report errors to Sentry".to_owned(), body }
}

/// The paragraph of one project.
fn of_project(run: &Run<'_>, outcome: &Outcome, fix: &Fix) -> String {
    let mut text = String::new();
    for site in &outcome.plan.sites {
        let Some(place) = site.place(&run.inspection.workspace) else { continue };
        let names: BTreeSet<String> = outcome.facts.names_of(&site.processes).into_iter().collect();
        let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
        _ = writeln!(text, "- `{}` starts Sentry for {}.", slashed(&place.path), names.join(", "));
    }
    if let Some((requirement, path)) = &fix.requirement {
        _ = writeln!(text, "- `{}` asks for `{requirement}`.", slashed(path));
    }
    let features = outcome.recommendation.features.iter();
    let features = features.map(|recommended| run.inspection.catalogue.features[recommended.feature].title.as_str());
    _ = writeln!(text, "- Switched on: {}.", features.collect::<Vec<_>>().join(", "));
    let sent = if outcome.settings.choices.pii == Some(false) {
        "Nothing that identifies people is sent."
    } else {
        "Users, headers, bodies and queries are sent, secrets filtered; `--no-pii` sends none of them."
    };
    _ = writeln!(text, "- {sent}");
    text
}

/// What the reviewer does by hand.
fn left_to_do(run: &Run<'_>, changed: &[(&Outcome, &Fix)]) -> String {
    let commands: BTreeSet<&String> = changed.iter().flat_map(|(_, fix)| &fix.commands).collect();
    let mut text = String::from("To do:\n\n");
    for command in commands {
        _ = writeln!(text, "- [ ] Run `{command}`.");
    }
    text.push_str("- [ ] Set `SENTRY_DSN` where the programs run; without it Sentry stays silent.\n");
    for finding in run.findings().iter().filter(|finding| finding.status == Status::ByHand) {
        let diagnostic = &finding.diagnostic;
        let at = diagnostic.place.as_ref().map(|place| format!(" (`{}:{}`)", slashed(&place.path), place.line));
        _ = writeln!(text, "- [ ] {}{}: {}", diagnostic.message, at.unwrap_or_default(), diagnostic.help);
    }
    text
}
