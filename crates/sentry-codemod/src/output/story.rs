//! The story on stderr: what was found, what is recommended, what is left to the user, what next. Read [`story`] first.
//! Lines fit a terminal of 80 columns where the user's own names let them; a place is `path:line`, which terminals open.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use planner::catalogue::Feature;
use planner::facts::{Facts, Ground, Location, Need, location};
use planner::{Diagnostic, Severity};
use python_project::Problem;
use python_project::process::{Origin, Process};

use super::columns::{Row, lines_of, listed};
use super::findings::{Ending, Run};
use super::terminal::{say, visible};
use super::to_stdout;
use crate::arguments::Verbosity;
use crate::inspection::{Inspection, Outcome};
use crate::text::quoted;

/// Tells what was found and what is recommended.
pub(crate) fn story(run: &Run<'_>) {
    if run.is_quiet() {
        return;
    }
    let mut any = false;
    for outcome in told(run) {
        any = true;
        project(run, outcome).iter().for_each(|line| say!("{line}"));
        findings(run, outcome).for_each(|found| say!("{}", lines_of_finding(found).trim_end()));
        say!("");
    }
    if !any {
        say!("{}", nothing_found(run.inspection));
    }
    warnings(run);
}

/// Tells which files could not be read or understood.
pub(super) fn warnings(run: &Run<'_>) {
    run.inspection.other_problems().iter().for_each(warning);
}

/// Prints what was found, and nothing of what is planned, on stdout.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn facts(inspection: &Inspection, verbosity: Verbosity) -> anyhow::Result<()> {
    let outcomes = inspection.outcomes.iter().filter(|outcome| !outcome.facts.processes.is_empty());
    let paragraphs = outcomes.map(|outcome| {
        let mut lines = vec![heading(inspection, outcome)];
        lines.extend(lines_of(&facts_of(inspection, outcome, verbosity)));
        lines.iter().map(|line| format!("{line}\n")).collect::<String>()
    });
    let text = paragraphs.collect::<Vec<_>>().join("\n");
    if text.is_empty() {
        say!("{}", nothing_found(inspection));
    }
    inspection.other_problems().iter().for_each(warning);
    to_stdout(visible(&anstream::adapter::strip_str(&text).to_string()).as_bytes())
}

/// The projects of which there is something to tell.
fn told<'a>(run: &'a Run<'_>) -> impl Iterator<Item = &'a Outcome> {
    run.inspection.outcomes.iter().filter(|outcome| {
        !outcome.facts.processes.is_empty() || findings(run, outcome).next().is_some() || outcome.plan.fix.is_some()
    })
}

/// What is told of a project's findings.
fn findings<'a>(run: &'a Run<'_>, outcome: &'a Outcome) -> impl Iterator<Item = &'a Diagnostic> {
    outcome.plan.diagnostics.iter().filter(|found| run.told.tells(found))
}

fn nothing_found(inspection: &Inspection) -> String {
    format!(
        "no process of a known framework found below `{}`\n  point at the file that starts the program: sentry-codemod path/to/main.py",
        inspection.workspace.root().display()
    )
}

fn warning(problem: &Problem) {
    say!("warning: {problem}");
    if let Some(help) = &problem.help {
        say!("  help: {help}");
    }
}

/// The paragraph of a project.
fn project(run: &Run<'_>, outcome: &Outcome) -> Vec<String> {
    let inspection = run.inspection;
    let mut rows = facts_of(inspection, outcome, run.verbosity);
    if outcome.plan.fix.is_some() {
        rows.extend(sites(inspection, outcome));
        rows.extend(recommendation(inspection, outcome));
    }
    let mut lines = vec![heading(inspection, outcome)];
    lines.extend(lines_of(&rows));
    lines
}

/// What a project is.
fn facts_of(inspection: &Inspection, outcome: &Outcome, verbosity: Verbosity) -> Vec<Row> {
    let facts = &outcome.facts;
    let mut rows = match verbosity {
        Verbosity::Verbose => facts.processes.iter().map(process_row).chain(bare(facts)).collect(),
        Verbosity::Quiet | Verbosity::Normal => processes(inspection, facts),
    };
    rows.extend(objects(inspection, facts));
    rows.push(Row::new("sentry", sentry(facts)));
    rows.extend(outcome.settings.file.as_ref().map(|file| Row::new("settings", file.display().to_string())));
    rows
}

/// `shop  Flask 3.1, Celery 5.7  pyproject.toml (uv)`
fn heading(inspection: &Inspection, outcome: &Outcome) -> String {
    let facts = &outcome.facts;
    let systems = facts.systems.iter().map(|used| {
        let name = &inspection.catalogue.systems[used.system].name;
        used.version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}"))
    });
    let libraries = facts.libraries.iter().map(|library| inspection.catalogue.libraries[*library].name.clone());
    let used: Vec<String> = systems.chain(libraries).collect();
    let manifest = outcome.plan.manifest.as_ref().map(|manifest| {
        let tool = manifest.tool.as_ref().map(|tool| format!(" ({tool})")).unwrap_or_default();
        format!("{}{tool}", manifest.path.display())
    });
    let parts = [facts.name(&inspection.workspace), Some(used.join(", ")), manifest];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let style = Style::new().bold();
    format!("{style}{}{style:#}", parts.join("   "))
}

