//! The story on stderr: what was found, what is recommended, what is left to the user, what next. Read [`Story`] first.
//! Lines fit a terminal of 80 columns where the user's own names let them; a place is `path:line`, which terminals open.
#![allow(clippy::print_stderr, reason = "this is where the program speaks")]

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Style};
use changeset::Changeset;
use planner::catalogue::Feature;
use planner::facts::{Facts, Ground, Location, Need, location};
use planner::{Diagnostic, Fix, Severity};
use python_project::Problem;
use python_project::process::{Origin, Process};

use super::columns::{Row, listed, table};
use super::quoted;
use crate::arguments::FixArguments;
use crate::inspection::{Inspection, Outcome};

/// What the story is told from.
pub(crate) struct Story<'a> {
    /// What was read.
    pub inspection: &'a Inspection,
    /// What the user typed.
    pub arguments: &'a FixArguments,
}

/// Tells what was found and what is recommended.
pub(crate) fn story(story: &Story<'_>) {
    let told = story.inspection.outcomes.iter().filter(|outcome| {
        !outcome.facts.processes.is_empty() || findings(outcome).next().is_some() || outcome.plan.fix.is_some()
    });
    let mut any = false;
    for outcome in told {
        any = true;
        project(story, outcome);
        anstream::eprintln!();
    }
    if !any {
        anstream::eprintln!(
            "no process of a known framework found below `{}`\n  point at the file that starts the program: sentry-codemod path/to/main.py",
            story.inspection.workspace.root().display()
        );
    }
    story.inspection.workspace.unreadable().iter().chain(&story.inspection.problems).for_each(warning);
    for (file, problem) in story.inspection.workspace.broken() {
        let diagnostics = story.inspection.outcomes.iter().flat_map(findings);
        let mut places = diagnostics.filter_map(|diagnostic| diagnostic.place.as_ref());
        if !places.any(|place| place.path == story.inspection.workspace.path(file)) {
            warning(&problem);
        }
    }
}

fn warning(problem: &Problem) {
    anstream::eprintln!("warning: {problem}");
    if let Some(help) = &problem.help {
        anstream::eprintln!("  help: {help}");
    }
}

fn project(story: &Story<'_>, outcome: &Outcome) {
    heading(story, outcome);
    let mut rows = processes(story, &outcome.facts);
    rows.extend(objects(story, &outcome.facts));
    rows.push(Row::new("sentry", sentry(&outcome.facts)));
    if outcome.plan.fix.is_some() {
        rows.extend(sites(story, outcome));
        rows.extend(recommendation(story, outcome));
    }
    table(&rows);
    findings(outcome).for_each(finding);
}

/// What this run tells of the findings.
fn findings(outcome: &Outcome) -> impl Iterator<Item = &Diagnostic> {
    outcome.plan.diagnostics.iter().filter(|found| found.is_told_by_main_run())
}

/// `shop  Flask 3.1, Celery 5.7  pyproject.toml (uv)`
fn heading(story: &Story<'_>, outcome: &Outcome) {
    let facts = &outcome.facts;
    let systems = facts.systems.iter().map(|used| {
        let name = &story.inspection.catalogue.systems[used.system].name;
        used.version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}"))
    });
    let libraries = facts.libraries.iter().map(|library| story.inspection.catalogue.libraries[*library].name.clone());
    let used: Vec<String> = systems.chain(libraries).collect();
    let manifest = outcome.plan.manifest.as_ref().map(|manifest| {
        let tool = manifest.tool.as_ref().map(|tool| format!(" ({tool})")).unwrap_or_default();
        format!("{}{tool}", manifest.path.display())
    });
    let parts = [facts.name(&story.inspection.workspace), Some(used.join(", ")), manifest];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let style = Style::new().bold();
    anstream::eprintln!("{style}{}{style:#}", parts.join("   "));
}

