//! What a module does when it runs, in the few shapes that matter for following it on paper.
//!
//! An outline owns its strings and forgets the parser's types; it never evaluates anything. Read [`Outline`], then [`StmtKind`];
//! `lower` makes it from the syntax tree.

mod lower;

pub(crate) use lower::expression as lowered;

use std::ops::Range;
use std::sync::Arc;

/// Offsets in the decoded text.
pub type Span = Range<usize>;

/// The statements of a module.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// The statements at module level, the docstring included.
    pub body: Vec<Stmt>,
}

/// A statement and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// From its first character (a decorator's `@`, where there is one) to its last.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The kinds of statements, as far as they differ in what runs when.
#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    /// `import a.b, c as d`
    Import(Vec<Alias>),
    /// `from ..a import b as c`
    ImportFrom(ImportFrom),
    /// `def` and `async def`
    Function(Arc<Function>),
    /// `class`
    Class(Arc<Class>),
    /// `a = b = value`, also annotated and augmented assignments
    Assign {
        /// The names, attributes, subscripts and tuples on the left.
        targets: Vec<Expr>,
        /// The value on the right.
        value: Expr,
    },
    /// An expression on a line of its own.
    Expr(Expr),
    /// `return value`
    Return(Option<Expr>),
    /// `if`, `elif`, `else`
    If(Vec<Branch>),
    /// `try` with its handlers
    Try(Try),
    /// `for` and `while`
    Loop {
        /// What is iterated over, or the condition.
        header: Expr,
        /// The loop variable of a `for`.
        target: Option<Expr>,
        /// The body.
        body: Vec<Stmt>,
        /// The `else` part.
        orelse: Vec<Stmt>,
    },
    /// `with` and `async with`
    With {
        /// The context managers and the names they are bound to.
        items: Vec<(Expr, Option<Expr>)>,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `match`
    Match {
        /// What is matched.
        subject: Expr,
        /// The bodies of the cases.
        cases: Vec<Vec<Stmt>>,
    },
    /// `raise`: what follows in its block does not run.
    Raise,
    /// A statement that is run for its expressions alone: `assert`, `del`, `pass` ...
    Other(Vec<Expr>),
}

/// One name of an import statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The module or name as it is called there; `*` for all.
    pub name: String,
    /// What it is called here.
    pub asname: Option<String>,
}

/// `from ..a import b as c`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFrom {
    /// The module after the dots.
    pub module: Option<String>,
    /// The number of dots.
    pub level: u32,
    /// The names.
    pub names: Vec<Alias>,
}

/// A function or method.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Where it stands, decorators included.
    pub span: Span,
    /// Its decorators from top to bottom.
    pub decorators: Vec<Expr>,
    /// Its parameters in order; `*args` and `**kwargs` are left out.
    pub parameters: Vec<Parameter>,
    /// Its statements.
    pub body: Vec<Stmt>,
}

/// A parameter and its default.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its default value.
    pub default: Option<Expr>,
}

/// A class.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Where it stands, decorators included.
    pub span: Span,
    /// Its decorators from top to bottom.
    pub decorators: Vec<Expr>,
    /// Its base classes; keyword arguments are left out.
    pub bases: Vec<Expr>,
    /// Its statements.
    pub body: Vec<Stmt>,
}

/// One arm of an `if`.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The condition; `None` for `else`.
    pub test: Option<Expr>,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// The parts of a `try`.
#[derive(Debug, Clone, PartialEq)]
pub struct Try {
    /// What is tried.
    pub body: Vec<Stmt>,
    /// The bodies of the `except` clauses.
    pub handlers: Vec<Vec<Stmt>>,
    /// The `else` part.
    pub orelse: Vec<Stmt>,
    /// The `finally` part.
    pub finally: Vec<Stmt>,
}

/// An expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// From its first character to its last.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of expressions, as far as names and calls need them.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `name`
    Name(String),
    /// `value.name`
    Attribute(Box<Expr>, String),
    /// `func(args, key=value)`
    Call(Box<Call>),
    /// A string without holes.
    Str(String),
    /// `True` or `False`
    Bool(bool),
    /// `None`
    None,
    /// A number as it is written.
    Number(String),
    /// A list, tuple or set display.
    List(Vec<Expr>),
    /// A dictionary display; `None` for the key of `**other`.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `name := value`
    Named(Box<Expr>, Box<Expr>),
    /// `lambda: body`; the body runs when it is called.
    Lambda(Box<Expr>),
    /// `left == right`, `left != right` and `left in right`; other and chained comparisons are [`ExprKind::Other`].
    Compare(Box<Expr>, Comparison, Box<Expr>),
    /// `not value`
    Not(Box<Expr>),
    /// `a and b`
    And(Vec<Expr>),
    /// `a or b`
    Or(Vec<Expr>),
    /// `then if test else orelse`, in the order test, then, orelse
    Conditional(Box<[Expr; 3]>),
    /// `value[index]`
    Subscript(Box<Expr>, Box<Expr>),
    /// `left + right`
    Add(Box<Expr>, Box<Expr>),
    /// `*value`
    Starred(Box<Expr>),
    /// Anything else, for the expressions inside it, in the order they are evaluated.
    Other(Vec<Expr>),
}

