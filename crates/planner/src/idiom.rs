//! How a module reads its settings, so that the DSN is read the same way. Read [`dsn`] first.

use std::collections::HashMap;

use python_source::ParsedModule;
use python_source::outline::{Expr, ExprKind, Outline, Stmt, StmtKind};

use crate::catalogue::{Catalogue, Reads};
use crate::recommend::InitArgument;

/// The `dsn` argument in the module's own idiom; `None` when it has none above `at`: the SDK reads `SENTRY_DSN` by itself.
/// Whatever the idiom, a variable that is not set gives `None`, never an exception.
///
/// ```python
/// env = environ.Env()                      env("SENTRY_DSN", default=None)
/// from decouple import config              config("SENTRY_DSN", default=None)
/// settings = Dynaconf(...)            ->   settings.get("SENTRY_DSN")
/// DEBUG = os.getenv("DEBUG")               os.getenv("SENTRY_DSN")
/// ```
pub fn dsn(catalogue: &Catalogue, parsed: &ParsedModule, outline: &Outline, at: usize) -> Option<InitArgument> {
    let reads = catalogue.libraries.iter().filter_map(|library| library.reads.as_ref());
    let by_library = reads.filter_map(|reads| by_library(reads, parsed, outline, at)).next();
    let value = by_library.or_else(|| by_os(outline, at).map(str::to_owned))?;
    Some(InitArgument { name: "dsn".to_owned(), value, comment: None })
}

/// The call of a library's reader that has a name above `at`.
fn by_library(reads: &Reads, parsed: &ParsedModule, outline: &Outline, at: usize) -> Option<String> {
    let imported = reads.readers.iter().filter_map(|name| python_source::bound_name(parsed, name, at));
    let imported = imported.filter(|binding| !binding.optional).map(|binding| binding.name).next();
    let name = imported.or_else(|| built_above(&reads.classes, outline, at))?;
    let method = reads.method.as_ref().map(|method| format!(".{method}")).unwrap_or_default();
    let default = reads.default.as_ref().map(|keyword| format!(", {keyword}=None")).unwrap_or_default();
    Some(format!("{name}{method}(\"SENTRY_DSN\"{default})"))
}

/// The module-level name that an object of one of the classes is given above `at`, and nothing else anywhere in the module.
fn built_above(classes: &[String], outline: &Outline, at: usize) -> Option<String> {
    let mut names = HashMap::new();
    for stmt in outline.body.iter().take_while(|stmt| stmt.span.end <= at) {
        match &stmt.kind {
            StmtKind::Import(aliases) => {
                for alias in aliases {
                    match &alias.asname {
                        Some(asname) => names.insert(asname.clone(), alias.name.clone()),
                        None => names.insert(first_part(&alias.name).to_owned(), first_part(&alias.name).to_owned()),
                    };
                }
            }
            StmtKind::ImportFrom(import) if import.level == 0 => {
                let module = import.module.as_deref().unwrap_or_default();
                for alias in &import.names {
                    let local = alias.asname.as_ref().unwrap_or(&alias.name);
                    names.insert(local.clone(), format!("{module}.{}", alias.name));
                }
            }
            StmtKind::Assign { targets, value } => {
                if let (ExprKind::Call(call), [target]) = (&value.kind, targets.as_slice())
                    && let (ExprKind::Name(name), Some(callee)) = (&target.kind, call.func.dotted())
                    && qualified(&names, &callee).is_some_and(|callee| classes.contains(&callee))
                    && outline.body.iter().filter(|stmt| gives(stmt, name)).count() == 1
                {
                    return Some(name.clone());
                }
            }
            _ => {}
        }
    }
    None
}

fn qualified(names: &HashMap<String, String>, dotted: &str) -> Option<String> {
    let first = first_part(dotted);
    Some(format!("{}{}", names.get(first)?, &dotted[first.len()..]))
}

fn first_part(dotted: &str) -> &str {
    dotted.split('.').next().unwrap_or(dotted)
}

