//! The word `wrap`: a class of the SDK around what a server takes from a module. Read [`wrap`] first.

use python_project::process::Process;
use python_project::trace::{BlockId, Entry};
use python_project::{FileId, Workspace};
use python_source::outline::{ExprKind, Stmt, StmtKind};
use python_source::{ImportLine, Site, free_name};

use super::names::{assigned_name, assigns, end_of_module, is_main_guard, mentions, taken_elsewhere, used_later};
use crate::addition::{Addition, site_in};
use crate::catalogue::Class;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{Facts, location};
use crate::placement::body_of;

/// Puts the class around the name that the server takes, once the module has done all else; around what a factory returns, just before it does.
///
/// ```python
/// app = falcon.asgi.App()                  app = falcon.asgi.App()
/// app.add_route("/", Home())               app.add_route("/", Home())
///                                     ->
///                                          app = SentryAsgiMiddleware(app)
/// ```
///
/// The name means something else afterwards. So this is left to a person where somebody would notice: other modules (tests, too) take the
/// name, functions use it later, or it cannot be said which name the server takes. A function is still only called: it may be wrapped
/// whoever takes it. `None` when the module speaks of the class already.
///
/// # Errors
/// A finding that names the lines to write.
pub(crate) fn wrap(
    workspace: &Workspace,
    facts: &Facts,
    process: &Process,
    system: usize,
    class: &Class,
) -> Result<Option<Addition>, Diagnostic> {
    let place = Place::of(workspace, process, system);
    let Some(place) = place else {
        let file = process.entry;
        return Err(by_hand(workspace, facts, file, class, "app", "which name the server takes cannot be decided"));
    };
    let refuse = |reason: &str| Err(by_hand(workspace, facts, place.block.file, class, &place.name, reason));
    let Ok(module) = workspace.module(place.block.file) else { return refuse("its module cannot be read") };
    if module.source.text().contains(&class.class) {
        return Ok(None);
    }
    let body = body_of(&module.outline, place.block);
    if let Some(reason) = place.reason_against(workspace, process, body) {
        return refuse(reason);
    }
    let Ok(parsed) = python_source::parse(&module.source) else { return refuse("its module cannot be read") };
    let position = place.position(body);
    let at = body.get(position).map_or(module.source.text().len(), |stmt| stmt.span.start);
    let local = free_name(&parsed, &format!("{}.{}", class.module, class.class), at);
    let code = format!("{name} = {local}({name})", name = place.name);
    Ok(Some(Addition {
        file: place.block.file,
        site: if position == body.len() && place.block.function.is_none() {
            Site::End
        } else {
            site_in(body, position)
        },
        block: format!("{code}\n"),
        one_line: code,
        imports: vec![ImportLine::from(&class.module, &class.class).named(&local)],
        imports_not_before: None,
    }))
}

/// Where the name stands that is to be wrapped.
struct Place {
    /// The module, or the factory in it.
    block: BlockId,
    name: String,
    /// The name by which others would take it from the module.
    taken_as: String,
    /// Whether it is a function, which nobody can do anything with but call it.
    is_function: bool,
}

impl Place {
    /// The attribute that the command line names, or the one that the object was assigned to.
    fn of(workspace: &Workspace, process: &Process, system: usize) -> Option<Self> {
        let built = || process.trace.built().find(|(object, _)| object.0 == system).map(|(_, event)| event);
        let served = process.trace.served.as_ref();
        if let (Entry::Module { chain, attribute: Some(attribute), .. }, "web") =
            (&process.start.entry, process.role.as_str())
        {
            let name = attribute.split('(').next().unwrap_or_default();
            let factory = served
                .filter(|served| !served.is_instance)
                .map(|served| BlockId { file: served.file, function: Some(served.span.start) });
            if let (Some(event), Some(factory)) = (built(), factory)
                && event.path.iter().any(|(block, _)| *block == factory)
            {
                return Self::in_factory(workspace, factory, name);
            }
            let file = *chain.last()?;
            let module = workspace.module(file).ok()?;
            // `api.app` names no variable of the module.
            let found = !name.contains('.') && assigns(&module.outline.body, name);
            return found.then(|| Self {
                block: BlockId { file, function: None },
                name: name.to_owned(),
                taken_as: name.to_owned(),
                is_function: factory.is_some(),
            });
        }
        let event = built()?;
        let [.., (block, number)] = event.path.as_slice() else { return None };
        let module = workspace.module(block.file).ok()?;
        let name = body_of(&module.outline, *block).get(*number).and_then(assigned_name)?;
        let place = Self { block: *block, taken_as: name.clone(), name, is_function: false };
        block.function.is_none().then_some(place)
    }

