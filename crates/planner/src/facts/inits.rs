//! The calls that start the SDK already. Read [`existing_inits`] first.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use python_project::process::Process;
use python_project::project::{Project, is_set_aside};
use python_project::trace::Load;
use python_project::{FileId, Workspace};

use super::{ExistingInit, location};

/// Every init of the project: run by a process, or standing in a module that a process loads although nothing seen calls it
/// (in a start-up hook, say), or in a module that nothing was seen to load.
pub(super) fn existing_inits(
    workspace: &Workspace,
    projects: &[Project],
    project: &Project,
    processes: &[Process],
) -> Vec<ExistingInit> {
    let mut found: BTreeMap<(FileId, usize, usize), Vec<usize>> = BTreeMap::new();
    for (number, process) in processes.iter().enumerate() {
        for event in process.trace.started() {
            let run_by = found.entry((event.file, event.span.start, event.span.end)).or_default();
            if !run_by.contains(&number) {
                run_by.push(number);
            }
        }
    }
    let loaded = processes.iter().flat_map(|process| process.trace.loads.iter().map(|load| load.file));
    let below = workspace.files_below(&project.folder).map(|(id, _)| id);
    let own = below.filter(|id| mentions_sdk(workspace, *id) && project.owns(projects, workspace, *id));
    let files: BTreeSet<FileId> = loaded.filter(|file| mentions_sdk(workspace, *file)).chain(own).collect();
    for file in files.into_iter().filter(|file| !is_set_aside(workspace.path(*file))) {
        let Ok(module) = workspace.module(file) else { continue };
        for span in crate::existing::init_calls(&module.outline) {
            found.entry((file, span.start, span.end)).or_default();
        }
    }
    let reached = |file: FileId, run_by: &[usize]| {
        // A program starts the SDK for itself, whether or not it is among the processes.
        let is_program = workspace.file(file).python.is_some_and(|words| words.main);
        !run_by.is_empty() || is_program || processes.iter().any(|process| process.trace.loads(file))
    };
    found
        .into_iter()
        .map(|((file, start, end), run_by)| ExistingInit {
            place: location(workspace, file, start),
            is_reached: reached(file, &run_by),
            named_by: named_by(workspace, processes, file),
            file,
            span: start..end,
            run_by,
        })
        .collect()
}

/// The project's own modules in which the SDK's name stands, tests and the like aside.
pub(super) fn files_with_sdk(workspace: &Workspace, projects: &[Project], project: &Project) -> Vec<FileId> {
    let own = workspace.files().filter(|(id, file)| {
        mentions_sdk(workspace, *id) && project.owns(projects, workspace, *id) && !is_set_aside(&file.path)
    });
    own.map(|(id, _)| id).collect()
}

/// The processes that do not load the file, but a module in which its dotted name stands as a string, as in `uvicorn.run("shop.app:app")` in a function that
/// nothing runs on paper: what they hand over to may start the SDK.
fn named_by(workspace: &Workspace, processes: &[Process], file: FileId) -> Vec<usize> {
    let path = workspace.path(file).with_extension("");
    let names: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    // A single name is a word like any other, unless an attribute follows it.
    let dotted = (0..names.len()).map(|from| names[from..].join("."));
    let wanted: Vec<String> = dotted
        .flat_map(|name| {
            let ends: &[&str] = if name.contains('.') { &["\"", "'", ":"] } else { &[":"] };
            ends.iter().flat_map(move |end| ["\"", "'"].map(|start| format!("{start}{name}{end}"))).collect::<Vec<_>>()
        })
        .collect();
    // The last part stands in all of them, and most modules have not even that.
    let last = memmem::Finder::new(names.last().map_or("", String::as_str));
    let mut known: BTreeMap<FileId, bool> = BTreeMap::new();
    let mut names_it = |load: &Load| {
        *known.entry(load.file).or_insert_with(|| {
            workspace.parsed(load.file).is_some_and(|module| {
                let text = module.source.text();
                last.find(text.as_bytes()).is_some() && wanted.iter().any(|name| text.contains(name.as_str()))
            })
        })
    };
    // Who loads the module has it without being told its name.
    let elsewhere = processes.iter().enumerate().filter(|(_, process)| !process.trace.loads(file));
    elsewhere.filter(|(_, process)| process.trace.loads.iter().any(&mut names_it)).map(|(number, _)| number).collect()
}

fn mentions_sdk(workspace: &Workspace, file: FileId) -> bool {
    workspace.file(file).python.is_some_and(|words| words.starts)
}
