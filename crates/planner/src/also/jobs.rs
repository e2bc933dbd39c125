//! Functions and the calls that speak of them, found in the outline of a module. Read any function. Never follows a value.

use python_source::outline::{Call, Expr, ExprKind, Function, Span, Stmt, StmtKind};

/// The function that has the decorator which stands at `span`, and the decorator's call.
pub(super) fn decorated<'a>(body: &'a [Stmt], span: &Span) -> Option<(&'a Function, &'a Call)> {
    let stmt = body.iter().find(|stmt| stmt.span.contains(&span.start))?;
    match &stmt.kind {
        StmtKind::Function(function) => {
            let decorator = function.decorators.iter().find(|decorator| decorator.span == *span);
            match decorator.map(|decorator| &decorator.kind) {
                Some(ExprKind::Call(call)) => Some((&**function, &**call)),
                _ => decorated(&function.body, span),
            }
        }
        StmtKind::Class(class) => decorated(&class.body, span),
        _ => stmt.blocks().into_iter().find_map(|block| decorated(block, span)),
    }
}

/// The first call, from the outside in, of which `is_it` is true.
pub(super) fn call_in<'a>(body: &'a [Stmt], is_it: &impl Fn(&Expr, &Call) -> bool) -> Option<&'a Call> {
    body.iter().find_map(|stmt| {
        let here = stmt.expressions().into_iter().find_map(|expr| call_in_expression(expr, is_it));
        here.or_else(|| inner(stmt).into_iter().find_map(|block| call_in(block, is_it)))
    })
}

fn call_in_expression<'a>(expr: &'a Expr, is_it: &impl Fn(&Expr, &Call) -> bool) -> Option<&'a Call> {
    match &expr.kind {
        ExprKind::Call(call) if is_it(expr, call) => Some(call),
        _ => expr.children().into_iter().find_map(|child| call_in_expression(child, is_it)),
    }
}

/// The first function of that name, at any depth.
pub(super) fn function_named<'a>(body: &'a [Stmt], name: &str) -> Option<&'a Function> {
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Function(function) if function.name == name => Some(&**function),
        _ => inner(stmt).into_iter().find_map(|block| function_named(block, name)),
    })
}

/// Whether the name is that of a `def` of the module, or is imported, at any depth.
pub(super) fn binds_function(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|stmt| {
        let here = match &stmt.kind {
            StmtKind::Function(function) => function.name == name,
            StmtKind::ImportFrom(import) => {
                import.names.iter().any(|alias| alias.asname.as_ref().unwrap_or(&alias.name) == name)
            }
            _ => false,
        };
        here || inner(stmt).into_iter().any(|block| binds_function(block, name))
    })
}

/// All blocks inside a statement, whenever they run.
fn inner(stmt: &Stmt) -> Vec<&[Stmt]> {
    match &stmt.kind {
        StmtKind::Function(function) => vec![&function.body],
        StmtKind::Class(class) => vec![&class.body],
        _ => stmt.blocks(),
    }
}