    /// A function that ends with `return name`, and returns nothing else.
    fn in_factory(workspace: &Workspace, factory: BlockId, taken_as: &str) -> Option<Self> {
        let module = workspace.module(factory.file).ok()?;
        let body = body_of(&module.outline, factory);
        let (last, others) = body.split_last()?;
        let StmtKind::Return(Some(value)) = &last.kind else { return None };
        let ExprKind::Name(name) = &value.kind else { return None };
        (!others.iter().any(returns)).then(|| Self {
            block: factory,
            name: name.clone(),
            taken_as: taken_as.to_owned(),
            is_function: false,
        })
    }

    fn reason_against(&self, workspace: &Workspace, process: &Process, body: &[Stmt]) -> Option<&'static str> {
        let in_module = self.block.function.is_none();
        let is_script = matches!(process.start.entry, Entry::Script { file, .. } if file == self.block.file);
        if is_script && in_module && !body.iter().any(is_main_guard) {
            return Some("the module serves it before it ends");
        }
        if self.is_function {
            return None;
        }
        if used_later(body, &self.name) {
            return Some("functions use that name later and need the object itself");
        }
        if taken_elsewhere(workspace, self.block.file, &self.taken_as) {
            return Some("other modules take that name and may need the object itself");
        }
        let module = workspace.module(self.block.file).ok()?;
        let rest = module.outline.body.iter().filter(|stmt| !is_main_guard(stmt) && !stmt.defines());
        let called_here = !in_module && mentions(&rest.cloned().collect::<Vec<_>>(), &self.taken_as);
        called_here.then_some("the module calls the factory itself and may need the object itself")
    }

    /// The number of the statement before which it is to be wrapped.
    fn position(&self, body: &[Stmt]) -> usize {
        if self.block.function.is_some() { body.len() - 1 } else { end_of_module(body) }
    }
}

/// Whether the statement, or one in its blocks, returns.
fn returns(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Return(_)) || stmt.blocks().into_iter().flatten().any(returns)
}

