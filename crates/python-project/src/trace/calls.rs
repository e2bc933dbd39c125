//! Calls in a run on paper: of the project's functions and classes, which are entered, and of other packages' names, which mean something or not.

use std::cell::RefCell;
use std::rc::Rc;

use python_source::outline::Span;

use super::EventKind;
use super::runner::{Frame, Runner};
use super::value::{Body, Callable, ClassValue, External, Instance, InstanceOf, Value};
use crate::vocabulary::Meaning;

/// The arguments of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Value>,
    pub(super) keywords: Vec<(Option<Rc<str>>, Value)>,
}

impl Arguments {
    pub(super) fn of(positional: Vec<Value>) -> Self {
        Self { positional, keywords: Vec::new() }
    }

    fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value)
    }

    fn all(&self) -> impl Iterator<Item = &Value> {
        self.positional.iter().chain(self.keywords.iter().map(|(_, value)| value))
    }
}

impl Runner<'_> {
    pub(super) fn call(&mut self, callee: &Value, arguments: Arguments, span: &Span, frame: &Frame) -> Value {
        match callee {
            Value::External(external) => self.call_external(external, arguments, span, frame),
            Value::Function(callable) => {
                let result = self.call_function(callable, arguments);
                self.dispatch(&callable.registered, frame);
                result
            }
            Value::Class(class) => self.instantiate(class, arguments, span, frame),
            Value::Instance(instance) => self.call_instance(instance, arguments, span, frame),
            Value::Either(values) => {
                let results: Vec<Value> = values
                    .iter()
                    .map(|value| self.uncertainly(|runner| runner.call(value, arguments.clone(), span, frame)))
                    .collect();
                Value::either(results)
            }
            _ => Value::Unknown,
        }
    }

    pub(super) fn call_function(&mut self, callable: &Rc<Callable>, arguments: Arguments) -> Value {
        let scope = self.new_scope(Some(Rc::clone(&callable.scope)));
        let inner = Frame {
            file: callable.file,
            scope: Rc::clone(&scope),
            method: Some(Rc::clone(callable)),
            class_body: false,
        };
        match &callable.body {
            Body::Lambda(expr) => self.evaluate(expr, &inner),
            Body::Function(function) => {
                let Some(block) = self.may_follow(callable) else { return Value::Unknown };
                let mut positional = callable.receiver.iter().cloned().chain(arguments.positional.iter().cloned());
                for parameter in &function.parameters {
                    let given = positional.next().or_else(|| arguments.keyword(&parameter.name).cloned());
                    let value = given.unwrap_or_else(|| match &parameter.default {
                        Some(default) => self.evaluate(default, &inner),
                        None => Value::Unknown,
                    });
                    scope.borrow_mut().names.insert(parameter.name.as_str().into(), value);
                }
                let mut returned = Vec::new();
                self.run_body(block, &function.body, &inner, &mut returned);
                if returned.is_empty() { Value::None } else { Value::either(returned) }
            }
        }
    }

    /// A class is called: its `__init__` runs, and what its bases mean happens when they are initialised.
    fn instantiate(&mut self, class: &Rc<ClassValue>, arguments: Arguments, span: &Span, frame: &Frame) -> Value {
        let instance = Rc::new(Instance::new(InstanceOf::Class(Rc::clone(class)), self.running_module()));
        let this = Value::Instance(Rc::clone(&instance));
        let events_before = self.trace.events.len();
        if let Some((Value::Function(init), owner)) = class.lookup("__init__") {
            let init = Rc::new(init.bound_to(this.clone(), owner));
            self.call_function(&init, arguments);
        }
        for base in class.external_bases() {
            let built = self.trace.events[events_before..].iter().any(|event| *event.name == *base);
            if !built {
                self.notice(&base, &Arguments::default(), span, frame);
            }
        }
        this
    }

    fn call_instance(&mut self, instance: &Rc<Instance>, arguments: Arguments, span: &Span, frame: &Frame) -> Value {
        let this = Value::Instance(Rc::clone(instance));
        if let Value::Function(method) = self.attribute(&this, "__call__") {
            return self.call_function(&method, arguments);
        }
        if let InstanceOf::External(class) = &instance.class {
            self.notice(&format!("{class}.__call__"), &arguments, span, frame);
        }
        // `decorator(...)(function)` hands the function to the object that the decorator came from.
        self.register(&this, &arguments);
        if arguments.positional.is_empty() {
            self.dispatch(&instance.registered, frame);
        }
        Value::Unknown
    }

    /// The object was called as a program: one of the functions that were handed to it runs, by the command line's words if they name one.
    fn dispatch(&mut self, registered: &Rc<RefCell<Vec<Value>>>, frame: &Frame) {
        // Empty while they run: a function that was handed to itself runs once.
        let mut functions = std::mem::take(&mut *registered.borrow_mut());
        if !functions.is_empty() {
            self.is_not_plain();
        }
        self.forget_other_runs(&mut functions);
        let named = |value: &Value| {
            value.function_name().is_some_and(|name| self.arguments.iter().any(|word| word.replace('-', "_") == name))
        };
        let chosen: Vec<Value> = functions.iter().filter(|value| named(value)).cloned().collect();
        if chosen.is_empty() {
            for function in &functions {
                self.uncertainly(|runner| runner.call(function, Arguments::default(), &(0..0), frame));
            }
        } else {
            for function in &chosen {
                self.call(function, Arguments::default(), &(0..0), frame);
            }
        }
        registered.borrow_mut().extend(functions);
    }

    /// The object may be a plain module's, and other runs may have handed functions to it as well.
    fn forget_other_runs(&self, functions: &mut Vec<Value>) {
        let place = |value: &Value| match value {
            Value::Function(function) => Some((function.file, function.body.start()?)),
            _ => None,
        };
        let is_loaded = |value: &Value| place(value).is_none_or(|(file, _)| self.modules.contains_key(&file));
        functions.retain(is_loaded);
        let mut seen = rustc_hash::FxHashSet::default();
        functions.reverse();
        functions.retain(|value| place(value).is_none_or(|place| seen.insert(place)));
        functions.reverse();
    }

    fn register(&mut self, receiver: &Value, arguments: &Arguments) {
        if let Some(registry) = receiver.registry() {
            let is_handed = |value: &&Value| matches!(value, Value::Function(_) | Value::Instance(_));
            let handed: Vec<Value> = arguments.all().filter(is_handed).cloned().collect();
            if !handed.is_empty() {
                self.note_change(receiver);
                registry.borrow_mut().extend(handed);
            }
        }
    }

    fn call_external(&mut self, external: &External, arguments: Arguments, span: &Span, frame: &Frame) -> Value {
        match (&*external.name, arguments.positional.as_slice()) {
            ("builtins.super", _) => return super_of(frame),
            ("builtins.getattr", [object, Value::Str(name), ..]) => {
                return self.attribute(&object.clone(), &name.clone());
            }
            ("builtins.__import__" | "importlib.import_module", [Value::Str(name), ..]) => {
                return self.load(&name.clone(), frame.file).unwrap_or_else(|| Value::external(Rc::clone(name)));
            }
            ("builtins.map", [function, ..]) => {
                let function = function.clone();
                self.uncertainly(|runner| runner.call(&function, Arguments::default(), span, frame));
                return Value::Unknown;
            }
            ("builtins.list" | "builtins.tuple" | "builtins.str", [value]) => return value.clone(),
            ("functools.partial", [function, ..]) => return function.clone(),
            ("os.environ.get" | "os.getenv", [Value::Str(name), rest @ ..]) => {
                let default = rest.first().cloned().or_else(|| arguments.keyword("default").cloned());
                return self.variable(name, Some(default.unwrap_or(Value::None)));
            }
            ("os.environ.setdefault", [Value::Str(name), value]) => {
                self.set_default(&name.clone(), value.clone());
                return value.clone();
            }
            ("sys.exit" | "os._exit", _) => return Value::Unknown,
            _ => {}
        }
        self.notice(&external.name, &arguments, span, frame);
        if let Some(receiver) = &external.receiver {
            self.register(&Rc::clone(receiver), &arguments);
        }
        let mut instance = Instance::new(InstanceOf::External(Rc::clone(&external.name)), self.running_module());
        if let Some(registry) = external.receiver.as_ref().and_then(|receiver| receiver.registry()) {
            instance.registered = registry;
        }
        Value::Instance(Rc::new(instance))
    }

    /// Does what the vocabulary says of a call of `name`.
    fn notice(&mut self, name: &str, arguments: &Arguments, span: &Span, frame: &Frame) {
        let vocabulary = self.vocabulary;
        let name = name.strip_suffix(".__init__").unwrap_or(name);
        for meaning in vocabulary.meanings(name) {
            match meaning {
                Meaning::Builds(object) => self.record(EventKind::Built(*object), name, span, frame.file),
                Meaning::Extends(object) => self.record(EventKind::Extended(*object), name, span, frame.file),
                Meaning::Schedules(object) => self.record(EventKind::Scheduled(*object), name, span, frame.file),
                Meaning::Starts => self.record(EventKind::Started, name, span, frame.file),
                Meaning::Prepares => self.record(EventKind::Prepared, name, span, frame.file),
                Meaning::LoadsSettings { variable } => self.load_settings(variable, frame),
                Meaning::Runs => self.run_target(arguments, span, frame),
                Meaning::Includes => self.include(arguments, frame),
                Meaning::Executes => self.execute(arguments, frame),
            }
        }
    }

    /// The first argument is what runs next.
    fn run_target(&mut self, arguments: &Arguments, span: &Span, frame: &Frame) {
        self.is_not_plain();
        let target = arguments
            .positional
            .first()
            .or_else(|| ["app", "target", "main", "func", "factory"].iter().find_map(|name| arguments.keyword(name)));
        match target.cloned() {
            Some(Value::Str(text)) => {
                if let Some(value @ Value::Function(_)) = self.import_string(&text, Some(frame.file)) {
                    self.call(&value, Arguments::default(), span, frame);
                }
            }
            Some(value @ Value::Function(_)) => {
                self.call(&value, Arguments::default(), span, frame);
            }
            _ => {}
        }
    }

    /// Modules that are named by strings and loaded once the program is up.
    fn include(&mut self, arguments: &Arguments, frame: &Frame) {
        self.is_not_plain();
        let named = ["include", "imports", "config_source"].iter().filter_map(|name| arguments.keyword(name));
        for value in arguments.positional.iter().chain(named).cloned().collect::<Vec<_>>() {
            let names = match &value {
                Value::List(items) => items.to_vec(),
                value => vec![value.clone()],
            };
            for name in names.iter().filter_map(Value::as_str) {
                let (module, attribute) = name.split_once(':').unwrap_or((name, ""));
                let external = format!("{module}.{attribute}");
                let settings = self.vocabulary.meanings(&external).iter().find_map(|meaning| match meaning {
                    Meaning::LoadsSettings { variable } => Some(variable.clone()),
                    _ => None,
                });
                match settings {
                    Some(variable) => self.load_settings(&variable, frame),
                    None => self.later.push(name.to_owned()),
                }
            }
        }
    }

    /// Files that are executed in the names of the file that says so.
    fn execute(&mut self, arguments: &Arguments, frame: &Frame) {
        self.is_not_plain();
        let folder = self.workspace.path(frame.file).parent().map(std::path::Path::to_owned).unwrap_or_default();
        let names: Vec<Rc<str>> = arguments
            .positional
            .iter()
            .filter_map(|value| match value {
                Value::Str(name) => Some(Rc::clone(name)),
                _ => None,
            })
            .collect();
        for name in names {
            let Some(file) = self.workspace.find(&folder.join(&*name)) else { continue };
            let Ok(module) = self.workspace.module(file) else { continue };
            let inner = Frame { file, scope: Rc::clone(&frame.scope), method: None, class_body: false };
            let block = super::BlockId { file, function: None };
            self.run_body(block, &module.outline.body, &inner, &mut Vec::new());
        }
    }
}

fn super_of(frame: &Frame) -> Value {
    let method = frame.method.as_ref();
    match method.and_then(|method| Some((method.receiver.clone()?, method.owner.clone()?))) {
        Some((Value::Instance(instance), owner)) => Value::Super(instance, owner),
        _ => Value::Unknown,
    }
}
