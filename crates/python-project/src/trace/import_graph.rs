//! Where imports lead from one import path, and which modules are worth running on paper. Found out once for all runs with that path.
//!
//! Worth running are those that hold a word that means something, and those that import such a module.
//! The others are entered in name only: what they load is noted, what they define is not known. Read [`ImportGraph`] first.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};

use rustc_hash::{FxHashMap, FxHashSet};

use super::replay::Plain;
use super::value::{Namespace, Scope};
use crate::import_scan::ImportedName;
use crate::workspace::{FileId, Resolved, Workspace};

/// The imports of the workspace's modules as seen from one import path.
#[derive(Debug)]
pub(crate) struct ImportGraph {
    import_path: Vec<PathBuf>,
    /// The graph of the import path without its first folder, which most modules of this one are the same in.
    base: Option<Rc<ImportGraph>>,
    /// The names that the first folder adds.
    added: BTreeSet<String>,
    /// Modules by whether the base has the same imports for them.
    as_in_base: RefCell<FxHashMap<FileId, bool>>,
    on_path: RefCell<FxHashMap<Box<str>, Option<Rc<Resolved>>>>,
    edges: RefCell<FxHashMap<FileId, Rc<[Edge]>>>,
    matters: Rc<RefCell<Known>>,
    plain: RefCell<FxHashMap<FileId, Rc<Plain>>>,
    /// All scopes: functions hold the scopes that hold them, so they have to be emptied in the end.
    scopes: RefCell<Vec<Weak<RefCell<Namespace>>>>,
}

/// Which modules matter, as far as it was asked.
pub(super) type Known = FxHashMap<FileId, bool>;

/// An import of a module of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) file: FileId,
    /// Whether it runs whenever the importing module does.
    pub(super) at_top: bool,
}

/// The graphs that were used last.
#[derive(Debug, Default)]
pub(crate) struct ImportGraphs(RefCell<Vec<Rc<ImportGraph>>>);

impl ImportGraphs {
    /// Processes of one project are followed one after the other: a few graphs at a time are enough.
    const KEPT: usize = 6;

    /// The graph of this import path.
    pub(super) fn of(&self, workspace: &Workspace, import_path: &[PathBuf]) -> Rc<ImportGraph> {
        let mut folders: Vec<PathBuf> = Vec::new();
        for folder in import_path {
            if !folders.contains(folder) {
                folders.push(folder.clone());
            }
        }
        self.of_distinct(workspace, folders)
    }

    /// Forgets all graphs.
    pub(crate) fn forget(&self) {
        self.0.take();
    }

    fn of_distinct(&self, workspace: &Workspace, import_path: Vec<PathBuf>) -> Rc<ImportGraph> {
        let known = self.0.borrow().iter().position(|graph| graph.import_path == import_path);
        let graph = match known {
            Some(number) => self.0.borrow_mut().remove(number),
            None => {
                let base = import_path.get(1..).filter(|rest| !rest.is_empty());
                let base = base.map(|rest| self.of_distinct(workspace, rest.to_vec()));
                Rc::new(ImportGraph::new(workspace, import_path, base))
            }
        };
        let mut graphs = self.0.borrow_mut();
        graphs.truncate(Self::KEPT - 1);
        graphs.insert(0, Rc::clone(&graph));
        graph
    }
}

impl ImportGraph {
    fn new(workspace: &Workspace, import_path: Vec<PathBuf>, base: Option<Rc<Self>>) -> Self {
        let first = base.as_ref().and(import_path.first());
        Self {
            added: first.map(|folder| workspace.top_level_names(folder)).unwrap_or_default(),
            import_path,
            base,
            as_in_base: RefCell::default(),
            on_path: RefCell::default(),
            edges: RefCell::default(),
            matters: Rc::default(),
            plain: RefCell::default(),
            scopes: RefCell::default(),
        }
    }

    /// The base, where the module imports nothing that the first folder may have.
    fn base_of(&self, workspace: &Workspace, file: FileId) -> Option<&Rc<Self>> {
        let base = self.base.as_ref()?;
        let known = self.as_in_base.borrow().get(&file).copied();
        let is_same = known.unwrap_or_else(|| {
            let is_added = |name: &ImportedName| {
                name.level == 0 && self.added.contains(name.module.split('.').next().unwrap_or_default())
            };
            let is_same = !workspace.imports(file).iter().any(is_added);
            self.as_in_base.borrow_mut().insert(file, is_same);
            is_same
        });
        is_same.then_some(base)
    }

    /// A plain module as a run found it.
    pub(super) fn plain(&self, workspace: &Workspace, file: FileId) -> Option<Rc<Plain>> {
        match self.base_of(workspace, file) {
            Some(base) => base.plain(workspace, file),
            None => self.plain.borrow().get(&file).map(Rc::clone),
        }
    }

    /// Keeps a plain module for other runs.
    pub(super) fn keep(&self, workspace: &Workspace, file: FileId, plain: Plain) {
        match self.base_of(workspace, file) {
            Some(base) => base.keep(workspace, file, plain),
            None => {
                self.plain.borrow_mut().insert(file, Rc::new(plain));
            }
        }
    }

    /// Notes a scope of a run. Plain modules, the base's too, may refer to any of them.
    pub(super) fn own_scope(&self, scope: &Scope) {
        match &self.base {
            Some(base) => base.own_scope(scope),
            None => self.scopes.borrow_mut().push(Rc::downgrade(scope)),
        }
    }