/// A row for each kind of process that has to report, and one for all others.
fn processes(inspection: &Inspection, facts: &Facts) -> Vec<Row> {
    let (required, optional): (Vec<_>, Vec<_>) =
        facts.processes.iter().zip(&facts.needs).partition(|(_, need)| **need == Need::Required);
    let mut kinds: Vec<(Row, Vec<Location>, usize)> = Vec::new();
    for (process, _) in required {
        let built = built(inspection, process);
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
    rows.extend(bare(facts));
    let others: BTreeSet<String> = optional.iter().map(|(process, _)| found_at(inspection, process)).collect();
    if !others.is_empty() {
        rows.push(Row::new("also found", listed("", others)));
    }
    rows
}

/// A row for each command that starts a program and names nothing of the project for it to load.
fn bare(facts: &Facts) -> impl Iterator<Item = Row> {
    facts.bare.iter().map(|command| {
        Row::with_place(&command.name, &command.command, format!("{}:{}", command.path.display(), command.line))
    })
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
fn found_at(inspection: &Inspection, process: &Process) -> String {
    match &process.origin {
        Origin::Declared { path, line, .. } => format!("{}:{line}", path.display()),
        Origin::Conventional | Origin::Inferred | Origin::Pointed => {
            inspection.workspace.path(process.entry).display().to_string()
        }
    }
}

fn built(inspection: &Inspection, process: &Process) -> Vec<Location> {
    process.trace.built().map(|(_, event)| location(&inspection.workspace, event.file, event.span.start)).collect()
}

/// Where the objects are built that init has to come before.
fn objects(inspection: &Inspection, facts: &Facts) -> Vec<Row> {
    let row = |used: &planner::facts::SystemUse| {
        let name = &inspection.catalogue.systems[used.system].name;
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
fn sites(inspection: &Inspection, outcome: &Outcome) -> Vec<Row> {
    let facts = &outcome.facts;
    let row = |site: &planner::placement::InitSite| {
        let at = place(&site.place(&inspection.workspace)?);
        let names: BTreeSet<String> = facts.names_of(&site.processes).into_iter().collect();
        Some(Row::new("init", listed(&format!("{at} for "), names)))
    };
    outcome.plan.sites.iter().filter_map(row).collect()
}

fn recommendation(inspection: &Inspection, outcome: &Outcome) -> Vec<Row> {
    let feature = |number: usize| -> &Feature { &inspection.catalogue.features[number] };
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
    rows.push(match outcome.settings.choices.pii {
        Some(false) => Row::new("will be sent", "nothing that identifies people".to_owned()),
        _ => Row::new("will be sent", "users, headers, bodies, SQL; secrets filtered; none: --no-pii".to_owned()),
    });
    rows
}

/// The finding with its place and what to do, each on a line.
pub(super) fn lines_of_finding(diagnostic: &Diagnostic) -> String {
    let style = style_of(diagnostic.severity);
    let (severity, code) = (diagnostic.severity, diagnostic.code.as_str());
    let mut text = format!("{style}{severity}[{code}]{style:#}: {}\n", diagnostic.message);
    if let Some(at) = &diagnostic.place {
        text.push_str(&format!("  --> {}:{}\n", place(at), at.column));
    }
    if !diagnostic.help.is_empty() {
        text.push_str(&format!("  help: {}\n", diagnostic.help));
    }
    text
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

/// Tells what became of the change, what is left to the user, and what to do next.
pub(crate) fn ending(run: &Run<'_>) {
    if run.is_quiet() {
        return;
    }
    match run.ending {
        Ending::Shown => {
            if !run.changeset.is_empty() && std::io::stdout().is_terminal() {
                // The diff stands above; elsewhere it has gone another way.
                say!("");
            }
            left_to_user(run);
            say!("{}", to_be_written(run.changeset.changes().len()));
            proof_of_the_plan(run);
        }
        Ending::Written(applied) => {
            applied.files.iter().for_each(|path| say!("wrote {}", path.display()));
            if applied.files.is_empty() {
                say!("nothing to change");
            }
            left_to_user(run);
        }
        // The error says it.
        Ending::Uncommitted(_) | Ending::Failed(_) => {}
    }
}

/// The command that shows on a patched copy whether the change works, where one command of the project does.
fn proof_of_the_plan(run: &Run<'_>) {
    let mut commands = run.inspection.outcomes.iter().filter_map(Outcome::command_to_prove);
    let (Some(command), None) = (commands.next(), commands.next()) else { return };
    let root = run.inspection.workspace.root();
    let is_here = std::env::current_dir().is_ok_and(|here| here == root);
    let project = if is_here { String::new() } else { format!(" --project {}", quoted(&shown(root))) };
    if cfg!(unix) && !run.changeset.is_empty() {
        say!("prove it first: sentry-codemod verify --plan{project} -- {command}");
    }
}

/// A folder as a person would name it here.
fn shown(folder: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    folder.strip_prefix(here).unwrap_or(folder).display().to_string()
}

/// How many files would change, and the command that changes them.
fn to_be_written(files: usize) -> String {
    match files {
        0 => "nothing to change".to_owned(),
        1 => format!("1 file would change; write it: {}", the_same_with_apply()),
        _ => format!("{files} files would change; write them: {}", the_same_with_apply()),
    }
}

/// What is held back, and the commands that refresh what is generated from the changed files.
fn left_to_user(run: &Run<'_>) {
    for (requirement, path) in run.held_back().filter_map(|fix| fix.requirement.as_ref()) {
        say!(
            "held back: `{requirement}` in {} moves a version somebody chose; with --unsafe-fixes it is changed",
            path.display()
        );
    }
    let commands: BTreeSet<&String> = run.changed().flat_map(|(_, fix)| &fix.commands).collect();
    for command in commands.into_iter().filter(|_| !run.changeset.is_empty()) {
        say!("left to you: {command}");
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
