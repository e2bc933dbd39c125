//! Inits that come at the wrong time: too late, twice, or before what throws them away. Read [`after_object`] first.
//! Order alone is no verdict: only what was measured to lose something is told, and the rule says what.

use python_project::process::Process;
use python_project::trace::{Event, EventKind};
use python_source::outline::{Call, Expr, ExprKind, StmtKind};

use super::{Checkup, Init};
use crate::catalogue::{Catalogue, Clears, System};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::location;
use crate::placement::deadline;

/// An init that runs after an object was built that does not report fully then; one finding for each init and object.
pub(super) fn after_object(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let mut late: Vec<(&Event, &Event, &System, Vec<String>)> = Vec::new();
    for process in &checkup.facts.processes {
        let Some((init, built, system)) = late_in(checkup, process) else { continue };
        let same = |known: &&mut (&Event, &Event, &System, Vec<String>)| {
            (known.0.file, &known.0.span, known.1.file, &known.1.span)
                == (init.file, &init.span, built.file, &built.span)
        };
        match late.iter_mut().find(same) {
            Some((_, _, _, names)) => names.push(process.name.clone()),
            None => late.push((init, built, system, vec![process.name.clone()])),
        }
    }
    let finding = |(init, built, system, names): (&Event, &Event, &System, Vec<String>)| {
        let at = location(checkup.workspace, built.file, built.span.start);
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let message = format!(
            "init runs after {} is built at {}:{} in {}; measured: {}",
            system.name,
            at.path.display(),
            at.line,
            names.join(", "),
            system.evidence.degraded
        );
        let help = format!("move the call above it; everything arrives from: {}", system.evidence.full);
        checkup.at_event(init, Code::InitAfterObject, message, help)
    };
    late.into_iter().map(finding).collect()
}

/// The first init of a process and the object before it, where the process serves that and its order was measured to matter.
fn late_in<'a>(checkup: &Checkup<'a>, process: &'a Process) -> Option<(&'a Event, &'a Event, &'a System)> {
    let init = process.trace.started().min_by_key(|event| event.time)?;
    let strict = deadline(checkup.catalogue, &process.trace).strict;
    let built = process.trace.events.iter().find(|event| event.time == strict && event.time < init.time)?;
    let (EventKind::Built(object) | EventKind::Extended(object)) = built.kind else { return None };
    let system = checkup.catalogue.system(object);
    let is_judged = checkup.serves(process, system) && !hooks_in_by_hand(checkup, init, system);
    is_judged.then_some((init, built, system))
}

/// Whether the module of the init takes parts of the system's integration: then it puts them in itself, when and where it likes.
fn hooks_in_by_hand(checkup: &Checkup<'_>, init: &Event, system: &System) -> bool {
    let integration = checkup.catalogue.integration(system.integration.as_ref());
    let (Some(integration), Ok(module)) = (integration, checkup.workspace.module(init.file)) else {
        return false;
    };
    super::statements(&module.outline.body).into_iter().any(|stmt| match &stmt.kind {
        StmtKind::ImportFrom(import) => {
            import.module.as_deref() == Some(integration.module.as_str())
                && import.names.iter().any(|alias| alias.name != integration.class)
        }
        _ => false,
    })
}

/// A call after init that throws away what init has put in.
pub(super) fn cleared(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let in_process = |process: &Process| {
        let started = process.trace.started().map(|event| event.time).max()?;
        let after =
            process.trace.events.iter().filter(|event| event.kind == EventKind::Prepared && event.time > started);
        after.filter_map(|event| Some((event, clears(checkup.catalogue, event)?))).find_map(|(event, (library, rule))| {
            let module = checkup.workspace.module(event.file).ok()?;
            let call = call_at(&module.outline, event)?;
            let takes_all = match &rule.keyword {
                Some(keyword) => call.keyword(keyword).is_some(),
                None => call.args.is_empty() && call.keywords.is_empty(),
            };
            takes_all.then(|| {
                let name = rule.call.rsplit('.').next().unwrap_or(&rule.call);
                let message = format!("{library}'s `{name}` runs after init in `{}` and takes the SDK's handler away: what is logged with it arrives neither as errors nor as logs", process.name);
                checkup.at_event(event, Code::HandlersRemoved, message, "call it before init")
            })
        })
    };
    checkup.facts.processes.iter().filter_map(in_process).collect()
}

/// The library and the rule by which a call clears something.
fn clears<'a>(catalogue: &'a Catalogue, event: &Event) -> Option<(&'a str, &'a Clears)> {
    catalogue.libraries.iter().find_map(|library| {
        let rule = library.clears.iter().find(|rule| rule.call == event.name)?;
        Some((library.name.as_str(), rule))
    })
}

