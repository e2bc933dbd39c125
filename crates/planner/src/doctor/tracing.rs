//! Requests and jobs that are not traced, and profilers without them. Read [`tracing`] first.

use python_source::Keyword;
use python_source::outline::ExprKind;

use super::{Checkup, Init};
use crate::diagnostic::{Code, Diagnostic};
use crate::fix::Applicability;

/// The options by which the profiler of transactions is asked for.
const OLD_PROFILER: [&str; 2] = ["profiles_sample_rate", "profiles_sampler"];

/// What is said for each init.
pub(super) fn tracing(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    checkup.inits.iter().flat_map(|init| of_init(checkup, init)).collect()
}

fn of_init(checkup: &Checkup<'_>, init: &Init<'_>) -> Vec<Diagnostic> {
    let two = two_profilers(checkup, init);
    if init.is_open() || traces(init) {
        return two.into_iter().collect();
    }
    let alone = profiler(init).map(|profiler| {
        let message = "profiles belong to traces, and nothing is traced here";
        init.finding(Code::ProfilingWithoutTracing, &profiler.span, message, "set `traces_sample_rate` as well")
    });
    two.into_iter().chain(alone.or_else(|| no_traces(checkup, init))).collect()
}

/// Whether the call asks for traces, or leaves them to OpenTelemetry.
fn traces(init: &Init<'_>) -> bool {
    let is_set = |name: &str| init.keyword(name).is_some_and(|keyword| keyword.value.kind != ExprKind::None);
    let integrations = init.keyword("integrations").map(|keyword| init.text(&keyword.value.span));
    let by_others = integrations.is_some_and(|text| text.contains("OTLPIntegration") || text.contains("OpenTelemetry"));
    let is_enabled = init.keyword("enable_tracing").is_some_and(|one| one.value.kind != ExprKind::Bool(false));
    by_others || is_enabled || is_set("traces_sample_rate") || is_set("traces_sampler")
}

/// What asks for profiles of traces: the old options, and the life of a session that a trace begins.
fn profiler<'a>(init: &'a Init<'_>) -> Option<&'a Keyword> {
    let old = OLD_PROFILER.iter().find_map(|name| init.keyword(name));
    let by_trace = init.keyword("profile_lifecycle");
    old.or_else(|| by_trace.filter(|keyword| matches!(&keyword.value.kind, ExprKind::Str(text) if text == "trace")))
        .filter(|keyword| keyword.value.kind != ExprKind::None)
}

fn two_profilers(checkup: &Checkup<'_>, init: &Init<'_>) -> Option<Diagnostic> {
    let old = OLD_PROFILER.iter().find_map(|name| init.keyword(name))?;
    init.keyword("profile_session_sample_rate")?;
    let fix = init.without(old).and_then(|edits| checkup.fix(init, edits, &[], Applicability::Unsafe));
    let name = old.name.as_deref().unwrap_or_default();
    let message = format!("with `{name}` beside it, `profile_session_sample_rate` does nothing");
    Some(init.finding(Code::TwoProfilers, &old.span, message, format!("leave `{name}` out")).mended_by(fix))
}

/// A framework or queue is used whose requests or jobs could be traced.
fn no_traces(checkup: &Checkup<'_>, init: &Init<'_>) -> Option<Diagnostic> {
    let is_tracing = |feature: usize| {
        checkup.catalogue.features[feature].options.iter().any(|option| option.name == "traces_sample_rate")
    };
    let features = &checkup.recommendation.features;
    let wanted = features.iter().find(|on| is_tracing(on.feature) && !on.because_of.is_empty())?;
    let is_asked = checkup.choices.features.is_some() || !checkup.choices.with.is_empty();
    // What is asked for has a finding of its own.
    if init.existing.run_by.is_empty() || is_asked {
        return None;
    }
    let fix = init.with("traces_sample_rate=1.0");
    let fix = fix.and_then(|edits| checkup.fix(init, edits, &[], Applicability::Unsafe));
    let message = format!("{} could be traced, and is not", wanted.because_of.join(", "));
    let help = "set `traces_sample_rate` to the share that is to be traced";
    Some(init.finding(Code::NoTraces, &init.existing.span, message, help).mended_by(fix))
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    fn found(arguments: &str) -> Vec<&'static str> {
        let app = format!(
            "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init({arguments})\napp = Flask(__name__)\n"
        );
        planned(&[("requirements.txt", "flask\nsentry-sdk>=2.70\n"), ("app.py", &app)]).all
    }

    #[test]
    fn a_framework_whose_requests_are_not_traced() {
        assert_eq!(found(""), ["no-traces"]);
        assert_eq!(found("traces_sample_rate=None"), ["no-traces"]);
        for arguments in ["traces_sample_rate=0.0", "traces_sampler=f", "**options", "integrations=[OTLPIntegration()]"]
        {
            assert!(found(arguments).is_empty(), "{arguments}");
        }
    }

    #[test]
    fn profiles_of_nothing() {
        assert_eq!(found("profile_session_sample_rate=1.0, profile_lifecycle='trace'"), ["profiling-without-tracing"]);
        assert!(found("profile_session_sample_rate=1.0, profile_lifecycle='trace', traces_sample_rate=0.1").is_empty());
    }

    #[test]
    fn the_old_profiler_beside_the_new_one() {
        let arguments = "traces_sample_rate=0.1, profiles_sample_rate=1.0, profile_session_sample_rate=1.0";
        assert_eq!(found(arguments), ["deprecated-option", "two-profilers"]);
    }
}
