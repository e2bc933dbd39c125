//! What a plan says beside its edits, worded in one place. Read any function: each makes one kind of finding. Never decides what is edited.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use python_project::process::Process;
use python_project::project::is_set_aside;
use python_project::{ClockCommand, FileId, Problem, Workspace};

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::facts::{ExistingInit, Facts, Location, Need, location};
use crate::recommend::Recommendation;
use crate::suppression::ignores;

/// Leaves out the findings that comments in the sources do not want, and names the comments that want nothing left out.
pub(crate) fn heed_ignores(workspace: &Workspace, facts: &Facts, diagnostics: &mut Vec<Diagnostic>) {
    let loaded = facts.processes.iter().flat_map(|process| process.trace.loads.iter().map(|load| load.file));
    let placed = diagnostics.iter().filter_map(|found| workspace.find(&found.place.as_ref()?.path));
    let files: BTreeSet<FileId> = loaded.chain(placed).filter(|file| workspace.file(*file).python.is_some()).collect();
    for file in files {
        let Some(module) = workspace.parsed(file) else { continue };
        let path = workspace.path(file);
        for ignore in ignores(module.source.text()) {
            let before = diagnostics.len();
            diagnostics.retain(|found| {
                !found.place.as_ref().is_some_and(|place| place.path == path && ignore.covers(found.code, place.line))
            });
            // One without codes may have kept an edit away, which leaves no trace here.
            if diagnostics.len() == before && !ignore.forbids_edits() {
                diagnostics.push(
                    Diagnostic::new(
                        Code::UnusedIgnore,
                        "nothing of this kind is found here any more",
                        "take the comment out",
                    )
                    .at(Location { path: path.to_owned(), line: ignore.line, column: 1 }),
                );
            }
        }
    }
}

/// The old client is still there.
pub(crate) fn raven(path: &Path, line: usize) -> Diagnostic {
    Diagnostic::new(
        Code::RavenLeftOver,
        "raven, the client before sentry-sdk, is still used; beside it every error would be sent twice",
        "remove raven and what uses it, then run this again",
    )
    .at(Location { path: path.to_owned(), line, column: 1 })
}

/// No module that the process loads is a place for init. Another process may run it all, and start the SDK elsewhere.
pub(crate) fn no_place(workspace: &Workspace, facts: &Facts, process: &Process) -> Diagnostic {
    let runs_both = |init: &ExistingInit| {
        facts.processes.iter().any(|other| other.trace.loads(process.entry) && other.trace.loads(init.file))
    };
    let help = match facts.started.iter().find(|init| runs_both(init)) {
        Some(init) => format!(
            "a process that loads all of this starts the SDK at {}:{}: move that call to a module that both load",
            init.place.path.display(),
            init.place.line
        ),
        None => "call `sentry_sdk.init()` before its objects are built, in a module that it always loads".to_owned(),
    };
    Diagnostic::new(Code::NoInit, format!("no place for init could be decided for `{}`", process.command), help)
        .at(Location { path: workspace.path(process.entry).to_owned(), line: 1, column: 1 })
}

/// Files that could not be read.
pub(crate) fn unreadable_files(workspace: &Workspace, facts: &Facts) -> Vec<Diagnostic> {
    let needed: BTreeSet<PathBuf> = facts
        .processes
        .iter()
        .flat_map(|process| {
            process.trace.loads.iter().filter(|load| load.certain).map(|load| workspace.path(load.file).to_owned())
        })
        .collect();
    let mut diagnostics: Vec<Diagnostic> =
        facts.problems.iter().map(|problem| unreadable(problem, Severity::Error)).collect();
    for (file, problem) in workspace.broken() {
        let path = workspace.path(file);
        // Where no program was found, the one that cannot be read may be it.
        let may_be_program = facts.processes.is_empty()
            && workspace.file(file).python.is_some_and(|words| words.vocabulary)
            && !is_set_aside(path);
        if path.starts_with(&facts.project.folder) && (needed.contains(path) || may_be_program) {
            diagnostics.push(unreadable(&problem, Severity::Error));
        }
    }
    diagnostics
}