/// The call that an event was.
fn call_at<'a>(outline: &'a python_source::outline::Outline, event: &Event) -> Option<&'a Call> {
    fn within<'a>(expr: &'a Expr, event: &Event) -> Option<&'a Call> {
        match &expr.kind {
            ExprKind::Call(call) if expr.span == event.span => Some(call),
            _ => expr.children().into_iter().find_map(|child| within(child, event)),
        }
    }
    super::expressions(outline).into_iter().find_map(|expr| within(expr, event))
}

/// Two inits that both run, whatever the branches decide, in one process.
pub(super) fn double(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let twice = |process: &Process| {
        let mut certain: Vec<&Event> = process.trace.started().filter(|event| event.certain).collect();
        certain.sort_by_key(|event| event.time);
        let [first, second, ..] = certain.as_slice() else { return None };
        let before = location(checkup.workspace, first.file, first.span.start);
        let same = (first.file, &first.span) == (second.file, &second.span);
        let message = match same {
            true => format!("init runs twice in `{}`: what calls it is called twice", process.name),
            false => format!(
                "init runs a second time in `{}`, after {}:{}; the options of this one alone count from here on",
                process.name,
                before.path.display(),
                before.line
            ),
        };
        Some(checkup.at_event(
            second,
            Code::DoubleInit,
            message,
            "keep one of the two, in a module that every process loads",
        ))
    };
    checkup.facts.processes.iter().filter_map(twice).collect()
}

/// An init in a hook that the object calls when it is too late.
pub(super) fn in_late_hook(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let in_hook = |init: &Init<'_>| {
        let system = checkup.facts.systems.iter().map(|used| &checkup.catalogue.systems[used.system]);
        let covered_otherwise = !init.existing.run_by.is_empty();
        system.filter(|_| !covered_otherwise).find_map(|system| {
            let hook = hook_around(init, system)?;
            let message =
                format!("init runs in the hook `{hook}` of {}; measured: {}", system.name, system.evidence.degraded);
            let help = format!("call it at module level; everything arrives from: {}", system.evidence.full);
            Some(checkup.at_init(init, Code::InitInLateHook, message, help))
        })
    };
    checkup.inits.iter().filter_map(in_hook).collect()
}

/// The word of the system's hooks that the function around the call is connected to.
fn hook_around<'a>(init: &Init<'_>, system: &'a System) -> Option<&'a str> {
    let calls = crate::existing::sdk_calls(&init.module.outline);
    let call = calls.iter().find(|call| call.span == init.existing.span)?;
    let function = call.functions.last()?;
    let connects = |hook: &&String| {
        let decorated = function.decorators.iter().any(|decorator| mentions(decorator, hook));
        let handed = || {
            super::expressions(&init.module.outline).into_iter().any(|expr| hands_over(expr, &function.name, hook))
                || super::assignments(&init.module.outline)
                    .into_iter()
                    .any(|(target, value)| mentions(target, hook) && mentions(value, &function.name))
        };
        decorated || handed()
    };
    system.late_hooks.iter().find(connects).map(String::as_str)
}

/// Whether a name, an attribute or a string of that word stands in the expression.
fn mentions(expr: &Expr, word: &str) -> bool {
    let is_it = match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute(_, name) | ExprKind::Str(name) => name == word,
        _ => false,
    };
    is_it || expr.children().into_iter().any(|child| mentions(child, word))
}