    /// Which modules matter, shared with all runs.
    pub(super) fn matters(&self) -> Rc<RefCell<Known>> {
        Rc::clone(&self.matters)
    }

    /// The modules a dotted name leads to, tried from each folder of the import path.
    pub(super) fn resolve(
        &self,
        workspace: &Workspace,
        dotted: &str,
        importer: Option<FileId>,
    ) -> Option<Rc<Resolved>> {
        let on_path = self.resolve_on_path(workspace, dotted);
        let module = on_path.filter(|found| matches!(**found, Resolved::Module(_)));
        module.or_else(|| resolve_near(workspace, dotted, importer?).map(Rc::new))
    }

    fn resolve_on_path(&self, workspace: &Workspace, dotted: &str) -> Option<Rc<Resolved>> {
        if let Some(known) = self.on_path.borrow().get(dotted) {
            return known.clone();
        }
        let found = self.import_path.iter().find_map(|folder| workspace.resolve(folder, dotted)).map(Rc::new);
        self.on_path.borrow_mut().insert(dotted.into(), found.clone());
        found
    }

    /// Whether running the module can show anything; `known` grows by what is found out.
    pub(super) fn is_worth_running(&self, workspace: &Workspace, known: &RefCell<Known>, file: FileId) -> bool {
        if let Some(known) = known.borrow().get(&file) {
            return *known;
        }
        let is_sure = |file: FileId| {
            let words = workspace.file(file).python.unwrap_or_default();
            words.vocabulary || words.hint || known.borrow().get(&file) == Some(&true)
        };
        // Depth first: whatever lies on the way to a module that matters, matters.
        let mut seen = FxHashSet::from_iter([file]);
        let mut way = vec![(file, self.edges(workspace, file), 0)];
        let mut is_found = is_sure(file);
        while let Some((_, edges, next)) = way.last_mut().filter(|_| !is_found) {
            let Some(edge) = edges.get(*next).copied() else {
                way.pop();
                continue;
            };
            *next += 1;
            if known.borrow().get(&edge.file) != Some(&false) && seen.insert(edge.file) {
                is_found = is_sure(edge.file);
                way.push((edge.file, self.edges(workspace, edge.file), 0));
            }
        }
        match is_found {
            true => known.borrow_mut().extend(way.into_iter().map(|(file, ..)| (file, true))),
            false => known.borrow_mut().extend(seen.into_iter().map(|file| (file, false))),
        }
        is_found
    }

    /// The imports of a module, found without parsing it.
    pub(super) fn edges(&self, workspace: &Workspace, file: FileId) -> Rc<[Edge]> {
        if let Some(base) = self.base_of(workspace, file) {
            return base.edges(workspace, file);
        }
        if let Some(known) = self.edges.borrow().get(&file) {
            return Rc::clone(known);
        }
        let mut edges: Vec<Edge> = Vec::new();
        let mut seen = FxHashSet::default();
        for name in workspace.imports(file).iter() {
            for imported in self.imported(workspace, name, file) {
                let edge = Edge { file: imported, at_top: name.at_top };
                if imported != file && seen.insert((imported, name.at_top)) {
                    edges.push(edge);
                }
            }
        }
        let edges: Rc<[Edge]> = edges.into();
        self.edges.borrow_mut().insert(file, Rc::clone(&edges));
        edges
    }

    fn imported(&self, workspace: &Workspace, name: &ImportedName, importer: FileId) -> Vec<FileId> {
        let found = if name.level == 0 {
            self.resolve(workspace, &name.module, Some(importer))
        } else {
            let folder = workspace.path(importer).ancestors().nth(name.level).unwrap_or(Path::new(""));
            if name.module.is_empty() {
                return workspace.find(&folder.join("__init__.py")).into_iter().collect();
            }
            workspace.resolve(folder, &name.module).map(Rc::new)
        };
        match found.as_deref() {
            Some(Resolved::Module(chain) | Resolved::Namespace(chain, _)) => chain.clone(),
            None => Vec::new(),
        }
    }
}

impl Drop for ImportGraph {
    fn drop(&mut self) {
        for scope in self.scopes.take().into_iter().filter_map(|scope| scope.upgrade()) {
            // Taken out first: what is dropped here may hold the scope itself.
            let namespace = std::mem::take(&mut *scope.borrow_mut());
            drop(namespace);
        }
    }
}

/// A project may put further folders on its import path; the ones around the importing file are the likely ones.
/// A package's own folder is none, and Python's own modules are not sought this way.
fn resolve_near(workspace: &Workspace, dotted: &str, importer: FileId) -> Option<Resolved> {
    if python_source::is_standard_library(dotted) {
        return None;
    }
    let around: Vec<&Path> = workspace.path(importer).ancestors().skip(1).collect();
    let is_package =
        |folder: &&Path| !folder.as_os_str().is_empty() && workspace.find(&folder.join("__init__.py")).is_some();
    // Nor is a folder without `__init__.py` below a package: it is a part of the package.
    let outermost = around.iter().rposition(is_package).map_or(0, |number| number + 1);
    let roots = around[outermost..].iter().copied();
    let mut found: Vec<Resolved> = roots.flat_map(|folder: &Path| workspace.resolve(folder, dotted)).collect();
    let module = found.iter().position(|found| matches!(found, Resolved::Module(_)));
    (!found.is_empty()).then(|| found.swap_remove(module.unwrap_or(0)))
}
