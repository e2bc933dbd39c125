//! The names of a module: what reaches a library from a place in the file, and which name is still free. Never edits. Read [`bound_name`] first.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, ParameterWithDefault, Pattern, Stmt, StmtTry};
use ruff_text_size::Ranged;

use crate::ParsedModule;
use crate::tree::{bodies, is_type_checking};

/// One name to be imported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImportLine {
    /// `import module` or `import module as alias`.
    Module {
        /// The dotted module.
        module: String,
        /// The name it goes by, when not its own.
        alias: Option<String>,
    },
    /// `from module import name` or `from module import name as alias`.
    From {
        /// The dotted module.
        module: String,
        /// What is taken from it.
        name: String,
        /// The name it goes by, when not its own.
        alias: Option<String>,
    },
}

impl ImportLine {
    /// `import module`.
    pub fn module(module: impl Into<String>) -> Self {
        Self::Module { module: module.into(), alias: None }
    }

    /// `from module import name`.
    pub fn from(module: impl Into<String>, name: impl Into<String>) -> Self {
        Self::From { module: module.into(), name: name.into(), alias: None }
    }

    /// The same import under `name`; its own name gives no `as`.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let own = match &self {
            Self::Module { module, .. } => module.as_str(),
            Self::From { name, .. } => name.as_str(),
        };
        let new = (own != name).then(|| name.to_owned());
        match &mut self {
            Self::Module { alias, .. } | Self::From { alias, .. } => *alias = new,
        }
        self
    }

    /// What the import names, dotted from the top: `sentry_sdk`, `sentry_sdk.integrations.flask.FlaskIntegration`.
    pub fn qualified(&self) -> String {
        match self {
            Self::Module { module, .. } => module.clone(),
            Self::From { module, name, .. } => format!("{module}.{name}"),
        }
    }

    /// The name that code uses after it.
    pub fn local(&self) -> &str {
        match self {
            Self::Module { alias: Some(alias), .. } | Self::From { alias: Some(alias), .. } => alias,
            Self::Module { module, .. } => module,
            Self::From { name, .. } => name,
        }
    }
}

/// A module-level name by which something imported is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The name, an alias perhaps.
    pub name: String,
    /// The import may have failed without ending the module (`try: import x` / `except ImportError: x = None`): test the name before use.
    pub optional: bool,
    /// The top-level statement that does the import, as its offset in the text; the name is there once it has run.
    pub offset: usize,
}

/// How code at the offset `at` reaches what `qualified` names (`sentry_sdk`, `sentry_sdk.integrations.flask.FlaskIntegration`).
///
/// Imports in functions, under `TYPE_CHECKING` or another condition, and at or below `at` do not count; nor does a name that
/// the module, or a function around `at`, gives another meaning as well.
pub fn bound_name(module: &ParsedModule, qualified: &str, at: usize) -> Option<Binding> {
    let mut bindings = imported_above(module, qualified, at);
    bindings.retain(|binding| {
        let own = binding.optional.then_some(binding.offset);
        !means_something_else(module, &binding.name, qualified, at, own)
    });
    bindings.sort_by_key(|binding| binding.optional);
    bindings.into_iter().next()
}

/// Every module-level import of `qualified` that has run when code at `at` does, whatever becomes of its name.
pub(crate) fn imported_above(module: &ParsedModule, qualified: &str, at: usize) -> Vec<Binding> {
    let above = module.suite().iter().take_while(|stmt| usize::from(stmt.end()) <= at);
    above.flat_map(|stmt| imported_by(stmt, qualified)).collect()
}

/// A name for `qualified` that means nothing else to code at the offset `at`: its own last part, else with an underscore before it.
pub fn free_name(module: &ParsedModule, qualified: &str, at: usize) -> String {
    let own = qualified.rsplit('.').next().unwrap_or(qualified);
    let underscored = format!("_{own}");
    let numbered = (2..).map(|number| format!("_{own}_{number}"));
    [own.to_owned(), underscored]
        .into_iter()
        .chain(numbered)
        .find(|name| !means_something_else(module, name, qualified, at, None))
        .unwrap_or_default()
}

/// Whether something but an import of `qualified` binds `name` at module level or in a function around `at`.
/// The statement at `except_in` is not looked at: an optional import binds the name to `None` itself.
fn means_something_else(
    module: &ParsedModule,
    name: &str,
    qualified: &str,
    at: usize,
    except_in: Option<usize>,
) -> bool {
    let mut scope = OtherMeaning { name, qualified, found: false, in_function: false };
    for stmt in module.suite().iter().filter(|stmt| Some(usize::from(stmt.start())) != except_in) {
        scope.visit_stmt(stmt);
    }
    scope.found || module.suite().iter().any(|stmt| shadowed_in(stmt, name, qualified, at))
}

