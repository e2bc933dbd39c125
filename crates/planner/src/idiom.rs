//! How a module reads its settings, so that the DSN is read the same way. Read [`dsn`] first.

use python_source::outline::{Expr, ExprKind, Outline, Stmt, StmtKind};

use crate::recommend::InitArgument;

/// The `dsn` argument in the module's own idiom; `None` when it has none above `at`: the SDK reads `SENTRY_DSN` by itself.
pub fn dsn(outline: &Outline, at: usize) -> Option<InitArgument> {
    let above = || outline.body.iter().take_while(|stmt| stmt.span.end <= at);
    let imports_os = above().any(|stmt| matches!(&stmt.kind, StmtKind::Import(names) if names.iter().any(|alias| alias.name == "os" && alias.asname.is_none())));
    let rebinds_os = outline.body.iter().any(|stmt| matches!(&stmt.kind, StmtKind::Assign { targets, .. } if targets.iter().any(|target| target.dotted().as_deref() == Some("os"))));
    if !imports_os || rebinds_os {
        return None;
    }
    let mut reads = Vec::new();
    environment_reads(&outline.body, &mut reads);
    let value = if reads.iter().any(|name| name == "os.getenv") {
        "os.getenv(\"SENTRY_DSN\")"
    } else if reads.is_empty() {
        return None;
    } else {
        "os.environ.get(\"SENTRY_DSN\")"
    };
    Some(InitArgument { name: "dsn".to_owned(), value: value.to_owned(), comment: None })
}

/// The ways in which environment variables are read: `os.getenv`, `os.environ`.
fn environment_reads(body: &[Stmt], reads: &mut Vec<String>) {
    for stmt in body {
        stmt.expressions().into_iter().for_each(|expr| in_expression(expr, reads));
        match &stmt.kind {
            StmtKind::Function(function) => environment_reads(&function.body, reads),
            StmtKind::Class(class) => environment_reads(&class.body, reads),
            _ => stmt.blocks().into_iter().for_each(|block| environment_reads(block, reads)),
        }
    }
}

fn in_expression(expr: &Expr, reads: &mut Vec<String>) {
    if let ExprKind::Attribute(..) = &expr.kind
        && let Some(name @ ("os.getenv" | "os.environ")) = expr.dotted().as_deref()
    {
        reads.push(name.to_owned());
    }
    expr.children().into_iter().for_each(|child| in_expression(child, reads));
}
