//! What a name may stand for in a run on paper. Read [`Value`] first. Values know nothing of events.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use python_source::outline::{Expr, Function};
use rustc_hash::FxHashMap;

use crate::workspace::FileId;

/// A value as far as it can be known without running anything.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Unknown,
    None,
    Bool(bool),
    Str(Rc<str>),
    List(Rc<Vec<Value>>),
    Dict(Rc<Vec<(Value, Value)>>),
    /// A module of the project.
    Module(FileId),
    /// A folder without `__init__.py`.
    Namespace(Rc<PathBuf>),
    /// Something of another package by its qualified name: a module, a class, a function.
    External(External),
    Function(Rc<Callable>),
    Class(Rc<ClassValue>),
    Instance(Rc<Instance>),
    /// `super()` inside a method: the instance, and the class whose bases are searched.
    Super(Rc<Instance>, Rc<ClassValue>),
    /// One of several, by a branch that cannot be decided.
    Either(Rc<Vec<Value>>),
}

/// A name of another package.
#[derive(Debug, Clone)]
pub(super) struct External {
    pub(super) name: Rc<str>,
    /// The object whose method it is.
    pub(super) receiver: Option<Rc<Value>>,
}

/// A function of the project and what it closes over.
#[derive(Debug)]
pub(super) struct Callable {
    pub(super) file: FileId,
    pub(super) body: Body,
    pub(super) scope: Scope,
    /// The first argument of a bound method.
    pub(super) receiver: Option<Value>,
    /// Whether it takes no instance when it is a method.
    pub(super) is_static: bool,
    /// The class that defines the method.
    pub(super) owner: Option<Rc<ClassValue>>,
    /// Functions that were handed to this one or its methods: sub-commands.
    pub(super) registered: Rc<RefCell<Vec<Value>>>,
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    Function(Arc<Function>),
    Lambda(Rc<Expr>),
}

/// A class of the project.
#[derive(Debug)]
pub(super) struct ClassValue {
    pub(super) bases: Vec<Value>,
    pub(super) namespace: Scope,
}

/// An object. What is not known of it is simply missing.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) class: InstanceOf,
    /// The module whose code made it, where that is noted.
    pub(super) maker: Option<FileId>,
    pub(super) attributes: RefCell<FxHashMap<Rc<str>, Value>>,
    /// Functions that were handed to the object or its methods: routes, tasks, sub-commands.
    pub(super) registered: Rc<RefCell<Vec<Value>>>,
}

#[derive(Debug, Clone)]
pub(super) enum InstanceOf {
    External(Rc<str>),
    Class(Rc<ClassValue>),
}

/// The names of a module, function or class body.
pub(super) type Scope = Rc<RefCell<Namespace>>;

#[derive(Debug, Default)]
pub(super) struct Namespace {
    pub(super) names: FxHashMap<Rc<str>, Value>,
    /// Other people's modules whose names were imported with `*`.
    pub(super) stars: Vec<Rc<str>>,
    pub(super) parent: Option<Scope>,
}

impl Value {
    pub(super) fn external(name: impl Into<Rc<str>>) -> Self {
        Self::External(External { name: name.into(), receiver: None })
    }

    /// The alternatives; the value itself when there is but one.
    pub(super) fn alternatives(&self) -> Vec<Self> {
        match self {
            Self::Either(values) => values.to_vec(),
            value => vec![value.clone()],
        }
    }

    /// One value out of several, without repetition.
    pub(super) fn either(values: impl IntoIterator<Item = Self>) -> Self {
        let mut distinct: Vec<Self> = Vec::new();
        for value in values.into_iter().flat_map(|value| value.alternatives()) {
            if !distinct.iter().any(|known| known.same(&value)) {
                distinct.push(value);
            }
        }
        match distinct.len() {
            0 => Self::Unknown,
            1 => distinct.swap_remove(0),
            _ => Self::Either(Rc::new(distinct)),
        }
    }

    /// Whether both are the same thing: identity for objects, equality for plain data.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, Self::Unknown) | (Self::None, Self::None) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Module(a), Self::Module(b)) => a == b,
            (Self::Namespace(a), Self::Namespace(b)) => a == b,
            (Self::External(a), Self::External(b)) => a.name == b.name,
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b),
            (Self::Dict(a), Self::Dict(b)) => Rc::ptr_eq(a, b),
            (Self::Function(a), Self::Function(b)) => Rc::ptr_eq(a, b),
            (Self::Class(a), Self::Class(b)) => Rc::ptr_eq(a, b),
            (Self::Instance(a), Self::Instance(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Whether it counts as true, where that is known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::None => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Str(text) => Some(!text.is_empty()),
            Self::List(items) => Some(!items.is_empty()),
            Self::Module(_) | Self::Function(_) | Self::Class(_) => Some(true),
            // Of `typing`, and of whatever takes its place.
            Self::External(external) if external.name.ends_with(".TYPE_CHECKING") => Some(false),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Where functions that are handed to this value are kept.
    pub(super) fn registry(&self) -> Option<Rc<RefCell<Vec<Self>>>> {
        match self {
            Self::Instance(instance) => Some(Rc::clone(&instance.registered)),
            Self::Function(function) => Some(Rc::clone(&function.registered)),
            Self::External(external) => external.receiver.as_ref()?.registry(),
            _ => None,
        }
    }

    /// The name of a function, for sub-commands.
    pub(super) fn function_name(&self) -> Option<&str> {
        match self {
            Self::Function(function) => match &function.body {
                Body::Function(function) => Some(&function.name),
                Body::Lambda(_) => None,
            },
            _ => None,
        }
    }
}

impl Instance {
    pub(super) fn new(class: InstanceOf, maker: Option<FileId>) -> Self {
        Self { class, maker, attributes: RefCell::default(), registered: Rc::default() }
    }
}

impl Body {
    /// Where a function begins in its file.
    pub(super) fn start(&self) -> Option<usize> {
        match self {
            Self::Function(function) => Some(function.span.start),
            Self::Lambda(_) => None,
        }
    }
}

impl Callable {
    /// The same function with its first argument given.
    pub(super) fn bound_to(&self, receiver: Value, owner: Rc<ClassValue>) -> Self {
        Self {
            file: self.file,
            body: self.body.clone(),
            scope: Rc::clone(&self.scope),
            receiver: (!self.is_static).then_some(receiver),
            is_static: self.is_static,
            owner: Some(owner),
            registered: Rc::clone(&self.registered),
        }
    }
}

impl ClassValue {
    /// What `name` is in the class or the project's classes above it, and the class it was found in.
    pub(super) fn lookup(self: &Rc<Self>, name: &str) -> Option<(Value, Rc<Self>)> {
        let own = self.namespace.borrow().names.get(name).cloned();
        own.map(|value| (value, Rc::clone(self))).or_else(|| self.lookup_above(name))
    }

    /// The same, in the bases alone.
    pub(super) fn lookup_above(&self, name: &str) -> Option<(Value, Rc<Self>)> {
        self.bases.iter().flat_map(Value::alternatives).find_map(|base| match base {
            Value::Class(base) => base.lookup(name),
            _ => None,
        })
    }

    /// The names of the classes of other packages that this one derives from.
    pub(super) fn external_bases(&self) -> Vec<Rc<str>> {
        self.bases
            .iter()
            .flat_map(Value::alternatives)
            .flat_map(|base| match base {
                Value::External(external) => vec![external.name],
                Value::Class(base) => base.external_bases(),
                _ => Vec::new(),
            })
            .collect()
    }
}
