//! What has to stand beside an init that is there: a middleware, an integration that the SDK does not enable by itself.
//! Read [`middleware`], then [`integrations`].

use std::collections::BTreeSet;

use changeset::Edit;
use python_project::process::Process;
use python_source::outline::ExprKind;
use python_source::{ImportLine, bound_name, display_items, free_name};

use super::{Checkup, Init};
use crate::addition;
use crate::also;
use crate::catalogue::Role;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::facts::location;
use crate::fix::{Applicability, Fix};
use crate::libraries;
use crate::recommend::IntegrationCall;

/// Processes with an init whose requests are not seen without the SDK's middleware around the application.
pub(super) fn middleware(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let runs_init = |number: &usize| checkup.facts.started.iter().any(|init| init.run_by.contains(number));
    let mut found = Vec::new();
    for process in (0..checkup.facts.processes.len()).filter(runs_init).map(|number| &checkup.facts.processes[number]) {
        for system in checkup.catalogue.systems_of(process) {
            let Some(class) = &checkup.catalogue.systems[system].wrap else { continue };
            if checkup.loads_word(process, &class.class) {
                continue;
            }
            found.extend(match also::wrap(checkup.workspace, checkup.facts, process, system, class) {
                Ok(None) => None,
                Err(by_hand) => Some(by_hand),
                Ok(Some(wrapping)) => {
                    let offset = match wrapping.site {
                        python_source::Site::Before(at) | python_source::Site::After(at) => at,
                        _ => 0,
                    };
                    let place = location(checkup.workspace, wrapping.file, offset);
                    let fix = addition::edits(checkup.workspace, vec![wrapping], checkup.style).ok();
                    let name = &checkup.catalogue.systems[system].name;
                    let message =
                        format!("requests of {name} are not seen without `{}` around the application", class.class);
                    let help = format!(
                        "`from {} import {}`, and put it around what the server takes",
                        class.module, class.class
                    );
                    let fix = fix.map(|files| Fix { files, ..Fix::default() });
                    Some(Diagnostic::new(Code::MiddlewareMissing, message, help).at(place).mended_by(fix))
                }
            });
        }
    }
    found
}

/// Inits that lack an integration which has to be named; one finding for each init.
pub(super) fn integrations(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let lacking = |init: &Init<'_>| {
        let processes: Vec<&Process> =
            init.existing.run_by.iter().map(|number| &checkup.facts.processes[*number]).collect();
        let wanted = checkup.recommendation.integrations.iter().filter(|call| call.option.is_none());
        let missing: Vec<&IntegrationCall> = wanted
            .filter(|call| processes.iter().any(|process| uses(checkup, process, call)))
            .filter(|call| !processes.iter().any(|process| checkup.loads_word(process, &call.class)))
            .filter(|call| !init.module.source.text().contains(&call.class))
            .collect();
        (!missing.is_empty()).then(|| finding(checkup, init, &missing, &processes))
    };
    checkup.inits.iter().filter_map(lacking).collect()
}

/// Whether the process is of the system, or loads the library, that the integration is for.
fn uses(checkup: &Checkup<'_>, process: &Process, call: &IntegrationCall) -> bool {
    let is_its = |class: &Option<String>| class.as_ref() == Some(&call.class);
    let systems = checkup.catalogue.systems_of(process);
    let mut systems = systems.iter().map(|system| &checkup.catalogue.systems[*system]);
    let of_system = systems.any(|system| is_its(&system.integration) && checkup.serves(process, system));
    let libraries = checkup.facts.used.iter().map(|used| &checkup.catalogue.libraries[used.library]);
    of_system
        || libraries.filter(|library| is_its(&library.integration)).any(|library| {
            let loaded = process.trace.loads.iter().filter_map(|load| checkup.workspace.parsed(load.file));
            loaded
                .into_iter()
                .any(|module| library.modules.iter().any(|name| libraries::imports(&module.outline, name)))
        })
}

fn finding(checkup: &Checkup<'_>, init: &Init<'_>, missing: &[&IntegrationCall], processes: &[&Process]) -> Diagnostic {
    let classes: Vec<String> = missing.iter().map(|call| format!("`{}`", call.class)).collect();
    let modules: BTreeSet<String> =
        missing.iter().map(|call| format!("`from {} import {}`", call.module, call.class)).collect();
    let modules: Vec<String> = modules.into_iter().collect();
    let message = format!("`integrations` lacks {}, which the SDK does not enable by itself", classes.join(", "));
    let help = format!("{}, and name it in `integrations`", modules.join(", "));
    // A system that is not instrumented reports nothing of its own; a library is one more thing to see.
    let is_system = |call: &&IntegrationCall| {
        processes.iter().flat_map(|process| checkup.catalogue.systems_of(process)).any(|system| {
            let system = &checkup.catalogue.systems[system];
            system.role != Role::Script && system.integration.as_ref() == Some(&call.class)
        })
    };
    let severity = if missing.iter().any(is_system) { Severity::Error } else { Severity::Warning };
    let found = checkup.at_init(init, Code::IntegrationMissing, message, help).as_severe_as(severity);
    found.mended_by(fix(checkup, init, missing))
}

