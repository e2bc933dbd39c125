//! Modules that only define and import are run once for all runs with one import path; later runs repeat what they asked for.
//!
//! A module is *plain* when its code causes no event, changes nothing outside of itself and asks for nothing that another run
//! may answer otherwise. What it imports is entered anew in each run: that may be anything. Read [`Plain`] first.

use std::rc::Rc;

use super::runner::Runner;
use super::value::{Scope, Value};
use super::{BlockId, Load, Run, Step};
use crate::workspace::FileId;

/// What a plain module did when it ran.
#[derive(Debug)]
pub(super) struct Plain {
    /// Its names.
    scope: Scope,
    /// What it did, in order.
    acts: Vec<Act>,
    /// The number of its statements.
    length: usize,
    /// Variables of the environment that it read, none of which was set.
    reads: Vec<Rc<str>>,
}

/// Something that a plain module did, as far as other modules can tell. `certain` is seen from the module: whether it happens whenever it runs.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// It came to the statement of this number.
    Step { number: usize, certain: bool },
    /// It asked for a module.
    Enter { file: FileId, certain: bool },
    /// All arms of a branch asked for the module, so that it is loaded whichever is taken.
    Ensure(FileId),
    /// It took over all names of a module.
    Star(FileId),
}

/// What is noted of a module while it runs.
#[derive(Debug)]
pub(super) struct Recorder {
    file: FileId,
    acts: Vec<Act>,
    reads: Vec<Rc<str>>,
    is_plain: bool,
    /// How often something had been cut short when it began.
    cuts: usize,
}

impl Runner<'_> {
    /// Begins to note what the module does. Modules that only may be loaded, and settings, are noted all the same: that is the caller's to know.
    pub(super) fn begin_recording(&mut self, file: FileId) {
        let recorder = Recorder { file, acts: Vec::new(), reads: Vec::new(), is_plain: true, cuts: self.cuts };
        self.recorders.push(Some(recorder));
    }

    /// Keeps what the module did for other runs, if it was plain.
    pub(super) fn end_recording(&mut self, length: usize, scope: &Scope) {
        let Some(Some(recorder)) = self.recorders.pop() else { return };
        if recorder.is_plain && recorder.cuts == self.cuts && self.shares_modules() {
            let Recorder { file, acts, reads, .. } = recorder;
            self.graph.keep(self.workspace, file, Plain { scope: Rc::clone(scope), acts, length, reads });
        }
    }

    /// Whether this run does with modules what every other run does with them.
    fn shares_modules(&self) -> bool {
        !self.in_settings && Rc::ptr_eq(&self.known, &self.graph.matters())
    }

    /// The module as another run found it, if it would do the same in this one.
    pub(super) fn known_plain(&self, file: FileId) -> Option<Rc<Plain>> {
        let plain = self.graph.plain(self.workspace, file).filter(|_| self.shares_modules())?;
        let unset = |name: &Rc<str>| !self.environment.contains_key(&**name);
        plain.reads.iter().all(unset).then_some(plain)
    }

    /// Enters a plain module: what it asked for is asked for again.
    pub(super) fn replay(&mut self, file: FileId, plain: &Plain) -> Scope {
        self.modules.insert(file, Rc::clone(&plain.scope));
        let time = self.tick();
        self.note_load(Load { file, time, certain: self.is_certain() });
        let first = self.requests.len();
        let block = BlockId { file, function: None };
        let mut run = Run { count: 1, steps: vec![None; plain.length], ended: 0 };
        self.recorders.push(None);
        self.stack.push((block, 0));
        let outer = self.enter_certainty();
        for act in &plain.acts {
            match *act {
                Act::Step { number, certain } => {
                    self.certain = certain;
                    let time = u32::try_from(self.tick()).unwrap_or(u32::MAX);
                    run.steps[number].get_or_insert(Step { time, certain: self.is_certain() });
                    if let Some(running) = self.stack.last_mut() {
                        running.1 = number;
                    }
                }
                Act::Enter { file, certain } => {
                    self.certain = certain;
                    self.enter_module(file, "");
                }
                Act::Ensure(file) => self.ensure(file),
                Act::Star(base) => self.trace.star_imports.push((file, base)),
            }
        }
        self.leave_certainty(outer);
        self.stack.pop();
        self.recorders.pop();
        run.ended = self.tick();
        self.trace.runs.insert(block, run);
        self.requested_by.insert(file, first..self.requests.len());
        Rc::clone(&plain.scope)
    }

    /// The running module does something that another run has to see happen.
    pub(super) fn is_not_plain(&mut self) {
        if let Some(Some(recorder)) = self.recorders.last_mut() {
            recorder.is_plain = false;
        }
    }

    /// The running module misses a name in another one: if that is still loading, it may have the name in another run, where it was loaded first.
    pub(super) fn is_not_plain_if_loading(&mut self, file: FileId) {
        if !self.requested_by.contains_key(&file) {
            self.is_not_plain();
        }
    }

    /// The running module changes a value: one that it did not make itself may be another run's.
    pub(super) fn note_change(&mut self, value: &Value) {
        let maker = match value {
            Value::Instance(instance) => instance.maker,
            Value::Function(function) => Some(function.file),
            Value::External(external) => match &external.receiver {
                Some(receiver) => return self.note_change(&Rc::clone(receiver)),
                None => return,
            },
            _ => None,
        };
        if maker.is_none() || maker != self.running_module() {
            self.is_not_plain();
        }
    }

    /// The module whose code runs, while it is noted.
    pub(super) fn running_module(&self) -> Option<FileId> {
        self.recorders.last()?.as_ref().map(|recorder| recorder.file)
    }

    pub(super) fn note_step(&mut self, block: BlockId, number: usize) {
        let certain = self.certain;
        if let Some(Some(recorder)) = self.recorders.last_mut()
            && block == (BlockId { file: recorder.file, function: None })
        {
            recorder.acts.push(Act::Step { number, certain });
        }
    }

    /// A module is asked for. In a function that runs, the statements around it are not the module's own.
    pub(super) fn note_request(&mut self, file: FileId) {
        let (certain, around) = (self.certain, self.stack.last().map(|(block, _)| *block));
        let is_new = !self.modules.contains_key(&file);
        if let Some(Some(recorder)) = self.recorders.last_mut() {
            recorder.is_plain &= !is_new || around == Some(BlockId { file: recorder.file, function: None });
            recorder.acts.push(Act::Enter { file, certain });
        }
    }

    pub(super) fn note_ensured(&mut self, file: FileId) {
        if let Some(Some(recorder)) = self.recorders.last_mut() {
            recorder.acts.push(Act::Ensure(file));
        }
    }

    /// All names of a module are taken over; by the module itself, or by a file that runs in its names.
    pub(super) fn note_star(&mut self, importer: FileId, base: FileId) {
        if let Some(Some(recorder)) = self.recorders.last_mut() {
            recorder.is_plain &= importer == recorder.file;
            recorder.acts.push(Act::Star(base));
        }
    }

    /// A variable of the environment is read.
    pub(super) fn note_read(&mut self, name: &str) {
        let is_set = self.environment.contains_key(name);
        if let Some(Some(recorder)) = self.recorders.last_mut() {
            recorder.is_plain &= !is_set;
            recorder.reads.push(name.into());
        }
    }
}