/// A row for each kind of process that has to report, and one for all others.
fn processes(story: &Story<'_>, facts: &Facts) -> Vec<Row> {
    let (required, optional): (Vec<_>, Vec<_>) =
        facts.processes.iter().zip(&facts.needs).partition(|(_, need)| **need == Need::Required);
    let mut kinds: Vec<(Row, Vec<Location>, usize)> = Vec::new();
    for (process, _) in required {
        let built = built(story, process);
        // Ten workers of one program for ten queues are one kind.
        let same = kinds.iter_mut().find(|(row, known, _)| {
            !built.is_empty() && *known == built && row.first_words(2) == Row::words_of(&process.command, 2)
        });
        match same {
            Some((_, _, more)) => *more += 1,
            None => kinds.push((process_row(process), built, 0)),
        }
    }
    let mut rows: Vec<Row> = kinds.into_iter().map(|(row, _, more)| row.and_more(more)).collect();
    rows.extend(facts.bare.iter().map(|command| {
        Row::with_place(&command.name, &command.command, format!("{}:{}", command.path.display(), command.line))
    }));
    let others: BTreeSet<String> = optional.iter().map(|(process, _)| found_at(story, process)).collect();
    if !others.is_empty() {
        rows.push(Row::new("also found", listed("", others)));
    }
    rows
}

fn process_row(process: &Process) -> Row {
    let origin = match &process.origin {
        Origin::Declared { path, line, .. } => format!("{}:{line}", path.display()),
        Origin::Conventional => "by its name".to_owned(),
        Origin::Inferred => "likely".to_owned(),
        Origin::Pointed => "as you said".to_owned(),
    };
    Row::with_place(&process.name, &process.command, origin)
}

/// The line that declares the process, else its own file.
fn found_at(story: &Story<'_>, process: &Process) -> String {
    match &process.origin {
        Origin::Declared { path, line, .. } => format!("{}:{line}", path.display()),
        Origin::Conventional | Origin::Inferred | Origin::Pointed => {
            story.inspection.workspace.path(process.entry).display().to_string()
        }
    }
}

fn built(story: &Story<'_>, process: &Process) -> Vec<Location> {
    process
        .trace
        .built()
        .map(|(_, event)| location(&story.inspection.workspace, event.file, event.span.start))
        .collect()
}

/// Where the objects are built that init has to come before.
fn objects(story: &Story<'_>, facts: &Facts) -> Vec<Row> {
    let row = |used: &planner::facts::SystemUse| {
        let name = &story.inspection.catalogue.systems[used.system].name;
        let built = !used.places.is_empty();
        built.then(|| Row::new("builds", listed(&format!("{name} at "), used.places.iter().map(place))))
    };
    facts.systems.iter().filter_map(row).collect()
}

fn sentry(facts: &Facts) -> String {
    let version = &facts.sdk.version;
    let started = facts.started.first().map(|init| format!("; started at {}", place(&init.place))).unwrap_or_default();
    match &facts.sdk.ground {
        Ground::Chosen => format!("written for sentry-sdk {version}, as you said{started}"),
        Ground::Locked(path) => format!("sentry-sdk {version} by {}{started}", path.display()),
        Ground::Declared { path, line, specifier } => {
            format!("sentry-sdk{specifier} at {}:{line}{started}", path.display())
        }
        Ground::Newest if facts.started.is_empty() => {
            format!("not there yet; written for sentry-sdk {version}, the newest known")
        }
        Ground::Newest => started.trim_start_matches("; ").to_owned(),
    }
}

/// Where init goes, and which processes run it there.
fn sites(story: &Story<'_>, outcome: &Outcome) -> Vec<Row> {
    let facts = &outcome.facts;
    let row = |site: &planner::placement::InitSite| {
        let Ok(module) = story.inspection.workspace.module(site.block.file) else { return None };
        let body = planner::placement::body_of(&module.outline, site.block);
        let before = site.position.checked_sub(1).and_then(|number| body.get(number));
        let after = before.map_or(0, |stmt| stmt.span.end);
        let names: BTreeSet<String> =
            site.processes.iter().map(|number| facts.processes[*number].name.clone()).collect();
        let at = place(&location(&story.inspection.workspace, site.block.file, after));
        Some(Row::new("init", listed(&format!("{at} for "), names)))
    };
    outcome.plan.sites.iter().filter_map(row).collect()
}

