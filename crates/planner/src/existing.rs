//! Calls of the SDK in a module, wherever they stand in it: what a run on paper does not reach is found here by its name.
//! Read [`SdkCall`] first.

use std::collections::HashMap;

use python_source::outline::{Alias, Call, Expr, ExprKind, Function, Outline, Span, Stmt, StmtKind};

/// The names of `sentry_sdk.init`: a release of the SDK knows it under each.
pub(crate) const INIT_NAMES: [&str; 3] = ["sentry_sdk.init", "sentry_sdk.api.init", "sentry_sdk.hub.init"];

/// A call of something that comes from the SDK.
#[derive(Debug, Clone, PartialEq)]
pub struct SdkCall<'a> {
    /// Its qualified name: `sentry_sdk.set_tag`.
    pub name: String,
    /// The call expression.
    pub span: Span,
    /// The call.
    pub call: &'a Call,
    /// The function definitions around it, from the outside in.
    pub functions: Vec<&'a Function>,
}

impl SdkCall<'_> {
    /// Whether it starts the SDK.
    pub fn is_init(&self) -> bool {
        INIT_NAMES.contains(&self.name.as_str())
    }
}

/// The spans of the calls that start the SDK, in order.
pub fn init_calls(outline: &Outline) -> Vec<Span> {
    sdk_calls(outline).into_iter().filter(SdkCall::is_init).map(|call| call.span).collect()
}

/// The calls of whatever is imported from the SDK, in order, at any depth. An import under `TYPE_CHECKING` counts as well: whoever wrote the
/// call has imported the name.
pub fn sdk_calls(outline: &Outline) -> Vec<SdkCall<'_>> {
    let mut names = HashMap::new();
    imported(&outline.body, &mut names);
    let mut found = Finder { names: &names, functions: Vec::new(), calls: Vec::new() };
    if !names.is_empty() {
        found.in_statements(&outline.body);
    }
    found.calls
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

/// Goes through a module and collects calls.
struct Finder<'n, 'a> {
    names: &'n HashMap<String, String>,
    functions: Vec<&'a Function>,
    calls: Vec<SdkCall<'a>>,
}

impl<'a> Finder<'_, 'a> {
    fn in_statements(&mut self, body: &'a [Stmt]) {
        for stmt in body {
            for expr in stmt.expressions() {
                self.in_expression(expr);
            }
            match &stmt.kind {
                StmtKind::Function(function) => {
                    self.functions.push(function);
                    self.in_statements(&function.body);
                    self.functions.pop();
                }
                StmtKind::Class(class) => self.in_statements(&class.body),
                _ => stmt.blocks().into_iter().for_each(|block| self.in_statements(block)),
            }
        }
    }

    fn in_expression(&mut self, expr: &'a Expr) {
        if let ExprKind::Call(call) = &expr.kind
            && let Some(name) = call.func.dotted().and_then(|dotted| self.qualified(&dotted))
        {
            self.calls.push(SdkCall { name, span: expr.span.clone(), call, functions: self.functions.clone() });
        }
        expr.children().into_iter().for_each(|child| self.in_expression(child));
    }

    fn qualified(&self, dotted: &str) -> Option<String> {
        let (first, rest) = dotted.split_once('.').unwrap_or((dotted, ""));
        let name = self.names.get(first)?;
        Some(if rest.is_empty() { name.clone() } else { format!("{name}.{rest}") })
    }
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