/// Whether a function in `stmt` that holds `at` has a parameter or a variable of that name.
fn shadowed_in(stmt: &Stmt, name: &str, qualified: &str, at: usize) -> bool {
    if !(usize::from(stmt.start())..usize::from(stmt.end())).contains(&at) {
        return false;
    }
    if let Stmt::FunctionDef(function) = stmt {
        let mut scope = OtherMeaning { name, qualified, found: false, in_function: false };
        scope.visit_parameters(&function.parameters);
        scope.visit_body(&function.body);
        if scope.found {
            return true;
        }
    }
    bodies(stmt).into_iter().flatten().any(|inner| shadowed_in(inner, name, qualified, at))
}

/// Looks through one scope for a binding of `name` that is no import of `qualified`.
struct OtherMeaning<'a> {
    name: &'a str,
    qualified: &'a str,
    found: bool,
    /// Inside a function of the scope, where only `global name` counts.
    in_function: bool,
}

impl OtherMeaning<'_> {
    fn bind(&mut self, name: &str) {
        self.found |= !self.in_function && name == self.name;
    }
}

impl<'a> Visitor<'a> for OtherMeaning<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) => {
                self.bind(&function.name);
                let outside = std::mem::replace(&mut self.in_function, true);
                self.visit_body(&function.body);
                self.in_function = outside;
                return;
            }
            Stmt::ClassDef(class) => {
                self.bind(&class.name);
                let outside = std::mem::replace(&mut self.in_function, true);
                self.visit_body(&class.body);
                self.in_function = outside;
                return;
            }
            Stmt::Global(global) => self.found |= global.names.iter().any(|name| name.as_str() == self.name),
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                for (local, qualified) in imported_names(stmt) {
                    if qualified != self.qualified {
                        self.bind(&local);
                    }
                }
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.ctx != ExprContext::Load
        {
            self.bind(&name.id);
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_parameters(&mut self, parameters: &'a ruff_python_ast::Parameters) {
        for parameter in parameters.iter_non_variadic_params().map(ParameterWithDefault::name) {
            self.bind(parameter);
        }
        for parameter in parameters.vararg.iter().chain(&parameters.kwarg) {
            self.bind(&parameter.name);
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(clause) = handler;
        if let Some(name) = &clause.name {
            self.bind(name);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name);
        }
        visitor::walk_pattern(self, pattern);
    }
}

/// The names that an import statement binds, each with what it names, dotted from the top; relative imports keep their dots.
/// `import a.b` binds `a`, and gives `a.b` as well.
fn imported_names(stmt: &Stmt) -> Vec<(String, String)> {
    match stmt {
        Stmt::Import(import) => import
            .names
            .iter()
            .flat_map(|alias| match &alias.asname {
                Some(name) => vec![(name.to_string(), alias.name.to_string())],
                None => {
                    let top = alias.name.split('.').next().unwrap_or_default();
                    let names = [top, alias.name.as_str()].map(|name| (name.to_owned(), name.to_owned()));
                    names.into_iter().take(if alias.name.contains('.') { 2 } else { 1 }).collect()
                }
            })
            .collect(),
        Stmt::ImportFrom(import) => {
            let module =
                format!("{}{}", ".".repeat(import.level as usize), import.module.as_deref().unwrap_or_default());
            let local = |alias: &ruff_python_ast::Alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string();
            import.names.iter().map(|alias| (local(alias), format!("{module}.{}", alias.name))).collect()
        }
        _ => Vec::new(),
    }
}

/// The names by which a top-level statement imports `qualified` when it runs.
fn imported_by(stmt: &Stmt, qualified: &str) -> Vec<Binding> {
    let direct = |stmt: &Stmt, optional, offset| -> Vec<Binding> {
        let names = imported_names(stmt).into_iter().filter(|(_, what)| what == qualified);
        names.map(|(name, _)| Binding { name, optional, offset }).collect()
    };
    let offset = usize::from(stmt.start());
    match stmt {
        Stmt::If(test) if is_type_checking(&test.test) => Vec::new(),
        Stmt::Try(attempt) => {
            let optional = may_swallow(attempt);
            attempt.body.iter().flat_map(|inner| direct(inner, optional, offset)).collect()
        }
        _ => direct(stmt, false, offset),
    }
}

