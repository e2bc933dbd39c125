//! Import statements in a run on paper, and strings that name modules.

use std::path::Path;
use std::rc::Rc;

use python_source::outline::{Alias, ImportFrom};

use super::runner::{Frame, Runner};
use super::value::{Scope, Value};
use crate::workspace::{FileId, Resolved};

impl Runner<'_> {
    pub(super) fn import(&mut self, names: &[Alias], frame: &Frame) {
        for alias in names {
            let found = self.load(&alias.name, frame.file);
            let (bound, value) = match (&alias.asname, found) {
                (Some(asname), Some(found)) => (asname.as_str(), found),
                (Some(asname), None) => (asname.as_str(), Value::external(alias.name.as_str())),
                (None, found) => {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    let value = match found {
                        Some(_) => self.load(first, frame.file).unwrap_or(Value::Unknown),
                        None => Value::external(first),
                    };
                    (first, value)
                }
            };
            frame.scope.borrow_mut().names.insert(bound.into(), value);
        }
    }

    pub(super) fn import_from(&mut self, import: &ImportFrom, frame: &Frame) {
        let module = import.module.as_deref().unwrap_or_default();
        let source =
            if import.level == 0 { self.load(module, frame.file) } else { self.load_relative(import, frame.file) };
        for alias in &import.names {
            if alias.name == "*" {
                self.import_star(source.as_ref(), module, frame);
                continue;
            }
            let value = match &source {
                Some(source) => self.member(source, &alias.name),
                None if import.level > 0 => Value::Unknown,
                None => Value::external(format!("{module}.{}", alias.name)),
            };
            let bound = alias.asname.as_deref().unwrap_or(&alias.name);
            frame.scope.borrow_mut().names.insert(bound.into(), value);
        }
    }

    fn import_star(&mut self, source: Option<&Value>, module: &str, frame: &Frame) {
        match source {
            Some(Value::Module(file)) => {
                self.note_star(frame.file, *file);
                self.trace.star_imports.push((frame.file, *file));
                let Some(scope) = self.modules.get(file).cloned() else { return };
                if Rc::ptr_eq(&scope, &frame.scope) {
                    return;
                }
                let theirs = scope.borrow();
                let mut ours = frame.scope.borrow_mut();
                for (name, value) in theirs.names.iter().filter(|(name, _)| !name.starts_with('_')) {
                    ours.names.insert(Rc::clone(name), value.clone());
                }
                ours.stars.extend(theirs.stars.iter().cloned());
            }
            Some(_) => {}
            None => frame.scope.borrow_mut().stars.push(module.into()),
        }
    }

    /// What `from source import name` finds: a name of the module, else a submodule.
    fn member(&mut self, source: &Value, name: &str) -> Value {
        let (folder, known) = match source {
            Value::Module(file) => {
                let known = self.modules.get(file).and_then(|scope| scope.borrow().names.get(name).cloned());
                let folder = self.workspace.path(*file).parent().map(Path::to_owned).unwrap_or_default();
                (self.workspace.is_package(*file).then_some(folder), known)
            }
            Value::Namespace(folder) => (Some((**folder).clone()), None),
            _ => (None, None),
        };
        if let Some(known) = known {
            return known;
        }
        if let Value::Module(file) = source {
            self.is_not_plain_if_loading(*file);
        }
        let submodule = folder.and_then(|folder| self.workspace.resolve(&folder, name));
        match submodule {
            Some(found) => self.enter(&found),
            None => self.attribute(source, name),
        }
    }

    /// Loads a module by its dotted name, as seen from a file; `None` when it is not the project's.
    pub(super) fn load(&mut self, dotted: &str, importer: FileId) -> Option<Value> {
        let found = self.resolve(dotted, Some(importer))?;
        Some(self.enter(&found))
    }

    fn load_relative(&mut self, import: &ImportFrom, importer: FileId) -> Option<Value> {
        let mut folder = self.workspace.path(importer).parent()?;
        for _ in 1..import.level {
            folder = folder.parent()?;
        }
        let folder = folder.to_owned();
        match &import.module {
            Some(module) => {
                let found = self.workspace.resolve(&folder, module)?;
                Some(self.enter(&found))
            }
            None => Some(match self.workspace.find(&folder.join("__init__.py")) {
                Some(package) => {
                    self.enter_module(package, "");
                    Value::Module(package)
                }
                None => Value::Namespace(Rc::new(folder)),
            }),
        }
    }

    fn enter(&mut self, found: &Resolved) -> Value {
        match found {
            Resolved::Module(chain) => {
                self.import_chain(chain);
                chain.last().map_or(Value::Unknown, |file| Value::Module(*file))
            }
            Resolved::Namespace(chain, folder) => {
                self.import_chain(chain);
                Value::Namespace(Rc::new(folder.clone()))
            }
        }
    }

    /// Enters packages and the module in them, from the outside in.
    pub(super) fn import_chain(&mut self, chain: &[FileId]) {
        for file in chain {
            self.enter_module(*file, "");
        }
    }

    /// What a string like `package.module:attribute`, `package.module` or `package.module.attribute` names.
    pub(super) fn import_string(&mut self, text: &str, importer: Option<FileId>) -> Option<Value> {
        let (module, attribute) = text.split_once(':').unwrap_or((text, ""));
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !module.split('.').all(is_name) {
            return None;
        }
        let (mut value, rest) = match self.resolve(module, importer) {
            Some(found) => (self.enter(&found), attribute),
            None => {
                let (parent, last) = module.rsplit_once('.')?;
                let found = self.resolve(parent, importer).filter(|_| attribute.is_empty())?;
                (self.enter(&found), last)
            }
        };
        for part in rest.trim_end_matches("()").split('.').filter(|part| !part.is_empty()) {
            value = self.attribute(&value, part);
        }
        Some(value)
    }

    /// Loads the module that a variable names, once.
    pub(super) fn load_settings(&mut self, variable: &str, frame: &Frame) {
        self.is_not_plain();
        if !self.trace.settings.is_empty() {
            return;
        }
        let named: Vec<String> = self
            .variable(variable, None)
            .alternatives()
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect();
        let outer = std::mem::replace(&mut self.in_settings, true);
        let mut files: Vec<FileId> = Vec::new();
        for name in &named {
            if let Some(Resolved::Module(chain)) = self.resolve(name, Some(frame.file)).as_deref() {
                files.extend(chain.last());
                self.trace.settings.extend(chain.last());
                let load = |runner: &mut Self| runner.import_chain(chain);
                if named.len() == 1 { load(self) } else { self.uncertainly(load) }
            }
        }
        if files.is_empty() {
            self.load_likely_settings();
        }
        self.in_settings = outer;
    }

    /// Nothing names the settings module: each that may be meant is loaded, and what all of them load is certain.
    fn load_likely_settings(&mut self) {
        let likely = self.settings.to_vec();
        self.trace.settings.extend(&likely);
        let scope = Scope::default();
        self.alternatives(&scope, true, likely, |runner, file| {
            runner.enter_module(file, "");
            super::runner::Flow::Next
        });
    }
}