fn by_hand(workspace: &Workspace, facts: &Facts, file: FileId, class: &Class, name: &str, reason: &str) -> Diagnostic {
    let Class { class, module } = class;
    Diagnostic::new(
        Code::MiddlewareByHand,
        format!(
            "requests of {} are not seen without `{class}` around the application; {reason}",
            facts.name(workspace).unwrap_or_else(|| "the project".to_owned())
        ),
        format!("where the server takes it: `from {module} import {class}`, `{name} = {class}({name})`"),
    )
    .at(location(workspace, file, 0))
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    const PROCFILE: (&str, &str) = ("Procfile", "web: uvicorn main:app\n");
    const REQUIREMENTS: (&str, &str) = ("requirements.txt", "falcon\nuvicorn\n");

    #[track_caller]
    fn wrapped(module: &str, line: &str) {
        let planned = planned(&[PROCFILE, REQUIREMENTS, ("main.py", module)]);
        let added = planned.added("main.py");
        assert!(added.contains("sentry_sdk.init(") && added.ends_with(line), "{}{}", planned.diff, planned.said);
        assert!(!planned.codes.contains(&"middleware-by-hand"), "{}", planned.said);
    }

    #[track_caller]
    fn refused(files: &[(&str, &str)], reason: &str) {
        let planned = planned(&[&[REQUIREMENTS], files].concat());
        assert!(!planned.diff.contains("Middleware"), "{}", planned.diff);
        assert!(planned.said.contains(reason), "{}", planned.said);
        assert!(planned.said.contains("`from sentry_sdk.integrations.asgi import SentryAsgiMiddleware`"));
    }

    #[test]
    fn the_served_name_is_wrapped_after_all_else() {
        wrapped(
            "import falcon.asgi\n\napp = falcon.asgi.App()\napp.add_route('/', object())\n",
            ")\napp = SentryAsgiMiddleware(app)\n",
        );
        wrapped(
            "import falcon.asgi\n\ndef build():\n    app = falcon.asgi.App()\n    return app\n\napp = build()\n",
            ")\napp = SentryAsgiMiddleware(app)\n",
        );
    }

    #[test]
    fn a_main_guard_sees_the_wrapped_object() {
        let module = "import falcon.asgi\nimport uvicorn\n\napp = falcon.asgi.App()\n\nif __name__ == '__main__':\n    uvicorn.run(app)\n";
        let planned = planned(&[REQUIREMENTS, ("main.py", module)]);
        assert!(planned.diff.contains("+app = SentryAsgiMiddleware(app)\n+\n if __name__"), "{}", planned.diff);
    }

    #[test]
    fn a_factory_that_is_served_wraps_what_it_returns() {
        let module = "import falcon.asgi\n\ndef app():\n    api = falcon.asgi.App()\n    return api\n";
        wrapped(module, "    api = SentryAsgiMiddleware(api)\n");
    }

    #[test]
    fn a_plain_callable_is_wrapped_whoever_takes_it() {
        let module = "def app(env, start):\n    start('200 OK', [])\n    return [b'']\n";
        for server in ["gunicorn main:app", "waitress-serve main:app", "uwsgi --module main:app"] {
            let planned = planned(&[
                ("Procfile", &format!("web: {server}\n")),
                ("requirements.txt", "gunicorn\n"),
                ("main.py", module),
                ("test_main.py", "from main import app\n"),
            ]);
            assert!(
                planned.added("main.py").ends_with(")\napp = SentryWsgiMiddleware(app)\n"),
                "{server}: {}",
                planned.diff
            );
        }
        let elsewhere = planned(&[
            ("Procfile", "web: gunicorn main:app\n"),
            ("requirements.txt", "gunicorn\n"),
            ("main.py", "from shop import app\n"),
            ("shop.py", module),
        ]);
        assert!(elsewhere.added("main.py").ends_with("\napp = SentryWsgiMiddleware(app)\n"), "{}", elsewhere.diff);
        wrapped("async def app(scope, receive, send):\n    pass\n", ")\napp = SentryAsgiMiddleware(app)\n");
        wrapped(
            "class App:\n    async def __call__(self, scope, receive, send):\n        pass\n\napp = App()\n",
            ")\napp = SentryAsgiMiddleware(app)\n",
        );
    }

    #[test]
    fn what_a_framework_serves_is_not_wrapped() {
        let module = "from flask import Flask\nflask = Flask(__name__)\n\ndef app(environ, start_response):\n    return flask(environ, start_response)\n";
        let planned =
            planned(&[("Procfile", "web: gunicorn main:app\n"), ("requirements.txt", "flask\n"), ("main.py", module)]);
        assert!(planned.diff.contains("sentry_sdk.init(") && !planned.diff.contains("Middleware"), "{}", planned.diff);
    }

    #[test]
    fn a_factory_that_the_command_line_calls_is_no_plain_callable() {
        let planned = planned(&[
            ("Procfile", "web: gunicorn 'main:make(\"a\", 1)'\n"),
            ("requirements.txt", "gunicorn\n"),
            ("main.py", "def make(name, number):\n    return object()\n"),
        ]);
        assert!(!planned.diff.contains("Middleware"), "{}", planned.diff);
    }

    #[test]
    fn a_handler_with_two_parameters_is_no_web_server() {
        let planned = planned(&[
            ("pyproject.toml", "[project]\nname = 'x'\ndependencies = []\n[project.scripts]\nx = 'main:app'\n"),
            ("main.py", "def app(event, context):\n    pass\n"),
        ]);
        assert!(!planned.diff.contains("Middleware"), "{}", planned.diff);
    }

    #[test]
    fn what_cannot_be_decided_is_left_to_a_person() {
        let app = "import falcon.asgi\n\napp = falcon.asgi.App()\n";
        refused(
            &[PROCFILE, ("main.py", app), ("tests/test_main.py", "from main import app\n")],
            "other modules take that name",
        );
        let later = format!("{app}\ndef add(route):\n    app.add_route(route, object())\n");
        refused(&[PROCFILE, ("main.py", &later)], "functions use that name later");
        let direct = "import falcon.asgi\n\ndef app():\n    return falcon.asgi.App()\n";
        refused(&[PROCFILE, ("main.py", direct)], "which name the server takes");
        let script = "import falcon.asgi\nimport uvicorn\n\nuvicorn.run(falcon.asgi.App())\n";
        refused(&[("Procfile", "web: python main.py\n"), ("main.py", script)], "which name the server takes");
    }

    #[test]
    fn a_module_that_has_it_already_is_left_alone() {
        let module = "import falcon.asgi\nfrom sentry_sdk.integrations.asgi import SentryAsgiMiddleware\n\napp = SentryAsgiMiddleware(falcon.asgi.App())\n";
        let planned = planned(&[PROCFILE, REQUIREMENTS, ("main.py", module)]);
        assert_eq!(planned.added("main.py").matches("SentryAsgiMiddleware").count(), 0, "{}", planned.diff);
        assert!(planned.diff.contains("sentry_sdk.init("));
    }
}
