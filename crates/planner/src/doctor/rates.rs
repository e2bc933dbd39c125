//! How much is traced: everything, and what nobody looks at. Read [`full_rate`], then [`health_checks`].

use std::collections::BTreeSet;

use python_project::FileId;
use python_source::outline::{Expr, ExprKind};

use super::{Checkup, Init};
use crate::diagnostic::{Code, Diagnostic};

/// Inits that trace every request and job.
pub(super) fn full_rate(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let full = |init: &Init<'_>| {
        let keyword = init.arguments.keyword("traces_sample_rate")?;
        let is_full = number(&keyword.value).is_some_and(|rate| rate >= 1.0) && !init.existing.run_by.is_empty();
        is_full.then(|| {
            let message = "every request and job is traced; under load that is a cost in time and quota";
            let help = "lower `traces_sample_rate` in production, or decide by request with `traces_sampler`";
            checkup.at_span(init, &keyword.span, Code::FullSampleRate, message, help)
        })
    };
    checkup.inits.iter().filter_map(full).collect()
}

/// The value of a number that is written out.
fn number(expr: &Expr) -> Option<f64> {
    let ExprKind::Number(text) = &expr.kind else { return None };
    text.parse().ok()
}

/// What routes for health checks are called, by the last part of their path.
const HEALTH: [&str; 14] = [
    "health",
    "healthz",
    "health_check",
    "health-check",
    "healthcheck",
    "healthy",
    "heartbeat",
    "livez",
    "liveness",
    "live",
    "ping",
    "ready",
    "readyz",
    "readiness",
];

/// Inits that trace while a route answers health checks and nothing drops these.
pub(super) fn health_checks(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let traces = |init: &&Init<'_>| {
        let rate = init.arguments.keyword("traces_sample_rate");
        let chooses = ["traces_sampler", "before_send_transaction", "ignore_spans", "event_processors"];
        rate.and_then(|keyword| number(&keyword.value)).is_some_and(|rate| rate > 0.0)
            && !chooses.iter().any(|name| init.arguments.keyword(name).is_some())
            && init.arguments.unpacked().next().is_none()
    };
    let in_init = |init: &Init<'_>| {
        let loads = init.existing.run_by.iter().flat_map(|number| &checkup.facts.processes[*number].trace.loads);
        let files: BTreeSet<FileId> = loads.map(|load| load.file).collect();
        let (path, at) = files.into_iter().find_map(|file| health_route(checkup, file))?;
        let keyword = init.arguments.keyword("traces_sample_rate")?;
        let message = format!("requests of the health check `{path}` ({at}) are traced like all others");
        let help = "drop them with a `traces_sampler` that returns 0 for that path";
        Some(checkup.at_span(init, &keyword.span, Code::HealthChecksTraced, message, help))
    };
    checkup.inits.iter().filter(traces).filter_map(in_init).collect()
}

/// The path of a route for health checks in the module, and where it stands.
fn health_route(checkup: &Checkup<'_>, file: FileId) -> Option<(String, String)> {
    let module = checkup.workspace.parsed(file)?;
    let decorators = super::decorators(&module.outline).into_iter();
    let decorated = decorators.filter_map(|decorator| route(decorator, &["route", "get", "api_route"])).next();
    let calls = || super::expressions(&module.outline).into_iter().find_map(called_route);
    let (path, offset) = decorated.or_else(calls)?;
    let line = module.source.line_column(offset).0;
    Some((path.to_owned(), format!("{}:{line}", checkup.workspace.path(file).display())))
}

/// A call in the expression that makes a route wherever it stands.
fn called_route(expr: &Expr) -> Option<(&str, usize)> {
    let names = ["add_route", "add_get", "path", "re_path", "url", "Route", "add_url_rule"];
    route(expr, &names).or_else(|| expr.children().into_iter().find_map(called_route))
}

/// The first argument of a call of one of the names, where it is the path of a health check.
fn route<'a>(expr: &'a Expr, names: &[&str]) -> Option<(&'a str, usize)> {
    let ExprKind::Call(call) = &expr.kind else { return None };
    let (ExprKind::Name(name) | ExprKind::Attribute(_, name)) = &call.func.kind else { return None };
    let first = call.args.first()?;
    let ExprKind::Str(path) = &first.kind else { return None };
    let last = path.trim_matches(['^', '$', '/', '?']).rsplit('/').next()?;
    (names.contains(&name.as_str()) && HEALTH.contains(&last)).then_some((path.as_str(), first.span.start))
}

#[cfg(test)]
mod tests {
    use crate::fixture::served;

    fn codes(init: &str, route: &str) -> Vec<&'static str> {
        let app = format!(
            "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init({init})\napp = Flask('a')\n@app.route('{route}')\ndef view():\n    return {{}}.get('/ping')\n"
        );
        served(&app).all
    }

    #[test]
    fn everything_is_traced() {
        assert_eq!(codes("traces_sample_rate=1.0", "/"), ["full-sample-rate"]);
        assert!(codes("traces_sample_rate=0.2", "/").is_empty());
        assert!(codes("traces_sample_rate=RATE", "/").is_empty());
    }

    #[test]
    fn health_checks_are_traced() {
        assert_eq!(codes("traces_sample_rate=0.2", "/api/healthz/"), ["health-checks-traced"]);
        assert!(codes("traces_sample_rate=0.2", "/health/records").is_empty());
        assert!(codes("traces_sample_rate=0.2, traces_sampler=f", "/healthz").is_empty());
        assert_eq!(codes("", "/healthz"), ["no-traces"]);
    }
}