/// The comparisons that decide branches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==` and `is`
    Equal,
    /// `!=` and `is not`
    NotEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is called.
    pub func: Expr,
    /// The positional arguments.
    pub args: Vec<Expr>,
    /// The keyword arguments; `None` for the name of `**more`.
    pub keywords: Vec<(Option<String>, Expr)>,
}

impl Call {
    /// The value of the keyword argument `name`.
    pub fn keyword(&self, name: &str) -> Option<&Expr> {
        self.keywords.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value)
    }
}

impl Expr {
    /// `a.b.c` for names and attributes of names.
    pub fn dotted(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Attribute(value, name) => Some(format!("{}.{name}", value.dotted()?)),
            _ => None,
        }
    }

    /// The expressions directly inside this one.
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Attribute(value, _)
            | ExprKind::Lambda(value)
            | ExprKind::Not(value)
            | ExprKind::Starred(value) => vec![value],
            ExprKind::Call(call) => std::iter::once(&call.func)
                .chain(&call.args)
                .chain(call.keywords.iter().map(|(_, value)| value))
                .collect(),
            ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) | ExprKind::Other(items) => {
                items.iter().collect()
            }
            ExprKind::Dict(items) => items.iter().flat_map(|(key, value)| key.iter().chain([value])).collect(),
            ExprKind::Named(left, right)
            | ExprKind::Compare(left, _, right)
            | ExprKind::Subscript(left, right)
            | ExprKind::Add(left, right) => vec![left, right],
            ExprKind::Conditional(parts) => parts.iter().collect(),
            ExprKind::Name(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::None | ExprKind::Number(_) => {
                Vec::new()
            }
        }
    }
}

impl StmtKind {
    /// Whether the statement imports something, directly or in every part of a `try` or `if` around nothing but imports.
    pub fn is_import(&self) -> bool {
        match self {
            Self::Import(_) | Self::ImportFrom(_) => true,
            Self::Try(parts) => {
                !parts.body.is_empty()
                    && parts.body.iter().any(|stmt| stmt.kind.is_import())
                    && !parts.body.iter().any(Stmt::defines)
            }
            Self::If(branches) => branches.iter().all(|branch| {
                !branch.body.is_empty() && branch.body.iter().all(|stmt| stmt.kind.is_import() || stmt.is_inert())
            }),
            _ => false,
        }
    }
}

impl Stmt {
    /// The expressions of the statement itself, not those of statements inside it.
    pub fn expressions(&self) -> Vec<&Expr> {
        match &self.kind {
            StmtKind::Assign { targets, value } => targets.iter().chain([value]).collect(),
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => vec![expr],
            StmtKind::If(branches) => branches.iter().filter_map(|branch| branch.test.as_ref()).collect(),
            StmtKind::Loop { header, .. } => vec![header],
            StmtKind::With { items, .. } => items.iter().map(|(context, _)| context).collect(),
            StmtKind::Match { subject, .. } => vec![subject],
            StmtKind::Other(exprs) => exprs.iter().collect(),
            StmtKind::Function(function) => function.decorators.iter().collect(),
            StmtKind::Class(class) => class.decorators.iter().chain(&class.bases).collect(),
            StmtKind::Import(_)
            | StmtKind::ImportFrom(_)
            | StmtKind::Return(None)
            | StmtKind::Try(_)
            | StmtKind::Raise => Vec::new(),
        }
    }

    /// Whether it is a `def` or a `class`.
    pub fn defines(&self) -> bool {
        matches!(self.kind, StmtKind::Function(_) | StmtKind::Class(_))
    }

    /// Whether it is a string (a docstring, say), `pass` or `...`: running it changes nothing.
    pub fn is_inert(&self) -> bool {
        match &self.kind {
            StmtKind::Expr(expr) => {
                matches!(expr.kind, ExprKind::Str(_))
                    || matches!(&expr.kind, ExprKind::Other(inner) if inner.is_empty())
            }
            StmtKind::Other(inner) => inner.is_empty(),
            _ => false,
        }
    }

    /// The blocks of statements inside this one that run when it runs: arms of `if`, bodies of loops, `with`, `try`.
    pub fn blocks(&self) -> Vec<&[Stmt]> {
        match &self.kind {
            StmtKind::If(branches) => branches.iter().map(|branch| branch.body.as_slice()).collect(),
            StmtKind::Try(parts) => {
                let mut blocks = vec![parts.body.as_slice()];
                blocks.extend(parts.handlers.iter().map(Vec::as_slice));
                blocks.extend([parts.orelse.as_slice(), parts.finally.as_slice()]);
                blocks
            }
            StmtKind::Loop { body, orelse, .. } => vec![body, orelse],
            StmtKind::With { body, .. } => vec![body],
            StmtKind::Match { cases, .. } => cases.iter().map(Vec::as_slice).collect(),
            _ => Vec::new(),
        }
    }
}
