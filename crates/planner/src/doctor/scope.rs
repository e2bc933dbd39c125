//! Data of one request on the scope that all requests share. Read [`global_scope`] first.

use std::collections::BTreeSet;

use python_project::FileId;
use python_project::trace::BlockId;
use python_source::outline::{Call, Expr, ExprKind, Function};

use super::Checkup;
use crate::diagnostic::{Code, Diagnostic};
use crate::existing::{SdkCall, sdk_calls};
use crate::facts::location;

const GLOBAL_SCOPE: [&str; 3] =
    ["sentry_sdk.get_global_scope", "sentry_sdk.api.get_global_scope", "sentry_sdk.Scope.get_global_scope"];
/// Methods that put data on a scope.
const SETTERS: [&str; 6] = ["set_user", "set_tag", "set_tags", "set_context", "set_extra", "set_extras"];

/// Calls that put a user, or what is computed for a request or job, on the global scope in code that does not run at the start.
pub(super) fn global_scope(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let loads = checkup.facts.processes.iter().flat_map(|process| &process.trace.loads);
    let files: BTreeSet<FileId> = loads.map(|load| load.file).collect();
    let mut found = Vec::new();
    for file in
        files.into_iter().filter(|file| checkup.workspace.file(*file).python.is_some_and(|words| words.vocabulary))
    {
        let Ok(module) = checkup.workspace.module(file) else { continue };
        let calls = sdk_calls(&module.outline);
        let scopes = calls.iter().filter(|call| GLOBAL_SCOPE.contains(&call.name.as_str()));
        for scope in scopes.filter(|scope| serves_requests(checkup, file, scope, &calls)) {
            let Some(function) = scope.functions.last() else { continue };
            for (setter, call) in setters_on(function, scope) {
                if is_of_request(function, &setter, call) {
                    let place = location(checkup.workspace, file, scope.span.start);
                    let message = format!(
                        "`{setter}` on the global scope in `{}`: all requests and jobs of the process get this data from now on",
                        function.name
                    );
                    let help = format!(
                        "call `sentry_sdk.{setter}(...)`, or `get_isolation_scope().{setter}(...)`: they mean the request alone"
                    );
                    found.push(Diagnostic::new(Code::GlobalScopeData, message, help).at(place));
                }
            }
        }
    }
    found
}

/// Whether the call stands in a function that nothing runs at the start, and that starts no SDK itself.
fn serves_requests(checkup: &Checkup<'_>, file: FileId, scope: &SdkCall<'_>, calls: &[SdkCall<'_>]) -> bool {
    let runs_at_start = |function: &&Function| {
        let block = BlockId { file, function: Some(function.span.start) };
        checkup.facts.processes.iter().any(|process| process.trace.runs.contains_key(&block))
    };
    let starts = |function: &&Function| {
        calls.iter().any(|call| call.is_init() && call.functions.iter().any(|around| around.span == function.span))
    };
    !scope.functions.is_empty() && !scope.functions.iter().any(|function| runs_at_start(function) || starts(function))
}

/// The calls that put something on the scope: on the call's result itself, or on the name it is given.
fn setters_on<'a>(function: &'a Function, scope: &SdkCall<'_>) -> Vec<(String, &'a Call)> {
    let body = super::all_in(&function.body);
    let name = super::assigned_in(&function.body).into_iter().find_map(|(target, value)| match &target.kind {
        ExprKind::Name(name) if value.span == scope.span => Some(name.as_str()),
        _ => None,
    });
    let mut found = Vec::new();
    for expr in body {
        collect(expr, &mut |call| {
            let ExprKind::Attribute(object, method) = &call.func.kind else { return };
            let is_scope = object.span == scope.span
                || matches!(&object.kind, ExprKind::Name(known) if Some(known.as_str()) == name);
            if is_scope && SETTERS.contains(&method.as_str()) {
                found.push((method.clone(), call));
            }
        });
    }
    found
}

fn collect<'a>(expr: &'a Expr, found: &mut impl FnMut(&'a Call)) {
    if let ExprKind::Call(call) = &expr.kind {
        found(call);
    }
    expr.children().into_iter().for_each(|child| collect(child, found));
}

/// A user is always somebody's; other data is of a request where it is computed in what handles one.
fn is_of_request(function: &Function, setter: &str, call: &Call) -> bool {
    let values = || call.args.iter().chain(call.keywords.iter().map(|(_, value)| value));
    let is_computed = values().any(|value| !is_constant(value));
    let takes_request =
        function.parameters.iter().any(|parameter| matches!(parameter.name.as_str(), "request" | "req"));
    let handles = takes_request || !function.decorators.is_empty();
    let clears = matches!(values().next().map(|value| &value.kind), Some(ExprKind::None));
    (setter == "set_user" && !clears) || (is_computed && handles)
}

fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Str(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::None => true,
        ExprKind::List(items) => items.iter().all(is_constant),
        ExprKind::Dict(items) => items.iter().all(|(key, value)| key.iter().all(is_constant) && is_constant(value)),
        // Constants of the program by their form.
        ExprKind::Name(name) | ExprKind::Attribute(_, name) => name.chars().all(|c| !c.is_lowercase()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::served;

    fn codes(view: &str) -> Vec<&'static str> {
        let app = format!(
            "import sentry_sdk\nfrom flask import Flask, request\nsentry_sdk.init(traces_sample_rate=0.1)\napp = Flask('a')\n{view}"
        );
        served(&app).all
    }

    #[test]
    fn data_of_a_request_on_the_global_scope() {
        for view in [
            "@app.route('/')\ndef view():\n    sentry_sdk.get_global_scope().set_user({'id': request.user})\n",
            "@app.route('/')\ndef view():\n    scope = sentry_sdk.get_global_scope()\n    scope.set_tag('path', request.path)\n",
            "def load(user):\n    sentry_sdk.get_global_scope().set_user({'id': user.id})\n",
        ] {
            assert_eq!(codes(view), ["global-scope-data"], "{view}");
        }
    }

    #[test]
    fn what_holds_for_the_whole_process_belongs_there() {
        for view in [
            "sentry_sdk.get_global_scope().set_tag('pod', app.name)\n",
            "def tags():\n    sentry_sdk.get_global_scope().set_tag('pod', app.name)\ntags()\n",
            "@app.route('/')\ndef view():\n    sentry_sdk.get_global_scope().set_tag('kind', 'web')\n",
            "@app.route('/')\ndef view():\n    sentry_sdk.get_isolation_scope().set_user({'id': request.user})\n",
            "@app.route('/')\ndef view():\n    sentry_sdk.set_user({'id': request.user})\n",
        ] {
            assert!(codes(view).is_empty(), "{view}");
        }
    }
}
