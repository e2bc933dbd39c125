//! Which modules get init, and where in them: the smallest set of sites such that every process runs init once, in time.
//!
//! [`sites`] chooses; `window` says where in a body init may stand, `candidates` which bodies come into question, `cover` picks among them.

mod candidates;
mod cover;
mod window;

pub(crate) use window::deadline;

use python_project::Workspace;
use python_project::process::Process;
use python_project::trace::{BlockId, EventKind};
use python_source::outline::{Stmt, StmtKind};

use crate::catalogue::Catalogue;
use crate::facts::{Location, location};

/// A place for init.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitSite {
    /// The body it goes into.
    pub block: BlockId,
    /// Before the statement of this number; the number of statements for the end.
    pub position: usize,
    /// The processes that run it, as numbers into the list that was given.
    pub processes: Vec<usize>,
    /// The statement of the body before whose end the SDK must not be imported: one that patches other modules.
    pub imports_after: Option<usize>,
    /// A function around init that something calls later; by the guides alone.
    pub hook: Option<Hook>,
}

/// A function around init, and what calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hook {
    /// It is connected to a signal.
    Signal {
        /// Its qualified name.
        signal: String,
    },
    /// It is a coroutine that a decorator hangs on an object.
    Listener {
        /// The decorator without its `@`.
        decorator: String,
    },
}

/// The processes to cover.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The project's processes.
    pub processes: &'a [Process],
    /// Those that must run init.
    pub required: &'a [usize],
    /// Those that should, where it costs no further site.
    pub optional: &'a [usize],
    /// Those that run an init already: a site in them would be a second one.
    pub covered: &'a [usize],
}

/// Sites that cover the processes, and the numbers of required processes for which there is none.
pub fn sites(catalogue: &Catalogue, workspace: &Workspace, wanted: Wanted<'_>) -> (Vec<InitSite>, Vec<usize>) {
    let candidates = candidates::candidates(catalogue, workspace, wanted);
    let chosen = cover::cover(&candidates, wanted);
    let sites: Vec<InitSite> = chosen
        .into_iter()
        .map(|candidate| InitSite {
            block: candidate.block,
            position: candidate.position,
            imports_after: imports_after(catalogue, wanted.processes, candidate.block, candidate.position),
            processes: candidate.covers.iter().copied().collect(),
            hook: None,
        })
        .collect();
    let missing =
        wanted.required.iter().copied().filter(|process| !sites.iter().any(|site| site.processes.contains(process)));
    let missing = missing.collect();
    (sites, missing)
}

/// The last statement before the site that patches modules, in any of the processes.
fn imports_after(catalogue: &Catalogue, processes: &[Process], block: BlockId, position: usize) -> Option<usize> {
    let events = processes.iter().flat_map(|process| &process.trace.events);
    let patches = events.filter(|event| {
        event.kind == EventKind::Prepared && catalogue.library_of(&event.name).is_some_and(|library| library.patches)
    });
    patches
        .filter_map(|event| event.path.iter().find(|(running, _)| *running == block))
        .map(|(_, statement)| *statement)
        .filter(|statement| *statement < position)
        .max()
}

impl InitSite {
    /// The place below which the call goes: the end of the statement before it. `None` when its module cannot be read.
    pub fn place(&self, workspace: &Workspace) -> Option<Location> {
        let module = workspace.module(self.block.file).ok()?;
        let before = self.position.checked_sub(1).and_then(|number| body_of(&module.outline, self.block).get(number));
        Some(location(workspace, self.block.file, before.map_or(0, |stmt| stmt.span.end)))
    }
}

/// The statements of a body.
pub fn body_of(outline: &python_source::outline::Outline, block: BlockId) -> &[Stmt] {
    match block.function {
        None => &outline.body,
        Some(start) => function_body(&outline.body, start).unwrap_or(&[]),
    }
}

fn function_body(body: &[Stmt], start: usize) -> Option<&[Stmt]> {
    let around = body.iter().find(|stmt| stmt.span.contains(&start))?;
    match &around.kind {
        StmtKind::Function(function) if function.span.start == start => Some(&function.body),
        StmtKind::Function(function) => function_body(&function.body, start),
        StmtKind::Class(class) => function_body(&class.body, start),
        _ => around.blocks().into_iter().find_map(|block| function_body(block, start)),
    }
}
