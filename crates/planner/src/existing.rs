//! Calls of `sentry_sdk.init` in a module, wherever they stand in it: what a run on paper does not reach is found here by its name.

use std::collections::HashMap;

use python_source::outline::{Alias, Expr, ExprKind, Outline, Stmt, StmtKind};

/// The names of `sentry_sdk.init`: a release of the SDK knows it under each.
pub(crate) const INIT_NAMES: [&str; 3] = ["sentry_sdk.init", "sentry_sdk.api.init", "sentry_sdk.hub.init"];

/// The offsets of the calls, in order. An import under `TYPE_CHECKING` counts as well: whoever wrote the call has imported the name.
pub fn init_calls(outline: &Outline) -> Vec<usize> {
    let mut names = HashMap::new();
    imported(&outline.body, &mut names);
    let mut calls = Vec::new();
    if !names.is_empty() {
        in_statements(&outline.body, &names, &mut calls);
    }
    calls
}

/// Local name to qualified name, for everything that comes from the SDK, at any depth.
fn imported(body: &[Stmt], names: &mut HashMap<String, String>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Import(aliases) => {
                for Alias { name, asname } in aliases.iter().filter(|alias| is_sdk(&alias.name)) {
                    match asname {
                        Some(asname) => names.insert(asname.clone(), name.clone()),
                        None => names.insert("sentry_sdk".to_owned(), "sentry_sdk".to_owned()),
                    };
                }
            }
            StmtKind::ImportFrom(import) if import.level == 0 && import.module.as_deref().is_some_and(is_sdk) => {
                let module = import.module.as_deref().unwrap_or_default();
                for Alias { name, asname } in &import.names {
                    names.insert(asname.clone().unwrap_or_else(|| name.clone()), format!("{module}.{name}"));
                }
            }
            StmtKind::Function(function) => imported(&function.body, names),
            StmtKind::Class(class) => imported(&class.body, names),
            _ => stmt.blocks().into_iter().for_each(|block| imported(block, names)),
        }
    }
}

fn is_sdk(module: &str) -> bool {
    module == "sentry_sdk" || module.starts_with("sentry_sdk.")
}

fn in_statements(body: &[Stmt], names: &HashMap<String, String>, calls: &mut Vec<usize>) {
    for stmt in body {
        for expr in stmt.expressions() {
            in_expression(expr, names, calls);
        }
        match &stmt.kind {
            StmtKind::Function(function) => in_statements(&function.body, names, calls),
            StmtKind::Class(class) => in_statements(&class.body, names, calls),
            _ => stmt.blocks().into_iter().for_each(|block| in_statements(block, names, calls)),
        }
    }
}

fn in_expression(expr: &Expr, names: &HashMap<String, String>, calls: &mut Vec<usize>) {
    if let ExprKind::Call(call) = &expr.kind
        && let Some(dotted) = call.func.dotted()
    {
        let (first, rest) = dotted.split_once('.').unwrap_or((&dotted, ""));
        let qualified =
            names.get(first).map(|name| if rest.is_empty() { name.clone() } else { format!("{name}.{rest}") });
        if qualified.is_some_and(|name| INIT_NAMES.contains(&name.as_str())) {
            calls.push(expr.span.start);
        }
    }
    expr.children().into_iter().for_each(|child| in_expression(child, names, calls));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_under_any_name_and_at_any_depth() {
        for (text, count) in [
            ("import sentry_sdk as watch\nwatch.init()\n", 1),
            ("def hook():\n    from sentry_sdk import init as start\n    if x:\n        start(dsn=1)\n", 1),
            ("import sentry_sdk\nwith sentry_sdk.init() as _: pass\n", 1),
            ("# sentry_sdk.init()\nimport sentry_sdk\nsentry_sdk.capture_message('x')\n", 0),
            ("from other import init\ninit()\n", 0),
        ] {
            let source = python_source::Source::decode(text.as_bytes().to_vec()).expect("text");
            assert_eq!(init_calls(&Outline::of(&source).expect("syntax")).len(), count, "{text}");
        }
    }
}