/// Commands that cron or Kubernetes starts: that one did not run, only a monitor can tell.
pub(crate) fn clocked(workspace: &Workspace, facts: &Facts) -> Vec<Diagnostic> {
    let reports = |command: &ClockCommand| {
        let entry = workspace.read(&command.entry).unwrap_or_default();
        command.command.contains("sentry-cli") || String::from_utf8_lossy(&entry).contains("monitor_slug")
    };
    let note = |command: &ClockCommand| {
        Diagnostic::new(Code::MonitorByHand, format!("nobody is told when `{}` does not run at `{}`", command.command, command.schedule), format!(
            "start it as `sentry-cli monitors run SLUG -- {}`, or put `@sentry_sdk.monitor(monitor_slug=\"SLUG\")` above its function in {}",
            command.command,
            command.entry.display()
        )).at(Location { path: command.path.clone(), line: command.line, column: 1 })
    };
    facts.clocked.iter().filter(|command| !reports(command)).map(note).collect()
}

/// Options that the SDK of the project does not know, and what libraries leave to a person. Of interest only where an init is written.
pub(crate) fn recommendation(recommendation: &Recommendation) -> impl Iterator<Item = Diagnostic> {
    let older = recommendation.notes.iter().map(|note| {
        Diagnostic::new(
            Code::SdkOption,
            note.clone(),
            "ask for another sentry-sdk, or name the release to write for with --sdk-version",
        )
    });
    older.chain(
        recommendation.advice.iter().map(|advice| Diagnostic::new(Code::LibraryAdvice, advice.clone(), String::new())),
    )
}

/// A finding for a file that could not be used.
pub(crate) fn unreadable(problem: &Problem, severity: Severity) -> Diagnostic {
    let (line, column) = problem.position.unwrap_or((1, 1));
    Diagnostic::new(Code::UnreadableFile, problem.message.clone(), problem.help.clone().unwrap_or_default())
        .at(Location { path: problem.path.clone(), line, column })
        .as_severe_as(severity)
}

/// What stands in the way of a call of init in a module.
pub(crate) fn not_insertable(workspace: &Workspace, file: FileId, message: String) -> Diagnostic {
    Diagnostic::new(Code::NoInit, message, "add the call by hand, or mend the file and run this again")
        .at(location(workspace, file, 0))
}

/// One note for each object that only programs build of which nothing says that they are deployed.
pub(crate) fn not_started(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    reporting: &[usize],
    silent: &[usize],
) -> Vec<Diagnostic> {
    let built_by = |number: &usize| facts.processes[*number].trace.built();
    let reported: BTreeSet<_> =
        reporting.iter().flat_map(built_by).map(|(_, event)| (event.file, event.span.start)).collect();
    let mut built: BTreeMap<Location, (&str, Vec<&Process>)> = BTreeMap::new();
    for number in silent.iter().filter(|number| facts.needs[**number] == Need::Optional) {
        let unknown = built_by(number).find(|(_, event)| !reported.contains(&(event.file, event.span.start)));
        let Some((object, event)) = unknown else { continue };
        let place = location(workspace, event.file, event.span.start);
        let programs = built.entry(place).or_insert((&catalogue.system(object).name, Vec::new()));
        programs.1.push(&facts.processes[*number]);
    }
    let note = |(place, (system, programs)): (Location, (&str, Vec<&Process>))| {
        let commands: BTreeSet<&str> = programs.iter().map(|process| process.command.as_str()).collect();
        let first = commands.first().copied().unwrap_or_default();
        let more = if commands.len() > 1 { format!(" and {} more", commands.len() - 1) } else { String::new() };
        let entry = programs.first().map(|process| workspace.path(process.entry).display().to_string());
        Diagnostic::new(
            Code::NotStarted,
            format!("{system} is built for `{first}`{more}, which nothing found deploys"),
            format!("if it is deployed: sentry-codemod {}", entry.unwrap_or_default()),
        )
        .at(place)
    };
    built.into_iter().map(note).collect()
}

/// Nothing is added beside an init of which nobody can say whether it runs.
pub(crate) fn unreached_init(facts: &Facts) -> Option<Diagnostic> {
    let is_open = |process: usize| facts.needs[process] == Need::Required && !facts.reaches_init(process);
    let init = facts.unreached_init().filter(|_| (0..facts.processes.len()).any(is_open))?;
    Some(
        Diagnostic::new(
            Code::UnreachedInit,
            "Sentry is started here, in a module that no process was seen to load: nothing is added beside it",
            "if it does not run, take it out and run this again",
        )
        .at(init.place.clone()),
    )
}
