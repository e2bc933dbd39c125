//! From the parser's syntax tree to an outline. Read [`Outline::of`], then [`statement`] and [`expression_kind`].

use std::sync::Arc;

use ruff_python_ast::{self as ast, Expr as AstExpr, Stmt as AstStmt};
use ruff_text_size::Ranged;

use super::{
    Alias, Branch, Call, Class, Comparison, Expr, ExprKind, Function, ImportFrom, Outline, Parameter, Span, Stmt,
    StmtKind, Try,
};
use crate::parse::{self, ParseError};
use crate::source::Source;

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

/// An expression of the tree as the outline has it.
pub(crate) fn expression(expr: &AstExpr) -> Expr {
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
        AstExpr::ListComp(comprehension) => comprehended(&comprehension.generators, [&*comprehension.elt]),
        AstExpr::SetComp(comprehension) => comprehended(&comprehension.generators, [&*comprehension.elt]),
        AstExpr::Generator(comprehension) => comprehended(&comprehension.generators, [&*comprehension.elt]),
        AstExpr::DictComp(comprehension) => {
            let key = comprehension.key.as_deref();
            comprehended(&comprehension.generators, key.into_iter().chain([&*comprehension.value]))
        }
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

fn comprehended<'a>(generators: &'a [ast::Comprehension], elements: impl IntoIterator<Item = &'a AstExpr>) -> ExprKind {
    let before = generators.iter().flat_map(|generator| std::iter::once(&generator.iter).chain(&generator.ifs));
    ExprKind::Other(before.chain(elements).map(expression).collect())
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
