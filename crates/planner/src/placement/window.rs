//! Where in a body of statements init may stand, for one process. Read [`window`] first.

use std::ops::RangeInclusive;

use python_project::trace::{BlockId, EventKind, Trace};
use python_source::outline::Stmt;

use crate::catalogue::{Catalogue, Order, Placement};

/// The time by which init must have run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadline {
    /// Before anything is built: where a reader expects it.
    pub(crate) expected: usize,
    /// Before anything is built that loses data otherwise.
    pub(crate) strict: usize,
}

const NEVER: usize = usize::MAX;

/// When the process builds its first objects. Systems whose settings module gets init set no date: the settings are loaded in time.
pub(crate) fn deadline(catalogue: &Catalogue, trace: &Trace) -> Deadline {
    let mut deadline = Deadline { expected: NEVER, strict: NEVER };
    for event in &trace.events {
        let (object, is_part) = match event.kind {
            EventKind::Built(object) => (object, false),
            EventKind::Extended(object) => (object, true),
            EventKind::Scheduled(_) | EventKind::Started | EventKind::Prepared => continue,
        };
        let system = catalogue.system(object);
        if system.placement == Placement::Settings {
            continue;
        }
        deadline.expected = deadline.expected.min(event.time);
        if is_part || system.order == Order::Before {
            deadline.strict = deadline.strict.min(event.time);
        }
    }
    deadline
}

/// The positions in a body (0 is before its first statement) at which init runs once and for certain, after what must be prepared and before `deadline`.
pub(crate) fn window(trace: &Trace, block: BlockId, length: usize, deadline: usize) -> Option<RangeInclusive<usize>> {
    let run = trace.runs.get(&block)?;
    if run.count != 1 || (block.function.is_none() && !trace.loads_for_certain(block.file)) {
        return None;
    }
    let prepared = prepared_at(trace, deadline);
    let mut positions = (0..=length).map_while(|position| match run.steps.get(position) {
        Some(step) => {
            step.filter(|step| block.function.is_none() || step.certain).map(|step| (position, step.time as usize))
        }
        None => Some((position, run.ended)),
    });
    let (first, _) = positions.by_ref().find(|(_, time)| *time > prepared && *time <= deadline)?;
    let last = positions.take_while(|(_, time)| *time <= deadline).last().map_or(first, |(position, _)| position);
    Some(first..=last)
}

/// When the last thing was prepared that the SDK must find done.
fn prepared_at(trace: &Trace, deadline: usize) -> usize {
    let prepared = trace.events.iter().filter(|event| event.kind == EventKind::Prepared && event.time < deadline);
    prepared.map(|event| event.time).max().unwrap_or(0)
}

/// An import below this many other statements is no part of the imports that open a body: local settings at the end, say.
const FAR_BELOW: usize = 8;

/// The statement of the body itself that builds the first object, if one does.
pub(crate) fn first_build(trace: &Trace, block: BlockId) -> Option<usize> {
    let builds = trace.events.iter().filter(|event| matches!(event.kind, EventKind::Built(_) | EventKind::Extended(_)));
    builds
        .filter_map(|event| event.path.last())
        .filter(|(running, _)| *running == block)
        .map(|(_, number)| *number)
        .min()
}

/// The position after the imports that open a body: before its first `def` or `class` and the statement `end`, after the docstring in any case.
/// Imports below an object are there because they need it.
pub(crate) fn after_imports(body: &[Stmt], end: usize) -> usize {
    let mut after = usize::from(body.first().is_some_and(Stmt::is_inert));
    for (number, stmt) in body.iter().enumerate().take(end).take_while(|(_, stmt)| !stmt.defines()) {
        if number > after + FAR_BELOW {
            break;
        }
        if stmt.kind.is_import() {
            after = number + 1;
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use python_source::outline::Outline;

    use super::*;

    #[test]
    fn imports_that_open_a_module() {
        let settings = |count: usize| "A = 1\n".repeat(count);
        for (text, after) in [
            ("'doc'\n".to_owned(), 1),
            ("import os\nimport sys\nA = 1\n".to_owned(), 2),
            ("import os\ntry:\n    import a\nexcept ImportError:\n    a = None\nB = 1\n".to_owned(), 2),
            ("import os\ndef f(): pass\nimport sys\n".to_owned(), 1),
            (format!("import os\n{}import sys\n", settings(8)), 10),
            (format!("import os\n{}from .local_settings import *\n", settings(9)), 1),
        ] {
            let source = python_source::Source::decode(text.as_bytes().to_vec()).expect("text");
            assert_eq!(after_imports(&Outline::of(&source).expect("syntax").body, usize::MAX), after, "{text}");
        }
    }
}
