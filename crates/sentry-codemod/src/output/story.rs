//! The story on stderr: what was found, what is recommended and why, what is left to the user. Read [`Story`] first.
#![allow(clippy::print_stderr, reason = "this is where the program speaks")]

use changeset::Changeset;
use planner::catalogue::{Feature, When};
use planner::facts::{Facts, Ground, Need};
use planner::{Catalogue, Diagnostic};
use python_project::process::{Origin, Process};
use python_project::{Problem, Workspace};

use crate::arguments::Arguments;
use crate::run::Outcome;

/// What the story is told from.
pub struct Story<'a> {
    /// The rules.
    pub catalogue: &'a Catalogue,
    /// The tree.
    pub workspace: &'a Workspace,
    /// The projects.
    pub outcomes: &'a [Outcome],
    /// Deployment files that could not be read.
    pub problems: &'a [Problem],
    /// What the user typed.
    pub arguments: &'a Arguments,
}

/// Tells what was found and what is recommended.
pub fn story(story: &Story<'_>, _changeset: &Changeset) {
    let told = story
        .outcomes
        .iter()
        .filter(|outcome| !outcome.facts.processes.is_empty() || !outcome.plan.diagnostics.is_empty());
    let mut any = false;
    for outcome in told {
        any = true;
        project(story, outcome);
    }
    if !any {
        anstream::eprintln!(
            "no process of a known framework found below `{}`\n  point at the file that starts the program: sentry-codemod path/to/main.py",
            story.workspace.root().display()
        );
    }
    let unreadable = story.workspace.unreadable().iter().chain(story.problems);
    for problem in unreadable {
        anstream::eprintln!("warning: {problem}");
        if let Some(help) = &problem.help {
            anstream::eprintln!("  help: {help}");
        }
    }
    for (file, problem) in story.workspace.broken() {
        let told = story.outcomes.iter().flat_map(|outcome| &outcome.plan.diagnostics);
        let told = told
            .filter_map(|diagnostic| diagnostic.place.as_ref())
            .any(|place| place.path == story.workspace.path(file));
        if !told {
            anstream::eprintln!("warning: {problem}");
            if let Some(help) = &problem.help {
                anstream::eprintln!("  help: {help}");
            }
        }
    }
}

fn project(story: &Story<'_>, outcome: &Outcome) {
    let facts = &outcome.facts;
    let systems: Vec<String> = facts
        .systems
        .iter()
        .map(|used| {
            let name = &story.catalogue.systems[used.system].name;
            used.version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}"))
        })
        .chain(facts.libraries.iter().map(|library| story.catalogue.libraries[*library].name.clone()))
        .collect();
    let manifest =
        outcome.plan.fix.as_ref().and_then(|fix| fix.requirement.as_ref()).map(|(_, path)| path.display().to_string());
    anstream::eprintln!("{}   {}   {}", facts.name(story.workspace), systems.join(", "), manifest.unwrap_or_default());
    let rows: Vec<[String; 4]> =
        facts.processes.iter().zip(&facts.needs).map(|(process, need)| process_row(story, process, *need)).collect();
    table(&rows);
    anstream::eprintln!("  {:<12} {}", "sentry", sentry(facts));
    if !facts.processes.is_empty() && outcome.plan.fix.is_some() {
        recommendation(story, outcome);
    }
    for diagnostic in &outcome.plan.diagnostics {
        finding(diagnostic);
    }
    anstream::eprintln!();
}

fn process_row(story: &Story<'_>, process: &Process, need: Need) -> [String; 4] {
    let origin = match &process.origin {
        Origin::Declared { path, line, .. } => format!("{}:{line}", path.display()),
        Origin::Conventional => "by its name".to_owned(),
        Origin::Inferred => "likely".to_owned(),
    };
    let builds = process.trace.built().next().map(|(object, event)| {
        let place = planner::facts::location(story.workspace, event.file, event.span.start);
        format!("builds {} at {}:{}", story.catalogue.system(object).name, place.path.display(), place.line)
    });
    let optional = if need == Need::Optional { " (optional)" } else { "" };
    [process.name.clone(), process.command.clone(), origin, builds.unwrap_or_default() + optional]
}

