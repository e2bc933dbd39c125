//! Small questions to ruff's syntax tree that several rooms ask. Never edits.

use ruff_python_ast::{ExceptHandler, Expr, Stmt};

/// The blocks of statements inside one statement, in the order of the text.
pub(crate) fn bodies(stmt: &Stmt) -> Vec<&[Stmt]> {
    match stmt {
        Stmt::FunctionDef(stmt) => vec![&stmt.body],
        Stmt::ClassDef(stmt) => vec![&stmt.body],
        Stmt::With(stmt) => vec![&stmt.body],
        Stmt::For(stmt) => vec![&stmt.body, &stmt.orelse],
        Stmt::While(stmt) => vec![&stmt.body, &stmt.orelse],
        Stmt::Match(stmt) => stmt.cases.iter().map(|case| &*case.body).collect(),
        Stmt::If(stmt) => {
            std::iter::once(&*stmt.body).chain(stmt.elif_else_clauses.iter().map(|clause| &*clause.body)).collect()
        }
        Stmt::Try(stmt) => std::iter::once(&*stmt.body)
            .chain(stmt.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| &*handler.body))
            .chain([&*stmt.orelse, &*stmt.finalbody])
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a condition is `TYPE_CHECKING` or `typing.TYPE_CHECKING`: false whenever the program runs.
pub(crate) fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}