/// Whether a failure in the body of `try` may leave the module running: not every handler ends by raising.
fn may_swallow(attempt: &StmtTry) -> bool {
    attempt.handlers.iter().any(|handler| {
        let ruff_python_ast::ExceptHandler::ExceptHandler(clause) = handler;
        !matches!(clause.body.last(), Some(Stmt::Raise(_)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "app = Flask()";

    fn at_site(text: &str) -> (ParsedModule, usize) {
        let source = crate::Source::decode(text.as_bytes().to_vec()).expect("UTF-8");
        (crate::parse(&source).expect("Python"), text.find(SITE).expect("site"))
    }

    #[track_caller]
    fn bound(text: &str, expected: Option<(&str, bool)>) {
        let (module, at) = at_site(text);
        let found = bound_name(&module, "sentry_sdk", at);
        assert_eq!(found.as_ref().map(|binding| (binding.name.as_str(), binding.optional)), expected, "{text}");
    }

    #[track_caller]
    fn free(text: &str, expected: &str) {
        let (module, at) = at_site(text);
        assert_eq!(free_name(&module, "sentry_sdk", at), expected, "{text}");
    }

    #[test]
    fn an_import_above_the_site_is_found_under_its_name() {
        bound("import sentry_sdk\napp = Flask()", Some(("sentry_sdk", false)));
        bound("import os, sentry_sdk as s\napp = Flask()", Some(("s", false)));
        bound("import sentry_sdk.integrations.flask\napp = Flask()", Some(("sentry_sdk", false)));
        let (module, at) = at_site("import a.b\napp = Flask()");
        assert!(bound_name(&module, "a.b", at).is_some_and(|binding| binding.name == "a.b"));
        bound("import sentry_sdk.integrations.flask as f\napp = Flask()", None);
        bound("app = Flask()\nimport sentry_sdk", None);
        bound("from x import sentry_sdk\napp = Flask()", None);
    }

    #[test]
    fn an_import_that_may_have_failed_is_optional() {
        bound(
            "try:\n    import sentry_sdk\nexcept ImportError:\n    sentry_sdk = None\napp = Flask()",
            Some(("sentry_sdk", true)),
        );
        bound(
            "try:\n    import sentry_sdk\nexcept ImportError:\n    raise\napp = Flask()",
            Some(("sentry_sdk", false)),
        );
    }

    #[test]
    fn an_import_that_does_not_run_here_does_not_count() {
        bound("if TYPE_CHECKING:\n    import sentry_sdk\napp = Flask()", None);
        bound("if DEBUG:\n    import sentry_sdk\napp = Flask()", None);
        bound("def f():\n    import sentry_sdk\napp = Flask()", None);
    }

    #[test]
    fn a_second_meaning_makes_a_name_useless() {
        bound("import sentry_sdk\napp = Flask()\nsentry_sdk = None", None);
        bound("import sentry_sdk\ndef f(sentry_sdk):\n    app = Flask()", None);
        bound("import sentry_sdk\ndef f(sentry_sdk):\n    pass\napp = Flask()", Some(("sentry_sdk", false)));
    }

    #[test]
    fn a_name_that_is_taken_gets_an_underscore() {
        free("app = Flask()", "sentry_sdk");
        free("if TYPE_CHECKING:\n    import sentry_sdk\napp = Flask()", "sentry_sdk");
        free("def f():\n    sentry_sdk = 1\napp = Flask()", "sentry_sdk");
        for taken in [
            "sentry_sdk = None\napp = Flask()",
            "def sentry_sdk(): pass\napp = Flask()",
            "from x import sentry_sdk\napp = Flask()",
            "from . import sentry_sdk\napp = Flask()",
            "import x as sentry_sdk\napp = Flask()",
            "for sentry_sdk in x: pass\napp = Flask()",
            "print(sentry_sdk := 1)\napp = Flask()",
            "with x as (a, sentry_sdk): pass\napp = Flask()",
            "def f():\n    global sentry_sdk\napp = Flask()",
            "def f(a, *, sentry_sdk=1):\n    app = Flask()",
            "def f():\n    if x:\n        app = Flask()\n    sentry_sdk = 1",
            "match x:\n    case {'a': sentry_sdk}: pass\napp = Flask()",
            "try: pass\nexcept E as sentry_sdk: pass\napp = Flask()",
        ] {
            free(taken, "_sentry_sdk");
        }
        free("sentry_sdk = _sentry_sdk = 1\napp = Flask()", "_sentry_sdk_2");
    }
}
