//! What a module does when it runs, lowered from the syntax tree to the few shapes that matter for following it on paper.
//!
//! An outline owns its strings and forgets the parser's types; it never evaluates anything. Read [`Outline`], then [`StmtKind`].

use std::ops::Range;
use std::sync::Arc;

use ruff_python_ast::{self as ast, Expr as AstExpr, Stmt as AstStmt};
use ruff_text_size::Ranged;

use crate::parse::{self, ParseError};
use crate::source::Source;

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
}

impl Expr {
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

impl Outline {
    /// Parses a file and lowers it.
    ///
    /// # Errors
    /// When the file does not parse, or is nested too deeply to be followed.
    pub fn of(source: &Source) -> Result<Self, ParseError> {
        let module = parse::parse(source)?;
        Ok(Self { body: body(module.suite()) })
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

fn span(node: &impl Ranged) -> Span {
    node.range().start().to_usize()..node.range().end().to_usize()
}

fn body(statements: &[AstStmt]) -> Vec<Stmt> {
    statements.iter().map(|stmt| Stmt { span: span(stmt), kind: statement(stmt) }).collect()
}

fn statement(stmt: &AstStmt) -> StmtKind {
    match stmt {
        AstStmt::Import(import) => StmtKind::Import(import.names.iter().map(alias).collect()),
        AstStmt::ImportFrom(import) => StmtKind::ImportFrom(ImportFrom {
            module: import.module.as_ref().map(|name| name.id.to_string()),
            level: import.level,
            names: import.names.iter().map(alias).collect(),
        }),
        AstStmt::FunctionDef(function) => StmtKind::Function(Arc::new(Function {
            name: function.name.id.to_string(),
            span: span(function),
            decorators: decorators(&function.decorator_list),
            parameters: parameters(&function.parameters),
            body: body(&function.body),
        })),
        AstStmt::ClassDef(class) => StmtKind::Class(Arc::new(Class {
            name: class.name.id.to_string(),
            span: span(class),
            decorators: decorators(&class.decorator_list),
            bases: class.arguments.iter().flat_map(|arguments| arguments.args.iter()).map(expression).collect(),
            body: body(&class.body),
        })),
        AstStmt::Assign(assign) => StmtKind::Assign {
            targets: assign.targets.iter().map(expression).collect(),
            value: expression(&assign.value),
        },
        AstStmt::AnnAssign(assign) => match &assign.value {
            Some(value) => StmtKind::Assign { targets: vec![expression(&assign.target)], value: expression(value) },
            None => StmtKind::Other(Vec::new()),
        },
        AstStmt::AugAssign(assign) => {
            let (target, value) = (expression(&assign.target), expression(&assign.value));
            let sum = Expr { span: span(assign), kind: ExprKind::Add(Box::new(target.clone()), Box::new(value)) };
            StmtKind::Assign { targets: vec![target], value: sum }
        }
        AstStmt::Expr(stmt) => StmtKind::Expr(expression(&stmt.value)),
        AstStmt::Return(stmt) => StmtKind::Return(stmt.value.as_deref().map(expression)),
        AstStmt::If(stmt) => {
            let first = Branch { test: Some(expression(&stmt.test)), body: body(&stmt.body) };
            let rest = stmt
                .elif_else_clauses
                .iter()
                .map(|clause| Branch { test: clause.test.as_ref().map(expression), body: body(&clause.body) });
            StmtKind::If(std::iter::once(first).chain(rest).collect())
        }
        AstStmt::Try(stmt) => StmtKind::Try(Try {
            body: body(&stmt.body),
            handlers: stmt
                .handlers
                .iter()
                .map(|ast::ExceptHandler::ExceptHandler(handler)| body(&handler.body))
                .collect(),
            orelse: body(&stmt.orelse),
            finally: body(&stmt.finalbody),
        }),
        AstStmt::For(stmt) => StmtKind::Loop {
            header: expression(&stmt.iter),
            target: Some(expression(&stmt.target)),
            body: body(&stmt.body),
            orelse: body(&stmt.orelse),
        },
        AstStmt::While(stmt) => StmtKind::Loop {
            header: expression(&stmt.test),
            target: None,
            body: body(&stmt.body),
            orelse: body(&stmt.orelse),
        },
        AstStmt::With(stmt) => StmtKind::With {
            items: stmt
                .items
                .iter()
                .map(|item| (expression(&item.context_expr), item.optional_vars.as_deref().map(expression)))
                .collect(),
            body: body(&stmt.body),
        },
        AstStmt::Match(stmt) => StmtKind::Match {
            subject: expression(&stmt.subject),
            cases: stmt.cases.iter().map(|case| body(&case.body)).collect(),
        },
        AstStmt::Raise(_) => StmtKind::Raise,
        AstStmt::Assert(stmt) => StmtKind::Other(vec![expression(&stmt.test)]),
        AstStmt::Delete(_)
        | AstStmt::TypeAlias(_)
        | AstStmt::Global(_)
        | AstStmt::Nonlocal(_)
        | AstStmt::Pass(_)
        | AstStmt::Break(_)
        | AstStmt::Continue(_)
        | AstStmt::IpyEscapeCommand(_) => StmtKind::Other(Vec::new()),
    }
}

fn alias(alias: &ast::Alias) -> Alias {
    Alias { name: alias.name.id.to_string(), asname: alias.asname.as_ref().map(|name| name.id.to_string()) }
}

fn decorators(list: &[ast::Decorator]) -> Vec<Expr> {
    list.iter().map(|decorator| expression(&decorator.expression)).collect()
}

fn parameters(parameters: &ast::Parameters) -> Vec<Parameter> {
    parameters
        .iter_non_variadic_params()
        .map(|parameter| Parameter {
            name: parameter.parameter.name.id.to_string(),
            default: parameter.default.as_deref().map(expression),
        })
        .collect()
}

fn expression(expr: &AstExpr) -> Expr {
    Expr { span: span(expr), kind: expression_kind(expr) }
}

fn boxed(expr: &AstExpr) -> Box<Expr> {
    Box::new(expression(expr))
}

fn all(exprs: &[AstExpr]) -> Vec<Expr> {
    exprs.iter().map(expression).collect()
}

fn expression_kind(expr: &AstExpr) -> ExprKind {
    match expr {
        AstExpr::Name(name) => ExprKind::Name(name.id.to_string()),
        AstExpr::Attribute(attribute) => ExprKind::Attribute(boxed(&attribute.value), attribute.attr.id.to_string()),
        AstExpr::Call(call) => ExprKind::Call(Box::new(Call {
            func: expression(&call.func),
            args: all(&call.arguments.args),
            keywords: call
                .arguments
                .keywords
                .iter()
                .map(|keyword| (keyword.arg.as_ref().map(|name| name.id.to_string()), expression(&keyword.value)))
                .collect(),
        })),
        AstExpr::StringLiteral(string) => ExprKind::Str(string.value.to_str().to_owned()),
        AstExpr::BooleanLiteral(value) => ExprKind::Bool(value.value),
        AstExpr::NoneLiteral(_) => ExprKind::None,
        AstExpr::NumberLiteral(number) => ExprKind::Number(match &number.value {
            ast::Number::Int(value) => value.to_string(),
            ast::Number::Float(value) => value.to_string(),
            ast::Number::Complex { .. } => String::new(),
        }),
        AstExpr::List(list) => ExprKind::List(all(&list.elts)),
        AstExpr::Tuple(tuple) => ExprKind::List(all(&tuple.elts)),
        AstExpr::Set(set) => ExprKind::List(all(&set.elts)),
        AstExpr::Dict(dict) => ExprKind::Dict(
            dict.items.iter().map(|item| (item.key.as_ref().map(expression), expression(&item.value))).collect(),
        ),
        AstExpr::Named(named) => ExprKind::Named(boxed(&named.target), boxed(&named.value)),
        AstExpr::Lambda(lambda) => ExprKind::Lambda(boxed(&lambda.body)),
        AstExpr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
            ([op], [right]) => match comparison(*op) {
                Some(comparison) => ExprKind::Compare(boxed(&compare.left), comparison, boxed(right)),
                None => ExprKind::Other(vec![expression(&compare.left), expression(right)]),
            },
            (_, rest) => ExprKind::Other(std::iter::once(&*compare.left).chain(rest.iter()).map(expression).collect()),
        },
        AstExpr::UnaryOp(unary) if unary.op == ast::UnaryOp::Not => ExprKind::Not(boxed(&unary.operand)),
        AstExpr::UnaryOp(unary) => ExprKind::Other(vec![expression(&unary.operand)]),
        AstExpr::BoolOp(operation) if operation.op == ast::BoolOp::And => ExprKind::And(all(&operation.values)),
        AstExpr::BoolOp(operation) => ExprKind::Or(all(&operation.values)),
        AstExpr::If(conditional) => ExprKind::Conditional(Box::new([
            expression(&conditional.test),
            expression(&conditional.body),
            expression(&conditional.orelse),
        ])),
        AstExpr::Subscript(subscript) => ExprKind::Subscript(boxed(&subscript.value), boxed(&subscript.slice)),
        AstExpr::BinOp(operation) if operation.op == ast::Operator::Add => {
            ExprKind::Add(boxed(&operation.left), boxed(&operation.right))
        }
        AstExpr::BinOp(operation) => ExprKind::Other(vec![expression(&operation.left), expression(&operation.right)]),
        AstExpr::Starred(starred) => ExprKind::Starred(boxed(&starred.value)),
        // An awaited coroutine runs here, as far as order goes.
        AstExpr::Await(awaited) => expression_kind(&awaited.value),
        AstExpr::Yield(yielded) => ExprKind::Other(yielded.value.as_deref().map(expression).into_iter().collect()),
        AstExpr::YieldFrom(yielded) => ExprKind::Other(vec![expression(&yielded.value)]),
        AstExpr::ListComp(comprehension) => comprehended(&comprehension.generators, &[&comprehension.elt]),
        AstExpr::SetComp(comprehension) => comprehended(&comprehension.generators, &[&comprehension.elt]),
        AstExpr::Generator(comprehension) => comprehended(&comprehension.generators, &[&comprehension.elt]),
        AstExpr::DictComp(comprehension) => comprehended(&comprehension.generators, &[&comprehension.value]),
        AstExpr::FString(string) => ExprKind::Other(
            string
                .value
                .elements()
                .filter_map(|element| element.as_interpolation())
                .map(|hole| expression(&hole.expression))
                .collect(),
        ),
        AstExpr::TString(_)
        | AstExpr::BytesLiteral(_)
        | AstExpr::EllipsisLiteral(_)
        | AstExpr::Slice(_)
        | AstExpr::IpyEscapeCommand(_) => ExprKind::Other(Vec::new()),
    }
}

fn comprehended(generators: &[ast::Comprehension], elements: &[&AstExpr]) -> ExprKind {
    let iterated = generators.iter().map(|generator| expression(&generator.iter));
    ExprKind::Other(iterated.chain(elements.iter().map(|element| expression(element))).collect())
}

fn comparison(op: ast::CmpOp) -> Option<Comparison> {
    match op {
        ast::CmpOp::Eq | ast::CmpOp::Is => Some(Comparison::Equal),
        ast::CmpOp::NotEq | ast::CmpOp::IsNot => Some(Comparison::NotEqual),
        ast::CmpOp::In => Some(Comparison::In),
        ast::CmpOp::NotIn => Some(Comparison::NotIn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Outline {
        Outline::of(&Source::decode(text.as_bytes().to_vec()).expect("text")).expect("syntax")
    }

    #[test]
    fn a_decorated_function_starts_at_its_decorator() {
        let module = outline("x = 1\n@app.get('/')\ndef f(a, *b, c=2): ...\n");
        assert_eq!(module.body[1].span.start, 6);
        let StmtKind::Function(function) = &module.body[1].kind else { panic!("a function") };
        assert_eq!(function.parameters.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn a_try_around_imports_is_an_import() {
        let module =
            outline("try:\n    import a\nexcept ImportError:\n    a = None\nif TYPE_CHECKING:\n    from b import c\n");
        assert!(module.body.iter().all(|stmt| stmt.kind.is_import()));
        assert!(!outline("try:\n    x = 1\nexcept E:\n    pass\n").body[0].kind.is_import());
    }

    #[test]
    fn a_walrus_and_a_call_keep_their_parts() {
        let module = outline("print((app := web.Flask(__name__, a=1)).url_map)\n");
        let StmtKind::Expr(Expr { kind: ExprKind::Call(call), .. }) = &module.body[0].kind else { panic!("a call") };
        let ExprKind::Attribute(named, _) = &call.args[0].kind else { panic!("an attribute") };
        let ExprKind::Named(_, value) = &named.kind else { panic!("a walrus") };
        let ExprKind::Call(inner) = &value.kind else { panic!("a call") };
        assert_eq!(inner.func.dotted().as_deref(), Some("web.Flask"));
        assert!(inner.keyword("a").is_some());
    }
}
