//! Modules that are entered in name only, because running them on paper can show nothing. Read [`Runner::matters`] first.

use std::rc::Rc;

use super::runner::Runner;
use super::value::Scope;
use super::{BlockId, Load, Run};
use crate::workspace::FileId;

impl Runner<'_> {
    /// Whether running the module can show anything.
    pub(super) fn matters(&self, file: FileId) -> bool {
        self.graph.is_worth_running(self.workspace, &self.known, file)
    }

    /// Lets a module be run, and those that it imports at once: what its attribute is shows only then.
    pub(super) fn run_although_nothing_matters(&mut self, file: FileId) {
        if !self.matters(file) {
            let edges = self.graph.edges(self.workspace, file);
            let direct = edges.iter().filter(|edge| edge.at_top).map(|edge| edge.file);
            // In this run alone.
            let known = direct.chain([file]).map(|file| (file, true)).collect();
            self.known = Rc::new(std::cell::RefCell::new(known));
        }
    }

    /// Enters a module that does not matter, and the modules that it imports whenever it runs.
    pub(super) fn pass_through(&mut self, file: FileId) -> Scope {
        let scope = self.new_scope(None);
        self.modules.insert(file, Rc::clone(&scope));
        let time = self.tick();
        self.note_load(Load { file, time, certain: self.is_certain() });
        let first = self.requests.len();
        let edges = self.graph.edges(self.workspace, file);
        let outer = self.enter_certainty();
        self.recorders.push(None);
        for edge in edges.iter().filter(|edge| edge.at_top) {
            self.enter_module(edge.file, "");
        }
        self.recorders.pop();
        self.leave_certainty(outer);
        self.requested_by.insert(file, first..self.requests.len());
        let ended = self.tick();
        // No statement is told from another: init may stand before or after any of them.
        self.trace.runs.insert(BlockId { file, function: None }, Run { count: 1, steps: Vec::new(), ended });
        scope
    }
}
