//! The SDK's middleware around an application that an integration sees by itself. Read [`middleware`] first, then [`Application`].

use std::collections::BTreeSet;
use std::rc::Rc;

use changeset::Edit;
use python_project::Module;
use python_project::process::Process;
use python_project::trace::{BlockId, Event};
use python_source::outline::{Call, Expr, ExprKind, Span as Place, Stmt, StmtKind};

use super::releases::Span;
use super::{Checkup, Init};
use crate::catalogue::{Class, Role, System};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::location;
use crate::fix::{Applicability, FileEdits, Fix, Keeps};
use crate::placement::body_of;

/// Middlewares around an application of a framework whose integration is enabled without a word, one finding each.
pub(super) fn middleware(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let classes: Vec<&Class> = checkup.catalogue.systems.iter().filter_map(|system| system.wrap.as_ref()).collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for process in (0..checkup.facts.processes.len()).filter(|number| is_instrumented(checkup, *number)) {
        for application in applications(checkup, &checkup.facts.processes[process]) {
            for (class, stmt) in application.wrapped(&classes) {
                if seen.insert((application.block.file, stmt.span.start)) {
                    found.push(application.finding(checkup, class, stmt));
                }
            }
        }
    }
    found
}

/// Whether each init of the process enables what the SDK enables by itself.
fn is_instrumented(checkup: &Checkup<'_>, process: usize) -> bool {
    let mut inits = checkup.inits.iter().filter(|init| init.existing.run_by.contains(&process)).peekable();
    let says_otherwise = |init: &Init<'_>| {
        let switches = ["default_integrations", "auto_enabling_integrations", "disabled_integrations"];
        init.is_open() || switches.iter().any(|name| init.keyword(name).is_some())
    };
    inits.peek().is_some() && !inits.any(says_otherwise)
}

/// An object of such a framework, in the variable that it was assigned to.
struct Application<'a> {
    system: &'a System,
    module: Rc<Module>,
    block: BlockId,
    /// The statement in the block that builds it.
    number: usize,
    /// The variable.
    name: String,
}

/// The objects that the process builds and that an integration sees by itself, whichever release of the SDK is installed.
fn applications<'a>(checkup: &Checkup<'a>, process: &Process) -> Vec<Application<'a>> {
    let releases = Span::of(checkup);
    let is_seen = |system: &System| {
        let integration = checkup.catalogue.integration(system.integration.as_ref());
        let is_automatic = |release| integration.is_some_and(|one| one.is_automatic(release));
        system.role == Role::Web
            && system.wrap.is_none()
            && [&releases.oldest, &releases.newest].map(is_automatic) == [true; 2]
    };
    let built = process.trace.built().map(|(object, event)| (checkup.catalogue.system(object), event));
    let built = built.filter(|(system, _)| is_seen(system));
    built.filter_map(|(system, event)| Application::of(checkup, system, event)).collect()
}

impl<'a> Application<'a> {
    /// `None` unless the statement is `name = Framework(...)`.
    fn of(checkup: &Checkup<'_>, system: &'a System, event: &Event) -> Option<Self> {
        let (block, number) = *event.path.last()?;
        let module = checkup.workspace.module(block.file).ok()?;
        let StmtKind::Assign { targets, value } = &body_of(&module.outline, block).get(number)?.kind else {
            return None;
        };
        let [Expr { kind: ExprKind::Name(name), .. }] = targets.as_slice() else { return None };
        let name = name.clone();
        (value.span == event.span).then(|| Self { system, module: Rc::clone(&module), block, number, name })
    }

    /// The statements of the same block that put one of the classes around it, as long as the variable is this object.
    fn wrapped<'s>(&'s self, classes: &[&'s Class]) -> Vec<(&'s Class, &'s Stmt)> {
        let mut found = Vec::new();
        for stmt in &body_of(&self.module.outline, self.block)[self.number + 1..] {
            let wraps = |class: &&&Class| {
                self.local_name(class)
                    .is_some_and(|(_, local)| adds(stmt, &self.name, local) || wraps(stmt, &self.name, local))
            };
            let class = classes.iter().find(wraps).copied();
            found.extend(class.map(|class| (class, stmt)));
            if matches!(&stmt.kind, StmtKind::Assign { targets, .. } if targets.iter().any(|one| one.dotted().as_ref() == Some(&self.name)))
            {
                break;
            }
        }
        found
    }

