//! Who speaks of a module-level name, and when. Read [`used_later`] first. Never follows a value: what cannot be seen counts as use.

use std::path::Path;

use python_project::{FileId, Workspace};
use python_source::outline::{Comparison, Expr, ExprKind, Function, Stmt, StmtKind};

/// Whether code in functions, which runs later, speaks of the name in the module around them.
pub(super) fn used_later(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Function(function) => !binds(function, name) && mentions(&function.body, name),
        StmtKind::Class(class) => used_later(&class.body, name),
        _ => stmt.blocks().into_iter().any(|block| used_later(block, name)),
    })
}

/// Whether the name is a parameter or a variable of the function.
fn binds(function: &Function, name: &str) -> bool {
    function.parameters.iter().any(|parameter| parameter.name == name) || assigns(&function.body, name)
}

/// Whether a statement of the body, outside functions and classes, gives the name a value.
pub(crate) fn assigns(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|stmt| {
        let here = match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.iter().any(|target| is_name(target, name)),
            StmtKind::Import(aliases) => {
                aliases.iter().any(|alias| alias.asname.as_deref().unwrap_or_else(|| first_part(&alias.name)) == name)
            }
            StmtKind::ImportFrom(import) => {
                import.names.iter().any(|alias| alias.asname.as_deref().unwrap_or(&alias.name) == name)
            }
            StmtKind::Function(function) => function.name == name,
            StmtKind::Class(class) => class.name == name,
            StmtKind::Loop { target: Some(target), .. } => is_name(target, name),
            StmtKind::With { items, .. } => {
                items.iter().filter_map(|(_, target)| target.as_ref()).any(|target| is_name(target, name))
            }
            StmtKind::Expr(expr) => is_walrus(expr, name),
            _ => false,
        };
        here || stmt.blocks().into_iter().any(|block| assigns(block, name))
    })
}

/// `name` in `name = value`.
pub(super) fn assigned_name(stmt: &Stmt) -> Option<String> {
    match &stmt.kind {
        StmtKind::Assign { targets, .. } => match targets.as_slice() {
            [target] => target.dotted().filter(|name| !name.contains('.')),
            _ => None,
        },
        _ => None,
    }
}

fn first_part(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or(dotted)
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(found) if found == name)
}

fn is_walrus(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Named(target, _) if is_name(target, name))
}

/// Whether the statements speak of the name, at any depth.
pub(super) fn mentions(body: &[Stmt], name: &str) -> bool {
    body.iter().any(|stmt| {
        let inside = match &stmt.kind {
            StmtKind::Function(function) => mentions(&function.body, name),
            StmtKind::Class(class) => mentions(&class.body, name),
            _ => stmt.blocks().into_iter().any(|block| mentions(block, name)),
        };
        inside || stmt.expressions().into_iter().any(|expr| in_expression(expr, name))
    })
}

fn in_expression(expr: &Expr, name: &str) -> bool {
    is_name(expr, name) || expr.children().into_iter().any(|child| in_expression(child, name))
}

/// Whether another module of the workspace, a test too, takes the name from this one.
pub(super) fn taken_elsewhere(workspace: &Workspace, file: FileId, name: &str) -> bool {
    let Some(stem) = import_name(workspace.path(file)) else { return false };
    let holds_both = |text: &[u8]| contains(text, &stem) && contains(text, name);
    let others = workspace.files().filter(|(other, found)| *other != file && found.python.is_some());
    // Only files that may say it are parsed: one that does not parse is no news otherwise.
    let others = others.filter(|(other, _)| holds_both(&workspace.glance(*other)));
    others.filter_map(|(other, _)| workspace.module(other).ok()).any(|module| takes(&module.outline.body, &stem, name))
}

fn contains(text: &[u8], word: &str) -> bool {
    memchr::memmem::find(text, word.as_bytes()).is_some()
}

fn takes(body: &[Stmt], module: &str, name: &str) -> bool {
    let ends_in_module = |dotted: &str| dotted.rsplit('.').next() == Some(module);
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Import(aliases) => aliases.iter().any(|alias| ends_in_module(&alias.name)),
        StmtKind::ImportFrom(import) => {
            let from_it = import.module.as_deref().is_some_and(ends_in_module)
                && import.names.iter().any(|alias| alias.name == name || alias.name == "*");
            from_it || import.names.iter().any(|alias| alias.name == module)
        }
        StmtKind::Function(function) => takes(&function.body, module, name),
        StmtKind::Class(class) => takes(&class.body, module, name),
        _ => stmt.blocks().into_iter().any(|block| takes(block, module, name)),
    })
}

/// The last part of the name by which a file is imported.
fn import_name(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    if stem == "__init__" { Some(path.parent()?.file_name()?.to_str()?.to_owned()) } else { Some(stem.to_owned()) }
}

/// The number of the first `if __name__ == "__main__":` after which nothing else follows; the number of statements without one.
pub(super) fn end_of_module(body: &[Stmt]) -> usize {
    let behind = body.iter().rev().take_while(|stmt| is_main_guard(stmt) || stmt.is_inert());
    let start = body.len() - behind.count();
    (start..body.len()).find(|number| is_main_guard(&body[*number])).unwrap_or(body.len())
}

/// Whether it is `if __name__ == "__main__":`.
pub(super) fn is_main_guard(stmt: &Stmt) -> bool {
    let StmtKind::If(branches) = &stmt.kind else { return false };
    let Some(ExprKind::Compare(left, Comparison::Equal, right)) =
        branches.first().and_then(|branch| branch.test.as_ref()).map(|test| &test.kind)
    else {
        return false;
    };
    [left, right].iter().any(|side| is_name(side, "__name__"))
}
