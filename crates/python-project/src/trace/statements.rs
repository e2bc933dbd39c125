//! What each kind of statement does in a run on paper.

use std::rc::Rc;

use python_source::outline::{Branch, Class, Expr, ExprKind, Function, Stmt, StmtKind, Try};

use super::runner::{Flow, Frame, Runner};
use super::value::{Body, Callable, ClassValue, Scope, Value};

/// A loop over a list of known length runs its body for each element up to this many.
const MOST_ROUNDS: usize = 16;

impl Runner<'_> {
    /// Runs statements that are no body of their own: an arm of an `if`, say.
    fn block(&mut self, body: &[Stmt], frame: &Frame, returned: &mut Vec<Value>) -> Flow {
        for stmt in body {
            let flow = self.statement(stmt, frame, returned);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    pub(super) fn statement(&mut self, stmt: &Stmt, frame: &Frame, returned: &mut Vec<Value>) -> Flow {
        if !self.goes_on() {
            return Flow::Raised;
        }
        match &stmt.kind {
            StmtKind::Import(names) => self.import(names, frame),
            StmtKind::ImportFrom(import) => self.import_from(import, frame),
            StmtKind::Function(function) => self.define_function(function, frame),
            StmtKind::Class(class) => self.define_class(class, frame),
            StmtKind::Assign { targets, value } => {
                let value = self.evaluate(value, frame);
                for target in targets {
                    self.assign(target, value.clone(), frame);
                }
            }
            StmtKind::Expr(expr) => {
                self.evaluate(expr, frame);
            }
            StmtKind::Return(value) => {
                let value = value.as_ref().map_or(Value::None, |value| self.evaluate(value, frame));
                returned.push(value);
                return Flow::Returned;
            }
            StmtKind::If(branches) => return self.branch(branches, frame, returned),
            StmtKind::Try(parts) => return self.attempt(parts, frame, returned),
            StmtKind::Loop { header, target, body, orelse } => {
                let flow = self.repeat(header, target.as_ref(), body, frame, returned);
                return if flow == Flow::Next { self.block(orelse, frame, returned) } else { flow };
            }
            StmtKind::With { items, body } => {
                for (context, name) in items {
                    let value = self.evaluate(context, frame);
                    if let Some(name) = name {
                        self.assign(name, value, frame);
                    }
                }
                return self.block(body, frame, returned);
            }
            StmtKind::Match { subject, cases } => {
                self.evaluate(subject, frame);
                let scope = Rc::clone(&frame.scope);
                return self.alternatives(&scope, false, cases, |runner, case| runner.block(case, frame, returned));
            }
            StmtKind::Raise => return Flow::Raised,
            StmtKind::Other(exprs) => {
                for expr in exprs {
                    self.evaluate(expr, frame);
                }
            }
        }
        Flow::Next
    }

    fn branch(&mut self, branches: &[Branch], frame: &Frame, returned: &mut Vec<Value>) -> Flow {
        let mut open = Vec::new();
        let mut exhaustive = false;
        for branch in branches {
            let truth = branch.test.as_ref().map_or(Some(true), |test| self.evaluate(test, frame).truth());
            match truth {
                Some(false) => {}
                Some(true) if open.is_empty() => return self.block(&branch.body, frame, returned),
                Some(true) => {
                    open.push(&branch.body);
                    exhaustive = true;
                    break;
                }
                None => open.push(&branch.body),
            }
        }
        if open.is_empty() {
            return Flow::Next;
        }
        let scope = Rc::clone(&frame.scope);
        self.alternatives(&scope, exhaustive, open, |runner, body| runner.block(body, frame, returned))
    }

    /// The body is taken to succeed; a handler may run instead of its end, so its names are a second possibility.
    fn attempt(&mut self, parts: &Try, frame: &Frame, returned: &mut Vec<Value>) -> Flow {
        let scope = Rc::clone(&frame.scope);
        let before = scope.borrow().names.clone();
        let mut flow = self.block(&parts.body, frame, returned);
        if flow == Flow::Next {
            flow = self.block(&parts.orelse, frame, returned);
        }
        let tried = scope.borrow().names.clone();
        for handler in &parts.handlers {
            scope.borrow_mut().names.clone_from(&before);
            let handled = self.uncertainly(|runner| runner.block(handler, frame, returned));
            if handled == Flow::Next {
                let mut names = scope.borrow().names.clone();
                for (name, value) in &tried {
                    let joined = names.get(name).map(|other| Value::either([value.clone(), other.clone()]));
                    names.insert(Rc::clone(name), joined.unwrap_or_else(|| value.clone()));
                }
                scope.borrow_mut().names = names;
            } else {
                scope.borrow_mut().names.clone_from(&tried);
            }
        }
        if parts.handlers.is_empty() {
            scope.borrow_mut().names = tried;
        }
        match self.block(&parts.finally, frame, returned) {
            Flow::Next => flow,
            left => left,
        }
    }

    fn repeat(
        &mut self,
        header: &Expr,
        target: Option<&Expr>,
        body: &[Stmt],
        frame: &Frame,
        returned: &mut Vec<Value>,
    ) -> Flow {
        let over = self.evaluate(header, frame);
        let Some(target) = target else {
            return match over.truth() {
                Some(false) => Flow::Next,
                Some(true) => self.block(body, frame, returned),
                None => self.perhaps(body, frame, returned),
            };
        };
        let Value::List(items) = over else {
            self.assign(target, Value::Unknown, frame);
            return self.perhaps(body, frame, returned);
        };
        for item in items.iter().take(MOST_ROUNDS) {
            self.assign(target, item.clone(), frame);
            let flow = self.block(body, frame, returned);
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    fn perhaps(&mut self, body: &[Stmt], frame: &Frame, returned: &mut Vec<Value>) -> Flow {
        let scope = Rc::clone(&frame.scope);
        self.alternatives(&scope, false, [body], |runner, body| runner.block(body, frame, returned))
    }

    fn define_function(&mut self, function: &std::sync::Arc<Function>, frame: &Frame) {
        for parameter in &function.parameters {
            if let Some(default) = &parameter.default {
                self.evaluate(default, frame);
            }
        }
        let callable = Callable {
            file: frame.file,
            body: Body::Function(std::sync::Arc::clone(function)),
            scope: enclosing_scope(frame),
            receiver: None,
            is_static: function
                .decorators
                .iter()
                .any(|decorator| decorator.dotted().as_deref() == Some("staticmethod")),
            owner: None,
            registered: Rc::default(),
        };
        let mut value = Value::Function(Rc::new(callable));
        for decorator in function.decorators.iter().rev() {
            value = self.decorate(decorator, value, frame);
        }
        frame.scope.borrow_mut().names.insert(function.name.as_str().into(), value);
    }

    /// A decorator of the project is called with the function, another one is handed it for later.
    /// What comes out is taken to be the function still.
    fn decorate(&mut self, decorator: &Expr, function: Value, frame: &Frame) -> Value {
        match self.evaluate(decorator, frame) {
            Value::Function(decorator) => {
                self.call_function(&decorator, super::calls::Arguments::of(vec![function.clone()]));
            }
            other => {
                if let Some(registry) = other.registry() {
                    self.note_change(&other);
                    registry.borrow_mut().push(function.clone());
                }
            }
        }
        function
    }

    fn define_class(&mut self, class: &std::sync::Arc<Class>, frame: &Frame) {
        let bases: Vec<Value> = class.bases.iter().map(|base| self.evaluate(base, frame)).collect();
        for decorator in &class.decorators {
            self.evaluate(decorator, frame);
        }
        self.notice_class(class, frame);
        let namespace = self.new_scope(Some(enclosing_scope(frame)));
        let inner = Frame { file: frame.file, scope: Rc::clone(&namespace), method: None, class_body: true };
        self.block(&class.body, &inner, &mut Vec::new());
        let value = Value::Class(Rc::new(ClassValue { bases, namespace }));
        frame.scope.borrow_mut().names.insert(class.name.as_str().into(), value);
    }

    /// Some classes are objects by convention: nothing of the project's ever calls them.
    fn notice_class(&mut self, class: &Class, frame: &Frame) {
        let imported = |package: &str| {
            frame.scope.borrow().names.values().flat_map(Value::alternatives).any(|value| match value {
                Value::External(external) => external.name.split('.').next() == Some(package),
                _ => false,
            })
        };
        if let Some(object) = self.vocabulary.class(&class.name, imported) {
            self.record(super::EventKind::Built(object), &class.name, &class.span, frame.file);
        }
    }

    pub(super) fn assign(&mut self, target: &Expr, value: Value, frame: &Frame) {
        match &target.kind {
            ExprKind::Name(name) => {
                frame.scope.borrow_mut().names.insert(name.as_str().into(), value);
            }
            ExprKind::Attribute(object, name) => {
                let object = self.evaluate(object, frame);
                self.set_attribute(&object, name, value);
            }
            ExprKind::List(targets) => {
                let items = match value {
                    Value::List(items) if items.len() == targets.len() => items.to_vec(),
                    _ => vec![Value::Unknown; targets.len()],
                };
                for (target, item) in targets.iter().zip(items) {
                    self.assign(target, item, frame);
                }
            }
            ExprKind::Subscript(object, index) => {
                let (object, index) = (self.evaluate(object, frame), self.evaluate(index, frame));
                self.set_item(&object, &index, value);
            }
            ExprKind::Starred(target) => self.assign(target, Value::Unknown, frame),
            _ => {}
        }
    }

    fn set_attribute(&mut self, object: &Value, name: &str, value: Value) {
        match object {
            Value::Instance(instance) => {
                self.note_change(object);
                instance.attributes.borrow_mut().insert(name.into(), value);
            }
            Value::Class(class) => {
                self.is_not_plain();
                class.namespace.borrow_mut().names.insert(name.into(), value);
            }
            Value::Module(file) => {
                self.is_not_plain();
                if let Some(scope) = self.modules.get(file) {
                    scope.borrow_mut().names.insert(name.into(), value);
                }
            }
            _ => {}
        }
    }
}

/// Where functions defined in this frame look up names: a class's own names are skipped.
pub(super) fn enclosing_scope(frame: &Frame) -> Scope {
    if frame.class_body {
        frame.scope.borrow().parent.clone().unwrap_or_else(|| Rc::clone(&frame.scope))
    } else {
        Rc::clone(&frame.scope)
    }
}