    /// The import of the class at the top of the module or in the block, and the name that the class has here.
    fn local_name(&self, class: &Class) -> Option<(&Stmt, &str)> {
        let bodies = [&self.module.outline.body, body_of(&self.module.outline, self.block)];
        bodies.into_iter().flatten().find_map(|stmt| match &stmt.kind {
            StmtKind::ImportFrom(import) if import.level == 0 && import.module.as_ref() == Some(&class.module) => {
                let alias = import.names.iter().find(|alias| alias.name == class.class)?;
                Some((stmt, alias.asname.as_deref().unwrap_or(&alias.name)))
            }
            _ => None,
        })
    }

    fn finding(&self, checkup: &Checkup<'_>, class: &Class, stmt: &Stmt) -> Diagnostic {
        let integration = self.system.integration.as_deref().unwrap_or_default();
        let message = format!(
            "`{}` is superfluous: `{integration}`, which the SDK enables by itself, sees the requests of {}",
            class.class, self.system.name
        );
        let place = location(checkup.workspace, self.block.file, stmt.span.start);
        let found = Diagnostic::new(Code::MiddlewareSuperfluous, message, "leave it out").at(place);
        let end = self.module.source.line_column(stmt.span.end);
        found.to(end).mended_by(self.fix(checkup, class, stmt))
    }

    /// The statement goes, and the import that nothing else needs.
    fn fix(&self, checkup: &Checkup<'_>, class: &Class, stmt: &Stmt) -> Option<Fix> {
        let (import, local) = self.local_name(class)?;
        let takes_options = match &stmt.kind {
            StmtKind::Assign { value: Expr { kind: ExprKind::Call(call), .. }, .. }
            | StmtKind::Expr(Expr { kind: ExprKind::Call(call), .. }) => {
                call.args.len() != 1 || !call.keywords.is_empty()
            }
            _ => true,
        };
        if takes_options {
            return None;
        }
        let mut edits = vec![self.without(&stmt.span)?];
        let StmtKind::ImportFrom(names) = &import.kind else { return None };
        let text = self.module.source.text();
        let elsewhere = [&text[..import.span.start], &text[import.span.end..stmt.span.start], &text[stmt.span.end..]];
        if !elsewhere.iter().any(|part| part.contains(local)) {
            edits.push(self.without(&import.span).filter(|_| names.names.len() == 1)?);
        }
        let path = checkup.workspace.path(self.block.file).to_owned();
        let files = vec![FileEdits { path, edits, keeps: Keeps::Syntax }];
        Some(Fix { files, applicability: Applicability::Unsafe, ..Fix::default() })
    }