/// Columns as wide as their widest word, within reason.
fn table(rows: &[[String; 4]]) {
    const WIDEST: usize = 44;
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(WIDEST);
    let (name, command, origin) = (width(0).max(12), width(1), width(2));
    for [a, b, c, d] in rows {
        anstream::eprintln!("  {a:<name$} {b:<command$}  {c:<origin$}  {d}");
    }
}

fn sentry(facts: &Facts) -> String {
    let version = &facts.sdk.version;
    match &facts.sdk.ground {
        Ground::Chosen => format!("written for sentry-sdk {version}, as you said"),
        Ground::Locked(path) => format!("sentry-sdk {version} by {}", path.display()),
        Ground::Declared { path, line, specifier } => {
            format!("sentry-sdk{specifier} at {}:{line}; written for {version}", path.display())
        }
        Ground::Newest if facts.started.is_empty() => {
            format!("not there yet; written for sentry-sdk {version}, the newest known")
        }
        Ground::Newest => {
            format!("started at {}:{}", facts.started[0].place.path.display(), facts.started[0].place.line)
        }
    }
}

fn recommendation(story: &Story<'_>, outcome: &Outcome) {
    let feature = |number: usize| -> &Feature { &story.catalogue.features[number] };
    for (number, recommended) in outcome.recommendation.features.iter().enumerate() {
        let feature = feature(recommended.feature);
        let because = if recommended.because_of.is_empty() {
            String::new()
        } else {
            format!(" ({})", recommended.because_of.join(", "))
        };
        let label = if number == 0 { "recommended" } else { "" };
        anstream::eprintln!("  {label:<12} {:<10} {}{because}", feature.title, feature.reason);
    }
    let offered: Vec<&str> =
        outcome.recommendation.offered.iter().map(|number| feature(*number).name.as_str()).collect();
    if !offered.is_empty() {
        anstream::eprintln!("  {:<12} {}   add: --with {}", "offered", offered.join(", "), offered.join(","));
    }
    let sends = match story.arguments.choices().pii {
        Some(false) => "nothing that identifies people",
        _ => "user, cookies, headers, bodies, SQL, sensitive keys filtered   none of it: --no-pii",
    };
    anstream::eprintln!("  {:<12} {sends}", "will be sent");
}

fn finding(diagnostic: &Diagnostic) {
    let place =
        diagnostic.place.as_ref().map(|place| format!(" {}:{}:{}:", place.path.display(), place.line, place.column));
    anstream::eprintln!(
        "  {}[{}]:{} {}",
        diagnostic.severity,
        diagnostic.code.as_str(),
        place.unwrap_or_default(),
        diagnostic.message
    );
    if !diagnostic.help.is_empty() {
        anstream::eprintln!("    help: {}", diagnostic.help);
    }
}

/// Tells what to do next.
pub fn ending(story: &Story<'_>, changeset: &Changeset) {
    let commands = story.outcomes.iter().filter_map(|outcome| outcome.plan.fix.as_ref()).flat_map(|fix| &fix.commands);
    let commands: Vec<&str> = commands.map(String::as_str).collect();
    let held_back =
        story.outcomes.iter().filter(|outcome| outcome.plan.fix.as_ref().is_some_and(|fix| fix.is_unsafe)).count();
    if held_back > 0 && !story.arguments.unsafe_fixes {
        anstream::eprintln!(
            "{held_back} change(s) held back because they move a version somebody chose: --unsafe-fixes shows them"
        );
    }
    match changeset.changes().len() {
        0 => anstream::eprintln!("nothing to change"),
        1 => anstream::eprintln!("1 file would change       write it: sentry-codemod --apply"),
        count => anstream::eprintln!("{count} files would change     write them: sentry-codemod --apply"),
    }
    if !commands.is_empty() && !changeset.is_empty() {
        anstream::eprintln!("left to you: `{}`", commands.join("`, `"));
    }
}