/// The edits that name the integrations; `None` where the list, or what the call is given, is computed.
fn fix(checkup: &Checkup<'_>, init: &Init<'_>, missing: &[&IntegrationCall]) -> Option<Fix> {
    let at = init.existing.span.start;
    let source = &init.module.source;
    let mut imports: Vec<ImportLine> = Vec::new();
    let mut calls = Vec::new();
    for call in missing {
        let import = call.import();
        let name = free_name(&init.parsed, &import.qualified(), at);
        imports.push(import.named(&name));
        calls.push(call.of(&name));
    }
    // Where the SDK itself may be absent, so may its integrations.
    if bound_name(&init.parsed, "sentry_sdk", at).is_some_and(|binding| binding.optional) {
        return None;
    }
    let calls = calls.join(", ");
    let edits: Vec<Edit> = match init.arguments.keyword("integrations") {
        Some(keyword) => match &keyword.value.kind {
            ExprKind::List(_) => display_items(&init.parsed, &keyword.value.span)?.with(source, &calls)?,
            _ => return None,
        },
        None if init.arguments.unpacked().next().is_some() => return None,
        None => init.arguments.items.with(source, &format!("integrations=[{calls}]"))?,
    };
    checkup.fix(init, edits, &imports, Applicability::Safe)
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Planned, planned};

    fn dramatiq(init: &str) -> Planned {
        let jobs = format!(
            "import dramatiq\nimport sentry_sdk\nfrom dramatiq.brokers.redis import RedisBroker\n\n{init}\nbroker = RedisBroker()\ndramatiq.set_broker(broker)\n"
        );
        let procfile = ("Procfile", "worker: dramatiq jobs\n");
        planned(&[procfile, ("requirements.txt", "dramatiq\nsentry-sdk>=2.40\n"), ("jobs.py", &jobs)])
    }

    #[test]
    fn an_integration_is_named_where_the_call_is_literal() {
        for (init, line) in [
            (
                "sentry_sdk.init(traces_sample_rate=0.1)",
                "sentry_sdk.init(traces_sample_rate=0.1, integrations=[DramatiqIntegration()])\n",
            ),
            ("sentry_sdk.init(\n    traces_sampler=f, integrations=[],\n)", "integrations=[DramatiqIntegration()],\n"),
            ("sentry_sdk.init(\n    traces_sampler=f,\n)", "    integrations=[DramatiqIntegration()],\n"),
        ] {
            let found = dramatiq(init);
            assert_eq!(found.all, ["integration-missing"], "{}", found.said);
            let added = found.added("jobs.py");
            assert!(added.contains("import DramatiqIntegration\n") && added.contains(line), "{}", found.diff);
        }
    }

    #[test]
    fn what_is_computed_is_left_alone() {
        for init in [
            "OPTIONS = {}\nsentry_sdk.init(**OPTIONS)",
            "ALL = []\nsentry_sdk.init(traces_sampler=f, integrations=ALL)",
        ] {
            let found = dramatiq(init);
            assert_eq!(found.all, ["integration-missing"]);
            assert!(found.diff.is_empty(), "{}", found.diff);
        }
    }

    #[test]
    fn an_integration_that_is_named_somewhere_is_not_missed() {
        let import = "from sentry_sdk.integrations.dramatiq import DramatiqIntegration\n";
        let found = dramatiq(&format!(
            "{import}ALL = [DramatiqIntegration()]\nsentry_sdk.init(traces_sampler=f, integrations=ALL)"
        ));
        assert!(found.all.is_empty(), "{}", found.said);
    }

    #[test]
    fn an_import_of_the_sdk_in_a_function_keeps_the_integration_there() {
        let start = "def start():\n    import sentry_sdk\n    sentry_sdk.init(traces_sample_rate=0.1)\nstart()";
        let jobs = format!(
            "import dramatiq\nfrom dramatiq.brokers.redis import RedisBroker\n\n{start}\nbroker = RedisBroker()\n"
        );
        let found = planned(&[
            ("Procfile", "worker: dramatiq jobs\n"),
            ("requirements.txt", "dramatiq\nsentry-sdk>=2.40\n"),
            ("jobs.py", &jobs),
        ]);
        let expected = "+    from sentry_sdk.integrations.dramatiq import DramatiqIntegration\n";
        assert!(found.diff.contains(expected), "{}", found.diff);
    }

    #[test]
    fn an_application_that_only_a_middleware_sees() {
        let app = |end: &str| {
            format!(
                "import falcon.asgi\nimport sentry_sdk\n\nsentry_sdk.init(traces_sample_rate=0.1)\napp = falcon.asgi.App()\n{end}"
            )
        };
        let files = |app: &str| {
            planned(&[
                ("Procfile", "web: uvicorn app:app\n"),
                ("requirements.txt", "falcon\nsentry-sdk\n"),
                ("app.py", app),
            ])
        };
        let found = files(&app(""));
        assert_eq!(found.all, ["middleware-missing"], "{}", found.said);
        assert!(found.added("app.py").contains("app = SentryAsgiMiddleware(app)\n"), "{}", found.diff);
        let wrapped =
            "from sentry_sdk.integrations.asgi import SentryAsgiMiddleware\napp = SentryAsgiMiddleware(app)\n";
        assert!(files(&app(wrapped)).all.is_empty());
    }
}