/// Whether a call in the expression hands the function over as that hook: `f(function, "hook")`, `f(hook=[function])`.
fn hands_over(expr: &Expr, function: &str, hook: &str) -> bool {
    let here = match &expr.kind {
        ExprKind::Call(call) => {
            let by_keyword = call.keyword(hook).is_some_and(|value| mentions(value, function));
            let has = |word: &str| call.args.iter().any(|argument| mentions(argument, word));
            by_keyword || (has(function) && has(hook))
        }
        _ => false,
    };
    here || expr.children().into_iter().any(|child| hands_over(child, function, hook))
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Planned, planned};

    fn serve(requirements: &str, app: &str) -> Planned {
        planned(&[("requirements.txt", requirements), ("Procfile", "web: gunicorn app:app\n"), ("app.py", app)])
    }

    #[track_caller]
    fn finds(requirements: &str, app: &str, code: &str) {
        let found = serve(requirements, app);
        assert_eq!(found.all, [code], "{}", found.said);
    }

    #[track_caller]
    fn silent(requirements: &str, app: &str) {
        let found = serve(requirements, app);
        assert!(found.all.is_empty(), "{:?} {}", found.all, found.said);
    }

    #[test]
    fn init_after_an_object_that_needs_it_before() {
        let requirements = "falcon\nsentry-sdk\n";
        finds(
            requirements,
            "import falcon\nimport sentry_sdk\napp = falcon.App()\nsentry_sdk.init(traces_sample_rate=0.1)\n",
            "init-after-object",
        );
        silent(
            requirements,
            "import falcon\nimport sentry_sdk\nsentry_sdk.init(traces_sample_rate=0.1)\napp = falcon.App()\n",
        );
        silent(
            "flask\nsentry-sdk\n",
            "import sentry_sdk\nfrom flask import Flask\napp = Flask('a')\nsentry_sdk.init(traces_sample_rate=0.1)\n",
        );
    }

    #[test]
    fn a_worker_whose_init_comes_after_the_broker() {
        let codes = |procfile: &str, import: &str| {
            let jobs = format!(
                "import dramatiq\nimport sentry_sdk\nfrom dramatiq.brokers.redis import RedisBroker\nfrom sentry_sdk.integrations.dramatiq import {import}\nbroker = RedisBroker()\nsentry_sdk.init(traces_sample_rate=0.1, integrations=[DramatiqIntegration()])\n"
            );
            let web = "import jobs\nfrom flask import Flask\napp = Flask('a')\n";
            let requirements = ("requirements.txt", "dramatiq\nflask\nsentry-sdk\n");
            planned(&[requirements, ("Procfile", procfile), ("jobs.py", &jobs), ("web.py", web)]).all
        };
        assert_eq!(codes("worker: dramatiq jobs\n", "DramatiqIntegration"), ["init-after-object"]);
        assert!(codes("web: gunicorn web:app\n", "DramatiqIntegration").is_empty());
        assert!(codes("worker: dramatiq jobs\n", "DramatiqIntegration, SentryMiddleware").is_empty());
    }

    #[test]
    fn handlers_that_are_thrown_away_after_init() {
        let requirements = "flask\nloguru\nsentry-sdk\n";
        let app = |before: &str, after: &str| {
            format!(
                "import sentry_sdk\nfrom flask import Flask\nfrom loguru import logger\n{before}sentry_sdk.init(traces_sample_rate=0.1)\n{after}app = Flask('a')\n"
            )
        };
        finds(requirements, &app("", "logger.remove()\n"), "handlers-removed");
        finds(requirements, &app("", "logger.configure(handlers=[])\n"), "handlers-removed");
        silent(requirements, &app("logger.remove()\n", ""));
        silent(requirements, &app("", "logger.remove(0)\nlogger.configure(extra={})\n"));
    }

    #[test]
    fn two_inits_in_one_process() {
        let requirements = "flask\nsentry-sdk\n";
        let app =
            |init: &str| format!("import os\nimport sentry_sdk\nfrom flask import Flask\n{init}app = Flask('a')\n");
        finds(
            requirements,
            &app("sentry_sdk.init(traces_sample_rate=0.1)\nsentry_sdk.init(traces_sampler=f)\n"),
            "double-init",
        );
        silent(
            requirements,
            &app(
                "if os.environ.get('P'):\n    sentry_sdk.init(traces_sample_rate=0.1)\nelse:\n    sentry_sdk.init(traces_sampler=f)\n",
            ),
        );
    }

    #[test]
    fn init_in_a_hook_that_comes_too_late() {
        let requirements = "sanic\nsentry-sdk\n";
        let app = "from sanic import Sanic\nimport sentry_sdk\napp = Sanic('a')\n";
        let decorated =
            "@app.listener('before_server_start')\nasync def start(*_):\n    sentry_sdk.init(traces_sample_rate=0.1)\n";
        finds(requirements, &format!("{app}{decorated}"), "init-in-late-hook");
        let registered = "async def start(*_):\n    sentry_sdk.init(traces_sample_rate=0.1)\napp.register_listener(start, 'before_server_start')\n";
        finds(requirements, &format!("{app}{registered}"), "init-in-late-hook");
        let litestar = "from litestar import Litestar\nimport sentry_sdk\ndef start():\n    sentry_sdk.init(traces_sample_rate=0.1)\napp = Litestar(on_startup=[start])\n";
        finds("litestar\nsentry-sdk\n", litestar, "init-in-late-hook");
        let signal = "from celery import Celery, signals\nimport sentry_sdk\n@signals.celeryd_init.connect\ndef start(**_):\n    sentry_sdk.init(traces_sample_rate=0.1)\napp = Celery('a')\n";
        silent("celery\nsentry-sdk\n", signal);
    }
}
