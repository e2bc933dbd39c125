//! The bodies of statements that come into question for init, and how good each is. Read [`Candidate`] first.

use std::collections::BTreeSet;
use std::path::Path;

use python_project::process::Process;
use python_project::trace::{BlockId, EventKind};
use python_project::{FileId, Workspace};
use python_source::outline::{Stmt, StmtKind};

use crate::suppression::ignores;

use super::window::{after_imports, deadline, first_build, window};
use super::{Wanted, body_of};
use crate::catalogue::{Catalogue, Placement, Role};

/// A place where init would work for some processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) block: BlockId,
    pub(super) position: usize,
    /// The processes it would serve.
    pub(super) covers: BTreeSet<usize>,
    /// The processes that would run it, served or not.
    pub(super) runs_in: BTreeSet<usize>,
    pub(super) rank: Rank,
    /// For equal ranks: the fewer the better.
    pub(super) tie: (usize, usize),
}

/// Where a reader would look first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The settings module, for systems that have one.
    Settings,
    /// The module that builds the object.
    Builder,
    /// A module of settings by its name.
    SettingsByName,
    /// The module that the process loads first.
    Entry,
    /// A package's `__init__` that does something already.
    Package,
    /// Inside a function, because something has to be prepared there first.
    Function,
    /// Any other module that all processes happen to load.
    Other,
}

pub(super) fn candidates(catalogue: &Catalogue, workspace: &Workspace, wanted: Wanted<'_>) -> Vec<Candidate> {
    let asked: Vec<usize> = wanted.required.iter().chain(wanted.optional).copied().collect();
    let mut blocks = BTreeSet::new();
    for process in asked.iter().map(|number| &wanted.processes[*number]) {
        let loads = process.trace.loads.iter().map(|load| load.file);
        let modules = loads.filter(|file| comes_into_question(workspace, wanted, process, *file));
        blocks.extend(modules.map(|file| BlockId { file, function: None }));
        blocks.extend(functions_that_prepare(process));
    }
    let candidates = blocks.into_iter().flat_map(|block| in_block(catalogue, workspace, wanted, &asked, block));
    // Where a process has an init already, a second one would replace it.
    candidates.filter(|candidate| wanted.covered.iter().all(|process| !candidate.runs_in.contains(process))).collect()
}

/// Modules that were not run on paper are plain code: only their names can make them a place for init, and parsing them all would cost.
fn comes_into_question(workspace: &Workspace, wanted: Wanted<'_>, process: &Process, file: FileId) -> bool {
    let run = process.trace.runs.get(&BlockId { file, function: None });
    let was_followed = run.is_some_and(|run| !run.steps.is_empty());
    let is_shared = || {
        let required = wanted.required.iter().map(|number| &wanted.processes[*number]);
        workspace.is_package(file) && required.into_iter().all(|process| process.trace.loads_for_certain(file))
    };
    was_followed || process.entry == file || is_settings_by_name(workspace.path(file)) || is_shared()
}

/// Functions in which something is prepared before anything is built: init may have to follow there.
fn functions_that_prepare(process: &Process) -> Vec<BlockId> {
    let prepared = process.trace.events.iter().filter(|event| event.kind == EventKind::Prepared);
    prepared
        .flat_map(|event| event.path.iter().map(|(block, _)| *block))
        .filter(|block| block.function.is_some())
        .collect()
}

/// One candidate for all processes whose windows in the block overlap; else one for each process.
fn in_block(
    catalogue: &Catalogue,
    workspace: &Workspace,
    wanted: Wanted<'_>,
    asked: &[usize],
    block: BlockId,
) -> Vec<Candidate> {
    let Ok(module) = workspace.module(block.file) else { return Vec::new() };
    if ignores(module.source.text()).iter().any(|ignore| ignore.whole_file && ignore.forbids_edits()) {
        return Vec::new();
    }
    let body = body_of(&module.outline, block);
    let builds = asked.iter().filter_map(|number| first_build(&wanted.processes[*number].trace, block)).min();
    let opened = if block.function.is_some() { 0 } else { after_imports(body, builds.unwrap_or(body.len())) };
    let windows: Vec<_> = asked
        .iter()
        .filter_map(|number| {
            let process = &wanted.processes[*number];
            if !settings_allow(workspace, process, block.file) {
                return None;
            }
            let deadline = deadline(catalogue, &process.trace);
            let expected = window(&process.trace, block, body.len(), deadline.expected);
            let strict = window(&process.trace, block, body.len(), deadline.strict);
            // Where a reader expects it, unless that is among the imports and nothing is lost after them.
            let found = expected.clone().filter(|window| *window.end() >= opened).or(strict).or(expected)?;
            Some((*number, found))
        })
        .collect();
    let runs_in: BTreeSet<usize> =
        (0..wanted.processes.len()).filter(|number| wanted.processes[*number].trace.loads(block.file)).collect();
    let candidate = |covers: Vec<usize>, first: usize, last: usize| Candidate {
        block,
        position: position(body, module.source.text(), opened, first, last),
        rank: rank(catalogue, workspace, wanted, &covers, block, body),
        tie: tie(catalogue, workspace, wanted.processes, &covers, block.file),
        covers: covers.into_iter().collect(),
        runs_in: runs_in.clone(),
    };
    let first = windows.iter().map(|(_, window)| *window.start()).max();
    let last = windows.iter().map(|(_, window)| *window.end()).min();
    match (first, last) {
        (Some(first), Some(last)) if first <= last => {
            vec![candidate(windows.iter().map(|(number, _)| *number).collect(), first, last)]
        }
        _ => windows.iter().map(|(number, window)| candidate(vec![*number], *window.start(), *window.end())).collect(),
    }
}

