//! A first look at one module: can it build anything at all? Cheap, and never wrong in saying no: following a process is what costs.
//! Read [`builders`] first.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use python_source::outline::{Expr, ExprKind, ImportFrom, Stmt, StmtKind};

use crate::launch::packages_around;
use crate::project::{Project, project_of};
use crate::vocabulary::{Meaning, Vocabulary};
use crate::workspace::{FileId, Resolved, Workspace};

/// Classes that derive from each other over more steps than this, or in circles, are taken to build something.
const DEEPEST: usize = 8;

/// The offsets of calls and classes in the module that may, by the names that it imports, build an object of the vocabulary.
pub(crate) fn builders(
    workspace: &Workspace,
    vocabulary: &Vocabulary,
    projects: &[Project],
    file: FileId,
) -> Vec<usize> {
    let Ok(module) = workspace.module(file) else { return Vec::new() };
    let sketch = Sketch::of(workspace, vocabulary, projects, file, &module.outline.body);
    let mut found = Vec::new();
    sketch.statements(&module.outline.body, &mut found);
    found
}

/// What the names of a module stand for.
struct Sketch<'a> {
    workspace: &'a Workspace,
    vocabulary: &'a Vocabulary,
    projects: &'a [Project],
    file: FileId,
    roots: Vec<PathBuf>,
    /// What the module's imports bind, at any depth.
    names: HashMap<String, Origin>,
    /// The bases of its own classes.
    classes: HashMap<String, Vec<Expr>>,
    /// Whether an import may have brought any name.
    has_star: bool,
}

/// Where a name comes from.
enum Origin {
    /// Another package: its qualified name.
    External(String),
    /// A module of the project, and the name in it; no name for the module itself.
    FirstParty(Option<FileId>, Option<String>),
}

impl<'a> Sketch<'a> {
    fn of(
        workspace: &'a Workspace,
        vocabulary: &'a Vocabulary,
        projects: &'a [Project],
        file: FileId,
        body: &[Stmt],
    ) -> Self {
        let (root, _) = packages_around(workspace, file);
        let mut roots = vec![root];
        roots.extend(project_of(projects, workspace.path(file)).import_roots(workspace));
        let mut sketch = Self {
            workspace,
            vocabulary,
            projects,
            file,
            roots,
            names: HashMap::new(),
            classes: HashMap::new(),
            has_star: false,
        };
        sketch.learn(body);
        sketch
    }

