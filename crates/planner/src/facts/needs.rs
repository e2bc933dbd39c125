//! Which processes have to report. Read [`needs`] first.

use python_project::Workspace;
use python_project::process::{Origin, Process};
use python_project::trace::Event;

use super::Need;
use crate::catalogue::{Catalogue, Role};
use crate::suppression::ignores;

/// What speaks for a process being run in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// What a platform reads runs it.
    Deployed,
    /// A script, a Makefile or packaging names it.
    Declared,
    /// Servers look for a file of that name.
    ByName,
    /// Only its own file says that it is a program.
    Likely,
}

impl Standing {
    fn of(process: &Process) -> Self {
        match process.origin {
            Origin::Declared { deployed: true, .. } | Origin::Pointed => Self::Deployed,
            Origin::Declared { deployed: false, .. } => Self::Declared,
            Origin::Conventional if process.role != "script" => Self::ByName,
            Origin::Conventional | Origin::Inferred => Self::Likely,
        }
    }

    /// Whether the other one shows that this one is not how the project runs: a `__main__` guard is often there for a
    /// developer's convenience, and so is a Makefile where production is declared.
    fn yields_to(self, other: Self) -> bool {
        match other {
            Self::Deployed => self != Self::Deployed,
            Self::Declared => self == Self::Likely,
            Self::ByName | Self::Likely => false,
        }
    }
}

/// A process is required to report unless another one of its kind shows that it is not how the project runs.
/// A program that is of no known system is required to only when the project has nothing else.
pub(super) fn needs(catalogue: &Catalogue, workspace: &Workspace, processes: &[Process]) -> Vec<Need> {
    let roles = |process: &Process| -> Vec<Role> {
        catalogue.systems_of(process).into_iter().map(|system| catalogue.systems[system].role).collect()
    };
    let known: Vec<(Role, Standing)> = processes
        .iter()
        .flat_map(|process| roles(process).into_iter().map(|role| (role, Standing::of(process))))
        .collect();
    // Nothing of a known system: what production runs, else the scripts that packaging declares.
    let nothing_known = known.is_empty();
    let is_deployed = |process: &Process| Standing::of(process) == Standing::Deployed;
    let nothing_deployed = !processes.iter().any(is_deployed);
    let is_declared = |process: &Process| matches!(process.origin, Origin::Declared { .. });
    let need = |process: &Process| {
        let own = roles(process);
        let required = if process.origin == Origin::Pointed {
            true
        } else if is_ignored(workspace, process) {
            false
        } else if own.is_empty() {
            // One that hands over to another package at once may be of a known system, started in a way that is not seen.
            let is_opaque = process.trace.loads.len() == 1;
            (is_deployed(process) && (nothing_known || !is_opaque))
                || (nothing_known && nothing_deployed && is_declared(process))
        } else {
            let standing = Standing::of(process);
            let yields = |role: &Role| known.iter().any(|(other, best)| other == role && standing.yields_to(*best));
            !own.iter().all(yields)
        };
        if required { Need::Required } else { Need::Optional }
    };
    processes.iter().map(need).collect()
}

/// Whether a comment keeps hands off everything that the process builds.
fn is_ignored(workspace: &Workspace, process: &Process) -> bool {
    let ignored = |event: &Event| {
        workspace.module(event.file).is_ok_and(|module| {
            let (line, _) = module.source.line_column(event.span.start);
            let mut ignores = ignores(module.source.text()).into_iter();
            ignores.any(|ignore| ignore.forbids_edits() && (ignore.whole_file || ignore.line == line))
        })
    };
    let mut built = process.trace.built().map(|(_, event)| event).peekable();
    built.peek().is_some() && built.all(ignored)
}