/// After the imports, within the window; not in the middle of a line, if it can be helped.
fn position(body: &[Stmt], text: &str, opened: usize, first: usize, last: usize) -> usize {
    let mut position = opened.clamp(first, last);
    let line_start = (first..=position).rev().find(|position| begins_line(body, text, *position));
    position = line_start.unwrap_or(position);
    // A docstring stays the first statement, and future imports stay before everything else.
    while body.get(position).is_some_and(|stmt| is_opening(stmt, position)) {
        position += 1;
    }
    position
}

/// Whether the statement of this number stands on another line than the one before it.
fn begins_line(body: &[Stmt], text: &str, position: usize) -> bool {
    match (position.checked_sub(1).and_then(|before| body.get(before)), body.get(position)) {
        (Some(before), Some(stmt)) => text[before.span.end..stmt.span.start].contains(['\n', '\r']),
        _ => true,
    }
}

fn is_opening(stmt: &Stmt, position: usize) -> bool {
    let docstring = position == 0 && stmt.is_inert();
    let future = matches!(&stmt.kind, StmtKind::ImportFrom(import) if import.module.as_deref() == Some("__future__"));
    docstring || future
}

/// A process that loads settings runs init there and nowhere else: the other processes that load them are served too.
fn settings_allow(workspace: &Workspace, process: &Process, file: FileId) -> bool {
    process.trace.settings.is_empty() || settings_chain(workspace, process).contains(&file)
}

/// The settings modules of a process, each followed by the modules whose names it takes over, down to the base of them all.
fn settings_chain(workspace: &Workspace, process: &Process) -> Vec<FileId> {
    let mut chain = Vec::new();
    for settings in &process.trace.settings {
        let mut current = Some(*settings);
        while let Some(file) = current.filter(|file| !chain.contains(file)) {
            chain.push(file);
            let bases: Vec<FileId> = process
                .trace
                .star_imports
                .iter()
                .filter(|(importer, base)| *importer == file && !is_local(workspace.path(*base)))
                .map(|(_, base)| *base)
                .collect();
            // Several at once are fragments of one module, unless one of them is called the base.
            current = match bases.as_slice() {
                [base] => Some(*base),
                several => several.iter().copied().find(|base| is_base(workspace.path(*base))),
            };
        }
    }
    chain
}

fn is_base(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| {
        ["base", "common", "default", "defaults", "shared", "core"].iter().any(|name| stem == *name)
    })
}

/// Settings of one machine, which are not part of what is deployed.
fn is_local(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem.to_string_lossy().contains("local"))
}

fn rank(
    catalogue: &Catalogue,
    workspace: &Workspace,
    wanted: Wanted<'_>,
    covers: &[usize],
    block: BlockId,
    body: &[Stmt],
) -> Rank {
    let processes = wanted.processes;
    if block.function.is_some() {
        return Rank::Function;
    }
    let served = || covers.iter().map(|number| &processes[*number]);
    if served().any(|process| settings_chain(workspace, process).contains(&block.file)) {
        Rank::Settings
    } else if builders(catalogue, processes, covers, block.file) > 0 {
        Rank::Builder
    } else if is_settings_by_name(workspace.path(block.file)) {
        Rank::SettingsByName
    } else if is_entry_of_all(wanted, covers, block.file) {
        Rank::Entry
    } else if workspace.is_package(block.file) && body.iter().any(|stmt| stmt.kind.is_import()) {
        Rank::Package
    } else {
        Rank::Other
    }
}

/// Whether the processes that need a place here start with the file. Where others merely pass through it, nobody looks for init in it.
fn is_entry_of_all(wanted: Wanted<'_>, covers: &[usize], file: FileId) -> bool {
    let starts_here = |number: &&usize| wanted.processes[**number].entry == file;
    let required: Vec<&usize> = covers.iter().filter(|number| wanted.required.contains(number)).collect();
    if required.is_empty() {
        covers.iter().any(|number| starts_here(&number))
    } else {
        required.iter().all(starts_here)
    }
}

/// How many of the processes build an object in the file.
fn builders(catalogue: &Catalogue, processes: &[Process], covers: &[usize], file: FileId) -> usize {
    let builds = |process: &Process| {
        process
            .trace
            .built()
            .any(|(object, event)| event.file == file && catalogue.system(object).placement == Placement::Constructs)
    };
    covers.iter().filter(|number| builds(&processes[**number])).count()
}

/// Among settings the base first; among builders the one that more processes build in, web before workers; then the shortest path.
fn tie(
    catalogue: &Catalogue,
    workspace: &Workspace,
    processes: &[Process],
    covers: &[usize],
    file: FileId,
) -> (usize, usize) {
    let depth = covers
        .iter()
        .filter_map(|number| settings_chain(workspace, &processes[*number]).iter().position(|base| *base == file))
        .max()
        .unwrap_or(0);
    let builders = builders(catalogue, processes, covers, file);
    let web = processes
        .iter()
        .flat_map(|process| process.trace.built())
        .any(|(object, event)| event.file == file && catalogue.system(object).role == Role::Web);
    let few = usize::MAX - depth - builders;
    (few, usize::from(!web) * 100 + workspace.path(file).components().count())
}

fn is_settings_by_name(path: &Path) -> bool {
    const NAMES: [&str; 8] = ["settings", "config", "conf", "configuration", "base", "constants", "environment", "env"];
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folder =
        path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    NAMES[..4].contains(&stem.as_str()) || (stem == "__init__" && NAMES[..4].contains(&folder.as_str()))
}
