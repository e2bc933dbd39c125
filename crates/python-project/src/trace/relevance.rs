//! Which modules are worth running on paper: those that hold a word that means something, and those that import such a module.
//! The others are entered in name only: what they load is noted, what they define is not known. Read [`Relevance`] first.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

use super::runner::Runner;
use super::value::Scope;
use super::{BlockId, Load, Run};
use crate::import_scan::ImportedName;
use crate::workspace::{FileId, Resolved};

/// What is known so far of which modules matter.
#[derive(Debug, Default)]
pub(super) struct Relevance {
    known: HashMap<FileId, bool>,
    edges: HashMap<FileId, Rc<[Edge]>>,
}

/// An import of a module of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edge {
    file: FileId,
    /// Whether it runs whenever the importing module does.
    at_top: bool,
}

impl Runner<'_> {
    /// Whether running the module can show anything.
    pub(super) fn matters(&mut self, file: FileId) -> bool {
        if let Some(known) = self.relevance.known.get(&file) {
            return *known;
        }
        let mut seen = HashSet::from([file]);
        let mut open = vec![file];
        while let Some(current) = open.pop() {
            let words = self.workspace.file(current).python.unwrap_or_default();
            if words.vocabulary || words.hint || self.relevance.known.get(&current) == Some(&true) {
                self.relevance.known.insert(file, true);
                return true;
            }
            for edge in self.edges(current).iter() {
                if self.relevance.known.get(&edge.file) != Some(&false) && seen.insert(edge.file) {
                    open.push(edge.file);
                }
            }
        }
        self.relevance.known.extend(seen.into_iter().map(|file| (file, false)));
        false
    }

    /// Lets a module be run, and those that it imports at once: what its attribute is shows only then.
    pub(super) fn run_although_nothing_matters(&mut self, file: FileId) {
        if !self.matters(file) {
            let direct: Vec<FileId> =
                self.edges(file).iter().filter(|edge| edge.at_top).map(|edge| edge.file).collect();
            self.relevance.known.extend(direct.into_iter().chain([file]).map(|file| (file, true)));
        }
    }

    /// Enters a module that does not matter, and the modules that it imports whenever it runs.
    pub(super) fn pass_through(&mut self, file: FileId) -> Scope {
        let scope = Scope::default();
        self.modules.insert(file, Rc::clone(&scope));
        let time = self.tick();
        self.trace.loads.push(Load { file, time, certain: self.certain });
        let first = self.requests.len();
        for edge in self.edges(file).iter().filter(|edge| edge.at_top) {
            self.enter_module(edge.file, "");
        }
        self.requested_by.insert(file, first..self.requests.len());
        let ended = self.tick();
        // No statement is told from another: init may stand before or after any of them.
        self.trace.runs.insert(BlockId { file, function: None }, Run { count: 1, steps: Vec::new(), ended });
        scope
    }

    fn edges(&mut self, file: FileId) -> Rc<[Edge]> {
        if let Some(known) = self.relevance.edges.get(&file) {
            return Rc::clone(known);
        }
        let names = self.workspace.imports(file);
        let mut edges: Vec<Edge> = Vec::new();
        for name in names.iter() {
            for imported in self.imported(name, file) {
                let edge = Edge { file: imported, at_top: name.at_top };
                if imported != file && !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
        }
        let edges: Rc<[Edge]> = edges.into();
        self.relevance.edges.insert(file, Rc::clone(&edges));
        edges
    }

    fn imported(&self, name: &ImportedName, importer: FileId) -> Vec<FileId> {
        let found = if name.level == 0 {
            self.resolve(&name.module, Some(importer))
        } else {
            let folder = self.workspace.path(importer).ancestors().nth(name.level).unwrap_or(Path::new("")).to_owned();
            if name.module.is_empty() {
                return self.workspace.find(&folder.join("__init__.py")).into_iter().collect();
            }
            self.workspace.resolve(&folder, &name.module)
        };
        match found {
            Some(Resolved::Module(chain) | Resolved::Namespace(chain, _)) => chain,
            None => Vec::new(),
        }
    }
}