    /// Takes the lines of a statement away, with one of two blank lines around it; `None` when it shares them with something else.
    fn without(&self, stmt: &Place) -> Option<Edit> {
        let text = self.module.source.text();
        let start = text[..stmt.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[stmt.end..].find('\n').map_or(text.len(), |newline| stmt.end + newline + 1);
        let is_alone = text[start..stmt.start].trim().is_empty() && text[stmt.end..end].trim().is_empty();
        let blank = text[..start].strip_suffix('\n').and_then(|before| before.rsplit('\n').next());
        let blank = blank.filter(|line| line.trim().is_empty()).map_or(0, |line| line.len() + 1);
        let is_last_of_paragraph = text[end..].lines().next().is_none_or(|line| line.trim().is_empty());
        let start = if is_last_of_paragraph { start - blank } else { start };
        is_alone.then(|| self.module.source.edit(start..end, ""))?
    }
}

/// `app = Middleware(app)`, or the same with something of it, as in `app.wsgi_app = Middleware(app.wsgi_app)`.
fn wraps(stmt: &Stmt, name: &str, class: &str) -> bool {
    let StmtKind::Assign { targets, value: Expr { kind: ExprKind::Call(call), .. } } = &stmt.kind else { return false };
    let ([target], [given]) = (targets.as_slice(), call.args.as_slice()) else { return false };
    let target = target.dotted();
    let is_of_it = target.as_ref().is_some_and(|target| target.split('.').next() == Some(name));
    is_of_it && target == given.dotted() && is_name(&call.func, class)
}

/// `app.add_middleware(Middleware)`.
fn adds(stmt: &Stmt, name: &str, class: &str) -> bool {
    let StmtKind::Expr(Expr { kind: ExprKind::Call(call), .. }) = &stmt.kind else { return false };
    let Call { func, args, .. } = &**call;
    func.dotted().is_some_and(|called| called == format!("{name}.add_middleware"))
        && args.first().is_some_and(|given| is_name(given, class))
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(found) if found == name)
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Planned, planned};

    const ASGI: &str = "from sentry_sdk.integrations.asgi import SentryAsgiMiddleware\n";

    fn served(command: &str, requirements: &str, app: &str) -> Planned {
        planned(&[
            ("Procfile", &format!("web: {command} app:app\n")),
            ("requirements.txt", requirements),
            ("app.py", app),
        ])
    }

    fn fastapi(sdk: &str, init: &str, end: &str) -> Planned {
        let app = format!("import sentry_sdk\nfrom fastapi import FastAPI\n{ASGI}\n{init}\n\napp = FastAPI()\n{end}");
        served("uvicorn", &format!("fastapi\n{sdk}\n"), &app)
    }

    const INIT: &str = "sentry_sdk.init(traces_sample_rate=0.1)";

    #[test]
    fn what_stands_alone_goes_with_its_import() {
        for line in ["app = SentryAsgiMiddleware(app)\n", "app.add_middleware(SentryAsgiMiddleware)\n"] {
            let found =
                fastapi("sentry-sdk>=2.40", INIT, &format!("\n{line}\n@app.get('/')\ndef index():\n    pass\n"));
            assert_eq!(found.all, ["middleware-superfluous"], "{}", found.said);
            assert!(
                found.diff.contains(&format!("\n-{ASGI}")) && found.diff.contains(&format!("\n-{line}")),
                "{}",
                found.diff
            );
            assert!(found.added("app.py").is_empty(), "{}", found.diff);
        }
    }

    #[test]
    fn what_wsgi_frameworks_serve() {
        let import = "from sentry_sdk.integrations.wsgi import SentryWsgiMiddleware";
        let app = format!(
            "import sentry_sdk\nfrom flask import Flask\n{import}\n{INIT}\napp = Flask('a')\napp.wsgi_app = SentryWsgiMiddleware(app.wsgi_app)\n"
        );
        let found = served("gunicorn", "flask\nsentry-sdk>=2.40\n", &app);
        assert_eq!(found.all, ["middleware-superfluous"], "{}", found.said);
        assert!(found.diff.contains("-app.wsgi_app = "), "{}", found.diff);
    }

    #[test]
    fn other_shapes_are_told_and_left() {
        for line in [
            "app.add_middleware(SentryAsgiMiddleware, transaction_style='url')\n",
            "app = SentryAsgiMiddleware(app)  # long ago\n",
            "app = SentryAsgiMiddleware(app, mechanism_type='own')\n",
        ] {
            let found = fastapi("sentry-sdk>=2.40", INIT, line);
            assert_eq!(found.all, ["middleware-superfluous"], "{line}");
            assert!(found.diff.is_empty(), "{}", found.diff);
        }
    }

    #[test]
    fn an_import_that_is_needed_stays() {
        let end = "app = SentryAsgiMiddleware(app)\n\ndef other(app):\n    return SentryAsgiMiddleware(app)\n";
        let found = fastapi("sentry-sdk>=2.40", INIT, end);
        assert!(found.diff.contains("\n-app = ") && !found.diff.contains("\n-from"), "{}", found.diff);
    }

    #[test]
    fn nothing_is_superfluous_where_the_sdk_would_not_do_it() {
        let line = "app = SentryAsgiMiddleware(app)\n";
        assert!(fastapi("sentry-sdk==1.8.0", INIT, line).all.iter().all(|code| *code != "middleware-superfluous"));
        for arguments in ["auto_enabling_integrations=False", "default_integrations=False", "**more"] {
            let found =
                fastapi("sentry-sdk>=2.40", &format!("sentry_sdk.init(traces_sample_rate=0.1, {arguments})"), line);
            assert!(!found.all.contains(&"middleware-superfluous"), "{arguments}: {}", found.said);
        }
        let other = "app = Router(app)\napp = SentryAsgiMiddleware(app)\n";
        assert!(fastapi("sentry-sdk>=2.40", INIT, other).all.is_empty());
    }

    #[test]
    fn applications_that_no_integration_sees_keep_it() {
        for module in
            ["import falcon.asgi\napp = falcon.asgi.App()\n", "async def app(scope, receive, send):\n    pass\n"]
        {
            let app = format!("import sentry_sdk\n{ASGI}{INIT}\n{module}app = SentryAsgiMiddleware(app)\n");
            let found = served("uvicorn", "falcon\nsentry-sdk>=2.40\n", &app);
            assert!(!found.all.contains(&"middleware-superfluous"), "{}", found.said);
        }
    }
}
