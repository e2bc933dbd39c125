//! A first look at one module: can it build anything at all? Cheap, and never wrong in saying no: following a process is what costs.
//! Read [`builders`] first.

use std::collections::HashMap;
use std::path::PathBuf;

use python_source::outline::{Expr, ExprKind, Stmt, StmtKind};

use crate::launch::packages_around;
use crate::project::{Project, project_of};
use crate::vocabulary::{Meaning, Vocabulary};
use crate::workspace::{FileId, Resolved, Workspace};

/// The offsets of calls and classes in the module that may, by the names that it imports, build an object of the vocabulary.
pub(crate) fn builders(
    workspace: &Workspace,
    vocabulary: &Vocabulary,
    projects: &[Project],
    file: FileId,
) -> Vec<usize> {
    let Ok(module) = workspace.module(file) else { return Vec::new() };
    let (root, _) = packages_around(workspace, file);
    let mut roots = vec![root];
    roots.extend(project_of(projects, workspace.path(file)).import_roots(workspace));
    let mut sketch = Sketch { workspace, vocabulary, roots, names: HashMap::new(), found: Vec::new() };
    sketch.imports(&module.outline.body);
    sketch.statements(&module.outline.body);
    sketch.found
}

struct Sketch<'a> {
    workspace: &'a Workspace,
    vocabulary: &'a Vocabulary,
    roots: Vec<PathBuf>,
    /// What the module's imports bind, at any depth.
    names: HashMap<String, Origin>,
    found: Vec<usize>,
}

/// Where a name comes from.
enum Origin {
    /// Another package: its qualified name.
    External(String),
    /// A module of the project, and whether a word of the vocabulary stands in it.
    FirstParty { names_something: bool },
}

impl Sketch<'_> {
    fn imports(&mut self, body: &[Stmt]) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Import(aliases) => {
                    for alias in aliases {
                        let first = alias.name.split('.').next().unwrap_or_default();
                        let bound = alias.asname.as_deref().unwrap_or(first).to_owned();
                        let qualified = if alias.asname.is_some() { alias.name.as_str() } else { first };
                        let origin = self.origin(&alias.name, qualified);
                        self.names.insert(bound, origin);
                    }
                }
                StmtKind::ImportFrom(import) => {
                    let module = import.module.as_deref().unwrap_or_default();
                    for alias in &import.names {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).clone();
                        let origin = if import.level > 0 {
                            // Relative imports lead into the project; what stands there is not worth a second look.
                            Origin::FirstParty { names_something: true }
                        } else {
                            self.origin(module, &format!("{module}.{}", alias.name))
                        };
                        // `from x import *` can bring any name of the vocabulary.
                        if alias.name == "*" && matches!(&origin, Origin::External(_)) {
                            self.found.push(stmt.span.start);
                        }
                        self.names.insert(bound, origin);
                    }
                }
                StmtKind::Function(function) => self.imports(&function.body),
                StmtKind::Class(class) => self.imports(&class.body),
                _ => stmt.blocks().into_iter().for_each(|block| self.imports(block)),
            }
        }
    }

    fn origin(&self, module: &str, qualified: &str) -> Origin {
        let found = self.roots.iter().find_map(|root| self.workspace.resolve(root, module));
        match found {
            Some(Resolved::Module(chain) | Resolved::Namespace(chain, _)) => {
                let speaks = |file: &FileId| self.workspace.file(*file).python.is_some_and(|words| words.vocabulary);
                Origin::FirstParty { names_something: chain.last().is_none_or(speaks) }
            }
            None => Origin::External(qualified.to_owned()),
        }
    }

    fn statements(&mut self, body: &[Stmt]) {
        for stmt in body {
            for expr in stmt.expressions() {
                self.expression(expr);
            }
            match &stmt.kind {
                StmtKind::Function(function) => self.statements(&function.body),
                StmtKind::Class(class) => {
                    let is_named = self.vocabulary.class(&class.name, |_| true).is_some();
                    if is_named || class.bases.iter().any(|base| self.builds(base)) {
                        self.found.push(class.span.start);
                    }
                    self.statements(&class.body);
                }
                _ => stmt.blocks().into_iter().for_each(|block| self.statements(block)),
            }
        }
    }

    fn expression(&mut self, expr: &Expr) {
        if let ExprKind::Call(call) = &expr.kind
            && self.builds(&call.func)
        {
            self.found.push(expr.span.start);
        }
        expr.children().into_iter().for_each(|child| self.expression(child));
    }

    /// Whether calling this, or deriving from it, may build something.
    fn builds(&self, callee: &Expr) -> bool {
        let Some(dotted) = callee.dotted() else { return false };
        let (first, rest) = dotted.split_once('.').unwrap_or((&dotted, ""));
        match self.names.get(first) {
            Some(Origin::External(name)) => {
                let qualified = if rest.is_empty() { name.clone() } else { format!("{name}.{rest}") };
                self.vocabulary.meanings(&qualified).iter().any(|meaning| matches!(meaning, Meaning::Builds(_)))
            }
            // A class of the project, from a module that names something; what its factories build, their own modules build.
            Some(Origin::FirstParty { names_something }) => {
                let last = dotted.rsplit('.').next().unwrap_or_default();
                *names_something && last.starts_with(char::is_uppercase)
            }
            None => false,
        }
    }
}