/// Whether the statement, or one in its blocks, gives the name a value.
fn gives(stmt: &Stmt, name: &str) -> bool {
    crate::also::assigns(std::slice::from_ref(stmt), name)
}

/// The way in which the module reads environment variables itself, if `os` is imported above `at`.
fn by_os(outline: &Outline, at: usize) -> Option<&'static str> {
    let above = || outline.body.iter().take_while(|stmt| stmt.span.end <= at);
    let imports_os = above().any(|stmt| matches!(&stmt.kind, StmtKind::Import(names) if names.iter().any(|alias| alias.name == "os" && alias.asname.is_none())));
    let rebinds_os = outline.body.iter().any(|stmt| matches!(&stmt.kind, StmtKind::Assign { targets, .. } if targets.iter().any(|target| target.dotted().as_deref() == Some("os"))));
    if !imports_os || rebinds_os {
        return None;
    }
    let mut reads = Vec::new();
    environment_reads(&outline.body, &mut reads);
    if reads.iter().any(|name| name == "os.getenv") {
        Some("os.getenv(\"SENTRY_DSN\")")
    } else if reads.is_empty() {
        None
    } else {
        Some("os.environ.get(\"SENTRY_DSN\")")
    }
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

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    /// The line that is written for `dsn` into a module with these lines above its app.
    fn dsn_after(lines: &str) -> String {
        let app = format!("from flask import Flask\n{lines}\napp = Flask(__name__)\n");
        let planned = planned(&[("requirements.txt", "flask\n"), ("app.py", &app)]);
        assert!(planned.diff.contains("sentry_sdk.init("), "{}{}", planned.diff, planned.said);
        let added = planned.added("app.py");
        added.lines().find(|line| line.contains("dsn=")).unwrap_or_default().trim().to_owned()
    }

    #[test]
    fn the_dsn_is_read_as_the_module_reads_its_other_settings() {
        for (lines, expected) in [
            ("import environ\nenv = environ.Env()\nenv.read_env()", "dsn=env(\"SENTRY_DSN\", default=None),"),
            (
                "from environ import Env as E\ne = E(DEBUG=(bool, False))\nE.read_env()",
                "dsn=e(\"SENTRY_DSN\", default=None),",
            ),
            ("from decouple import config", "dsn=config(\"SENTRY_DSN\", default=None),"),
            ("from decouple import config as setting", "dsn=setting(\"SENTRY_DSN\", default=None),"),
            ("from environs import env\nenv.read_env()", "dsn=env.str(\"SENTRY_DSN\", default=None),"),
            ("from environs import Env\nenv = Env()\nenv.read_env()", "dsn=env.str(\"SENTRY_DSN\", default=None),"),
            ("from dynaconf import settings", "dsn=settings.get(\"SENTRY_DSN\"),"),
            ("import os\nX = os.getenv('X')", "dsn=os.getenv(\"SENTRY_DSN\"),"),
            ("import os\nX = os.environ['X']", "dsn=os.environ.get(\"SENTRY_DSN\"),"),
        ] {
            assert_eq!(dsn_after(lines), expected, "{lines}");
        }
    }

    #[test]
    fn a_reader_that_is_not_there_yet_or_not_for_certain_is_none() {
        for lines in [
            "",
            "import environ\nenv = environ.Env()\nenv = None\nenviron.Env.read_env()",
            "from decouple import config\nconfig = {}",
            "from shop import config",
            "try:\n    from decouple import config\nexcept ImportError:\n    config = None",
        ] {
            assert_eq!(dsn_after(lines), "", "{lines}");
        }
    }

    #[test]
    fn what_pydantic_alone_reads_is_told() {
        let app = "from flask import Flask\nfrom pydantic_settings import BaseSettings\n\napp = Flask(__name__)\n";
        let planned = planned(&[("requirements.txt", "flask\npydantic-settings\n"), ("app.py", app)]);
        assert!(planned.said.contains("sentry_dsn: str | None = None"), "{}", planned.said);
    }
}