fn recommendation(story: &Story<'_>, outcome: &Outcome) -> Vec<Row> {
    let feature = |number: usize| -> &Feature { &story.inspection.catalogue.features[number] };
    let recommended = outcome.recommendation.features.iter().map(|recommended| {
        let title = &feature(recommended.feature).title;
        // What every project has needs no reason.
        match feature(recommended.feature).when {
            planner::catalogue::When::Used if !recommended.because_of.is_empty() => {
                format!("{title} ({})", recommended.because_of.join(", "))
            }
            _ => title.clone(),
        }
    });
    let recommended: Vec<String> = recommended.collect();
    let mut rows = vec![Row::new("recommended", recommended.join(", "))];
    let offered: Vec<&str> =
        outcome.recommendation.offered.iter().map(|number| feature(*number).name.as_str()).collect();
    if !offered.is_empty() {
        rows.push(Row::new("offered", format!("{}; add: --with {}", offered.join(", "), offered.join(","))));
    }
    rows.push(match story.arguments.choices.choices().pii {
        Some(false) => Row::new("will be sent", "nothing that identifies people".to_owned()),
        _ => Row::new("will be sent", "users, headers, bodies, SQL; secrets filtered; none: --no-pii".to_owned()),
    });
    rows
}

fn finding(diagnostic: &Diagnostic) {
    let style = style_of(diagnostic.severity);
    anstream::eprintln!(
        "{style}{}[{}]{style:#}: {}",
        diagnostic.severity,
        diagnostic.code.as_str(),
        diagnostic.message
    );
    if let Some(at) = &diagnostic.place {
        anstream::eprintln!("  --> {}:{}", place(at), at.column);
    }
    if !diagnostic.help.is_empty() {
        anstream::eprintln!("  help: {}", diagnostic.help);
    }
}

fn style_of(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

fn place(location: &Location) -> String {
    format!("{}:{}", location.path.display(), location.line)
}

/// Tells what is left to the user, and what to do next.
pub(crate) fn ending(story: &Story<'_>, changeset: &Changeset) {
    left_to_user(story, changeset);
    let files = changeset.changes().len();
    if files == 0 {
        anstream::eprintln!("nothing to change");
        return;
    }
    let (files, them) = if files == 1 { ("1 file".to_owned(), "it") } else { (format!("{files} files"), "them") };
    anstream::eprintln!("{files} would change; write {them}: {}", the_same_with_apply());
}

/// What is held back, and the commands that refresh what is generated from the changed files.
pub(crate) fn left_to_user(story: &Story<'_>, changeset: &Changeset) {
    let fixes = || story.inspection.outcomes.iter().flat_map(|outcome| outcome.plan.fixes_of_main_run());
    let is_held_back = |fix: &&Fix| !fix.is_allowed(story.arguments.unsafe_fixes);
    for (requirement, path) in fixes().filter(is_held_back).filter_map(|fix| fix.requirement.as_ref()) {
        anstream::eprintln!(
            "held back: `{requirement}` in {} moves a version somebody chose; with --unsafe-fixes it is changed",
            path.display()
        );
    }
    let commands = fixes().filter(|fix| !is_held_back(fix)).flat_map(|fix| &fix.commands);
    let commands: BTreeSet<&String> = commands.collect();
    for command in commands.into_iter().filter(|_| !changeset.is_empty()) {
        anstream::eprintln!("left to you: {command}");
    }
}

/// The command that was typed, as one that writes.
fn the_same_with_apply() -> String {
    let typed =
        std::env::args().skip(1).filter(|word| !matches!(word.as_str(), "--dry-run" | "--check" | "--exit-zero"));
    let quoted = typed.map(|word| quoted(&word));
    let words: Vec<String> = std::iter::once("sentry-codemod --apply".to_owned()).chain(quoted).collect();
    words.join(" ")
}