    /// Notes what imports and classes bind.
    fn learn(&mut self, body: &[Stmt]) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Import(aliases) => {
                    for alias in aliases {
                        let first = alias.name.split('.').next().unwrap_or_default();
                        let (bound, module) = match &alias.asname {
                            Some(asname) => (asname.as_str(), alias.name.as_str()),
                            None => (first, first),
                        };
                        let origin = match self.absolute(module) {
                            Some(file) => Origin::FirstParty(file, None),
                            None => Origin::External(module.to_owned()),
                        };
                        self.names.insert(bound.to_owned(), origin);
                    }
                }
                StmtKind::ImportFrom(import) => self.learn_from(import),
                StmtKind::Function(function) => self.learn(&function.body),
                StmtKind::Class(class) => {
                    self.classes.insert(class.name.clone(), class.bases.clone());
                    self.learn(&class.body);
                }
                _ => stmt.blocks().into_iter().for_each(|block| self.learn(block)),
            }
        }
    }

    fn learn_from(&mut self, import: &ImportFrom) {
        let module = import.module.as_deref().unwrap_or_default();
        let found = if import.level > 0 { Some(self.relative(import)) } else { self.absolute(module) };
        for alias in &import.names {
            self.has_star |= alias.name == "*";
            let origin = match found {
                Some(file) => Origin::FirstParty(file, Some(alias.name.clone())),
                None => Origin::External(format!("{module}.{}", alias.name)),
            };
            self.names.insert(alias.asname.as_ref().unwrap_or(&alias.name).clone(), origin);
        }
    }

    /// The project's module of that name; `Some(None)` for a folder without `__init__.py`.
    fn absolute(&self, module: &str) -> Option<Option<FileId>> {
        self.roots.iter().find_map(|root| self.workspace.resolve(root, module)).map(last_of)
    }

    fn relative(&self, import: &ImportFrom) -> Option<FileId> {
        let folder = self.workspace.path(self.file).ancestors().nth(import.level as usize).unwrap_or(Path::new(""));
        match &import.module {
            Some(module) => self.workspace.resolve(folder, module).and_then(last_of),
            None => self.workspace.find(&folder.join("__init__.py")),
        }
    }

    fn statements(&self, body: &[Stmt], found: &mut Vec<usize>) {
        for stmt in body {
            for expr in stmt.expressions() {
                self.expression(expr, found);
            }
            match &stmt.kind {
                StmtKind::Function(function) => self.statements(&function.body, found),
                StmtKind::Class(class) => {
                    let is_named = self.vocabulary.class(&class.name, |_| true).is_some();
                    if is_named || class.bases.iter().any(|base| self.builds(base, DEEPEST)) {
                        found.push(class.span.start);
                    }
                    self.statements(&class.body, found);
                }
                _ => stmt.blocks().into_iter().for_each(|block| self.statements(block, found)),
            }
        }
    }

    fn expression(&self, expr: &Expr, found: &mut Vec<usize>) {
        if let ExprKind::Call(call) = &expr.kind
            && self.builds(&call.func, DEEPEST)
        {
            found.push(expr.span.start);
        }
        expr.children().into_iter().for_each(|child| self.expression(child, found));
    }

    /// Whether calling this, or deriving from it, may build something; `steps` more classes are looked at.
    fn builds(&self, callee: &Expr, steps: usize) -> bool {
        let Some(steps) = steps.checked_sub(1) else { return true };
        let Some(dotted) = callee.dotted() else { return false };
        let (first, rest) = dotted.split_once('.').unwrap_or((&dotted, ""));
        match self.names.get(first) {
            Some(Origin::External(name)) => {
                let qualified = if rest.is_empty() { name.clone() } else { format!("{name}.{rest}") };
                self.vocabulary.meanings(&qualified).iter().any(|meaning| matches!(meaning, Meaning::Builds(_)))
            }
            // What the project's functions build, their own modules build.
            Some(Origin::FirstParty(file, name)) => {
                let last = dotted.rsplit('.').next().unwrap_or_default();
                let name = if rest.is_empty() { name.as_deref().unwrap_or(last) } else { last };
                name.starts_with(char::is_uppercase) && self.class_elsewhere(*file, name, steps)
            }
            None => match self.classes.get(first) {
                Some(bases) => bases.iter().any(|base| self.builds(base, steps)),
                None => self.has_star && first.starts_with(char::is_uppercase),
            },
        }
    }

    /// Whether the class of that name in another module of the project may be one of the vocabulary's, by its bases.
    fn class_elsewhere(&self, file: Option<FileId>, name: &str, steps: usize) -> bool {
        let (Some(file), Some(steps)) = (file, steps.checked_sub(1)) else { return true };
        let Ok(module) = self.workspace.module(file) else { return false };
        let there = Sketch::of(self.workspace, self.vocabulary, self.projects, file, &module.outline.body);
        if let Some(bases) = there.classes.get(name) {
            return bases.iter().any(|base| there.builds(base, steps));
        }
        match there.names.get(name) {
            Some(Origin::External(qualified)) => {
                self.vocabulary.meanings(qualified).iter().any(|meaning| matches!(meaning, Meaning::Builds(_)))
            }
            Some(Origin::FirstParty(file, Some(name))) => there.class_elsewhere(*file, name, steps),
            // A module, or a name that is made in some other way.
            Some(Origin::FirstParty(_, None)) | None => there.has_star || names_something(self.workspace, file),
        }
    }
}

fn last_of(found: Resolved) -> Option<FileId> {
    match found {
        Resolved::Module(chain) => chain.last().copied(),
        Resolved::Namespace(..) => None,
    }
}

fn names_something(workspace: &Workspace, file: FileId) -> bool {
    workspace.file(file).python.is_some_and(|words| words.vocabulary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::projects;
    use crate::vocabulary::ObjectId;

    /// Whether `a.py`, beside the other files, may build a `web.App`.
    #[allow(clippy::disallowed_methods, reason = "tests write their projects to a temporary folder")]
    fn may_build(files: &[(&str, &str)]) -> bool {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            std::fs::write(folder.path().join(path), text).expect("a file");
        }
        let mut vocabulary = Vocabulary::default();
        vocabulary.add("web.App", Meaning::Builds(ObjectId(0)));
        let workspace = Workspace::discover(folder.path(), &vocabulary, |_| false);
        let projects = projects(&workspace, |_| false);
        let file = workspace.find(Path::new("a.py")).expect("a.py");
        !builders(&workspace, &vocabulary, &projects, file).is_empty()
    }

    #[test]
    fn only_what_builds_is_worth_following() {
        assert!(may_build(&[("a.py", "import web\nweb.App()\n")]));
        assert!(may_build(&[("a.py", "from web import *\nApp()\n")]));
        assert!(!may_build(&[("a.py", "from web import App\ndef f(app: App): pass\n")]));
    }

    #[test]
    fn classes_are_followed_through_modules() {
        let base = ("b.py", "from web import App\nclass Base(App): pass\n");
        let middle = ("c.py", "from b import Base\nclass Middle(Base): pass\n");
        assert!(may_build(&[("a.py", "from c import Middle\nMiddle()\n"), base, middle]));
        assert!(!may_build(&[("a.py", "from c import Other\nOther()\n"), base, ("c.py", "class Other: pass\n")]));
    }

    #[test]
    fn classes_in_a_circle_come_to_an_end() {
        assert!(may_build(&[("a.py", "class A(B): pass\nclass B(A): pass\nA()\n")]));
    }
}
