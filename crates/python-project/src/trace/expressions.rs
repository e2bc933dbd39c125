//! What each kind of expression stands for in a run on paper.

use std::rc::Rc;

use python_source::outline::{Comparison, Expr, ExprKind};

use super::calls::Arguments;
use super::runner::{Flow, Frame, Runner};
use super::statements::enclosing_scope;
use super::value::{Body, Callable, External, Instance, InstanceOf, Scope, Value};
use crate::vocabulary::Meaning;
use crate::workspace::Resolved;

/// Names that Python itself defines and that a run on paper does something with.
const BUILTINS: [&str; 8] = ["super", "getattr", "__import__", "map", "isinstance", "list", "tuple", "str"];

impl Runner<'_> {
    pub(super) fn evaluate(&mut self, expr: &Expr, frame: &Frame) -> Value {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, frame),
            ExprKind::Attribute(object, name) => {
                let object = self.evaluate(object, frame);
                self.notice_read(&object, frame);
                self.attribute(&object, name)
            }
            ExprKind::Call(call) => {
                let callee = self.evaluate(&call.func, frame);
                let arguments = Arguments {
                    positional: call.args.iter().map(|arg| self.evaluate(arg, frame)).collect(),
                    keywords: call
                        .keywords
                        .iter()
                        .map(|(name, value)| (name.as_deref().map(Rc::from), self.evaluate(value, frame)))
                        .collect(),
                };
                self.call(&callee, arguments, &expr.span, frame)
            }
            ExprKind::Str(text) => Value::Str(text.as_str().into()),
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::None => Value::None,
            ExprKind::Number(digits) => match digits.as_str() {
                "0" => Value::Bool(false),
                "1" => Value::Bool(true),
                _ => Value::Unknown,
            },
            ExprKind::List(items) => {
                let known = !items.iter().any(|item| matches!(item.kind, ExprKind::Starred(_)));
                let items = items.iter().map(|item| self.evaluate(item, frame)).collect();
                if known { Value::List(Rc::new(items)) } else { Value::Unknown }
            }
            ExprKind::Dict(items) => {
                let mut pairs = Vec::new();
                for (key, value) in items {
                    let key = key.as_ref().map_or(Value::Unknown, |key| self.evaluate(key, frame));
                    pairs.push((key, self.evaluate(value, frame)));
                }
                Value::Dict(Rc::new(pairs))
            }
            ExprKind::Named(target, value) => {
                let value = self.evaluate(value, frame);
                self.assign(target, value.clone(), frame);
                value
            }
            ExprKind::Lambda(body) => Value::Function(Rc::new(Callable {
                file: frame.file,
                body: Body::Lambda(Rc::new((**body).clone())),
                scope: enclosing_scope(frame),
                receiver: None,
                is_static: true,
                owner: None,
                registered: Rc::default(),
            })),
            ExprKind::Compare(left, comparison, right) => {
                let (left, right) = (self.evaluate(left, frame), self.evaluate(right, frame));
                compare(&left, *comparison, &right).map_or(Value::Unknown, Value::Bool)
            }
            ExprKind::Not(value) => {
                self.evaluate(value, frame).truth().map_or(Value::Unknown, |truth| Value::Bool(!truth))
            }
            ExprKind::And(values) => self.shortcut(values, false, frame),
            ExprKind::Or(values) => self.shortcut(values, true, frame),
            ExprKind::Conditional(parts) => {
                let [test, then, orelse] = &**parts;
                match self.evaluate(test, frame).truth() {
                    Some(true) => self.evaluate(then, frame),
                    Some(false) => self.evaluate(orelse, frame),
                    None => {
                        let mut values = Vec::new();
                        let scope = Rc::clone(&frame.scope);
                        self.alternatives(&scope, true, [then, orelse], |runner, arm| {
                            values.push(runner.evaluate(arm, frame));
                            Flow::Next
                        });
                        Value::either(values)
                    }
                }
            }
            ExprKind::Subscript(object, index) => {
                let (object, index) = (self.evaluate(object, frame), self.evaluate(index, frame));
                self.item(&object, &index)
            }
            ExprKind::Add(left, right) => match (self.evaluate(left, frame), self.evaluate(right, frame)) {
                (Value::Str(left), Value::Str(right)) => Value::Str(format!("{left}{right}").into()),
                (Value::List(left), Value::List(right)) => {
                    Value::List(Rc::new(left.iter().chain(right.iter()).cloned().collect()))
                }
                _ => Value::Unknown,
            },
            ExprKind::Starred(value) => {
                self.evaluate(value, frame);
                Value::Unknown
            }
            ExprKind::Other(inner) => {
                for expr in inner {
                    self.evaluate(expr, frame);
                }
                Value::Unknown
            }
        }
    }

    /// `a and b`, `a or b`: evaluation ends at the first value whose truth is `stop`.
    fn shortcut(&mut self, values: &[Expr], stop: bool, frame: &Frame) -> Value {
        let outer = self.certain;
        let mut possible = Vec::new();
        for (number, expr) in values.iter().enumerate() {
            let value = self.evaluate(expr, frame);
            let truth = value.truth();
            let last = number + 1 == values.len();
            if last || truth != Some(!stop) {
                possible.push(value);
            }
            if truth == Some(stop) {
                break;
            }
            if truth.is_none() {
                self.certain = false;
            }
        }
        self.certain = outer;
        Value::either(possible)
    }

    fn name(&self, name: &str, frame: &Frame) -> Value {
        let mut scope = Some(Rc::clone(&frame.scope));
        while let Some(current) = scope {
            let namespace = current.borrow();
            if let Some(value) = namespace.names.get(name) {
                return value.clone();
            }
            let star = namespace.stars.iter().map(|module| format!("{module}.{name}"));
            if let Some(external) = star.into_iter().find(|external| !self.vocabulary.meanings(external).is_empty()) {
                return Value::external(external);
            }
            scope = namespace.parent.clone();
        }
        if BUILTINS.contains(&name) { Value::external(format!("builtins.{name}")) } else { Value::Unknown }
    }

    /// An attribute of a value; names of other packages grow by it.
    pub(super) fn attribute(&mut self, object: &Value, name: &str) -> Value {
        match object {
            Value::Module(file) => self.module_attribute(*file, name),
            Value::Namespace(folder) => match self.workspace.resolve(folder, name) {
                Some(Resolved::Module(chain)) => chain.last().map_or(Value::Unknown, |file| Value::Module(*file)),
                Some(Resolved::Namespace(_, folder)) => Value::Namespace(Rc::new(folder)),
                None => Value::Unknown,
            },
            Value::External(external) => Value::External(External {
                name: format!("{}.{name}", external.name).into(),
                receiver: external.receiver.clone(),
            }),
            Value::Class(class) => match class.lookup(name) {
                Some((Value::Function(method), owner)) => {
                    let is_class_method = matches!(&method.body, Body::Function(function)
                        if function.decorators.iter().any(|decorator| decorator.dotted().as_deref() == Some("classmethod")));
                    if is_class_method {
                        Value::Function(Rc::new(method.bound_to(object.clone(), owner)))
                    } else {
                        Value::Function(method)
                    }
                }
                Some((value, _)) => value,
                None => self.inherited(&class.external_bases(), name, object),
            },
            Value::Instance(instance) => self.instance_attribute(instance, name),
            Value::Super(instance, owner) => match owner.lookup_above(name) {
                Some((Value::Function(method), above)) => {
                    Value::Function(Rc::new(method.bound_to(Value::Instance(Rc::clone(instance)), above)))
                }
                Some((value, _)) => value,
                None => self.inherited(&owner.external_bases(), name, &Value::Instance(Rc::clone(instance))),
            },
            Value::Function(_) => Value::External(External {
                name: format!("function.{name}").into(),
                receiver: Some(Rc::new(object.clone())),
            }),
            Value::Either(values) => {
                let values: Vec<Value> = values.iter().map(|value| self.attribute(value, name)).collect();
                Value::either(values)
            }
            _ => Value::Unknown,
        }
    }

    fn instance_attribute(&mut self, instance: &Rc<Instance>, name: &str) -> Value {
        if let Some(value) = instance.attributes.borrow().get(name) {
            return value.clone();
        }
        let this = Value::Instance(Rc::clone(instance));
        match &instance.class {
            InstanceOf::External(class) => self.inherited(&[Rc::clone(class)], name, &this),
            InstanceOf::Class(class) => match class.lookup(name) {
                Some((Value::Function(method), owner)) => Value::Function(Rc::new(method.bound_to(this, owner))),
                Some((value, _)) => value,
                None => self.inherited(&class.external_bases(), name, &this),
            },
        }
    }

    /// A method of another package's class: by the base that the vocabulary knows it of, else by the first.
    fn inherited(&self, bases: &[Rc<str>], name: &str, receiver: &Value) -> Value {
        let names = || bases.iter().map(|base| format!("{base}.{name}"));
        let known = names().find(|name| !self.vocabulary.meanings(name).is_empty());
        known.or_else(|| names().next()).map_or(Value::Unknown, |name| {
            Value::External(External { name: name.into(), receiver: Some(Rc::new(receiver.clone())) })
        })
    }

    fn module_attribute(&mut self, file: crate::workspace::FileId, name: &str) -> Value {
        let scope: Option<Scope> = self.modules.get(&file).cloned();
        if let Some(scope) = scope {
            let namespace = scope.borrow();
            if let Some(value) = namespace.names.get(name) {
                return value.clone();
            }
            if let Some(star) = namespace.stars.first() {
                return Value::external(format!("{star}.{name}"));
            }
        }
        self.is_not_plain_if_loading(file);
        // A submodule that something else has imported is an attribute of its package.
        let folder = self.workspace.path(file).parent().map(std::path::Path::to_owned).unwrap_or_default();
        match self.workspace.is_package(file).then(|| self.workspace.resolve(&folder, name)).flatten() {
            Some(Resolved::Module(chain)) => {
                let loaded = chain.last().filter(|file| self.modules.contains_key(file)).copied();
                if loaded.is_none() {
                    self.is_not_plain();
                }
                loaded.map_or(Value::Unknown, Value::Module)
            }
            _ => Value::Unknown,
        }
    }

    /// Reading an attribute of a settings object loads the settings.
    fn notice_read(&mut self, object: &Value, frame: &Frame) {
        let Value::External(external) = object else { return };
        let loads = |meaning: &Meaning| match meaning {
            Meaning::LoadsSettings { variable } => Some(variable.clone()),
            _ => None,
        };
        if let Some(variable) = self.vocabulary.meanings(&external.name).iter().find_map(loads) {
            self.load_settings(&variable, frame);
        }
    }

    fn item(&mut self, object: &Value, index: &Value) -> Value {
        match (object, index) {
            (Value::External(external), Value::Str(name)) if &*external.name == "os.environ" => {
                self.variable(name, None)
            }
            (Value::Dict(items), _) => {
                let found = items.iter().find(|(key, _)| key.same(index) && !matches!(key, Value::Unknown));
                let value = found.map(|(_, value)| value.clone());
                // By an unknown key: one of the values.
                value.unwrap_or_else(|| Value::either(items.iter().map(|(_, value)| value.clone())))
            }
            (Value::List(items), _) => Value::either(items.iter().cloned()),
            // `Generic[T]` is the class itself.
            (Value::External(_) | Value::Class(_), _) => object.clone(),
            _ => Value::Unknown,
        }
    }
}

fn compare(left: &Value, comparison: Comparison, right: &Value) -> Option<bool> {
    let plain = |value: &Value| matches!(value, Value::Str(_) | Value::None | Value::Bool(_));
    match comparison {
        Comparison::Equal if plain(left) && plain(right) => Some(left.same(right)),
        Comparison::NotEqual if plain(left) && plain(right) => Some(!left.same(right)),
        Comparison::In | Comparison::NotIn => match right {
            Value::List(items) if plain(left) && items.iter().all(plain) => {
                Some(items.iter().any(|item| item.same(left)) == (comparison == Comparison::In))
            }
            _ => None,
        },
        // A module or an object that is there is not None.
        Comparison::Equal | Comparison::NotEqual => match (left, right) {
            (Value::Module(_) | Value::Function(_) | Value::Class(_), Value::None) => {
                Some(comparison == Comparison::NotEqual)
            }
            _ => None,
        },
    }
}
