//! The levels of a `LoggingIntegration` that is written already, as SDK 3 names them. Read [`Written`] first, then [`fix`].
//!
//! | Up to SDK 2 | SDK 3 |
//! |---|---|
//! | `level` | `breadcrumb_level` |
//! | `event_level`, by default `logging.ERROR` | `event_level`, by default `None` |
//! | `sentry_logs_level` where logs are sent, by `capture_sentry_logs` or `enable_logs` | `level`, `None` where they are not |

use changeset::Edit;
use python_project::FileId;
use python_source::outline::{Expr, ExprKind, Span};
use python_source::{CallArguments, ImportLine, Keyword, bound_name, call_arguments, free_name};

use super::{Checkup, Init};
use crate::existing::sdk_calls;
use crate::fix::{Applicability, Fix};

/// The class with its module.
const CLASS: &str = "sentry_sdk.integrations.logging.LoggingIntegration";

/// The one call of the class in the module of the one init there.
pub(super) struct Written<'a> {
    init: &'a Init<'a>,
    /// The call.
    pub(super) span: Span,
    arguments: CallArguments,
}

impl<'a> Written<'a> {
    /// `None` where there is no such call, where there are several, or the SDK in force reads it as SDK 2 did.
    pub(super) fn of(checkup: &'a Checkup<'_>, file: FileId) -> Option<Self> {
        let sdk = &checkup.catalogue.sdk;
        let new = sdk.names.iter().find(|name| name.name == format!("{CLASS}(breadcrumb_level)"))?;
        if !new.releases.has(&checkup.facts.sdk.version) {
            return None;
        }
        let mut inits = checkup.inits.iter().filter(|init| init.existing.file == file);
        let (init, None) = (inits.next()?, inits.next()) else { return None };
        let calls = sdk_calls(&init.module.outline).into_iter().filter(|call| call.name == CLASS);
        let [span] = &*calls.map(|call| call.span).collect::<Vec<_>>() else { return None };
        Some(Self { init, span: span.clone(), arguments: call_arguments(&init.parsed, span)? })
    }

    /// Whether error records are no events any more.
    pub(super) fn makes_no_events(&self) -> bool {
        self.arguments.positional.len() < 2
            && self.arguments.keyword("event_level").is_none()
            && self.arguments.unpacked().next().is_none()
            && !self.arguments.positional.iter().any(|given| matches!(given.kind, ExprKind::Starred(_)))
    }

    /// Whether SDK 2 sends log records; `None` where that is computed.
    fn sends_logs(&self) -> Option<bool> {
        if let Some(capture) = self.arguments.keyword("capture_sentry_logs") {
            return literal(&capture.value);
        }
        let is_unknown = self.init.is_open() || self.init.keyword("_experiments").is_some();
        let enabled = self.init.keyword("enable_logs").map_or(Some(false), |keyword| literal(&keyword.value));
        enabled.filter(|_| !is_unknown)
    }

    fn edits(&self, error: &str) -> Option<Vec<Edit>> {
        let Self { init, arguments, .. } = self;
        let is_new = arguments.keyword("breadcrumb_level").is_some();
        if is_new || !arguments.positional.is_empty() || arguments.unpacked().next().is_some() {
            return None;
        }
        let source = &init.module.source;
        let (level, of_logs) = (arguments.keyword("level"), arguments.keyword("sentry_logs_level"));
        let are_sent = self.sends_logs()?;
        let mut edits = Vec::new();
        if let Some(level) = level {
            edits.extend(init.renamed(level, "breadcrumb_level")?);
        }
        match of_logs {
            Some(keyword) if are_sent => edits.extend(init.renamed(keyword, "level")?),
            Some(keyword) => edits.push(source.edit(self.whole(keyword), "level=None")?),
            None => {}
        }
        let off = (of_logs.is_none() && !are_sent).then(|| "level=None".to_owned());
        let events = arguments.keyword("event_level").is_none().then(|| format!("event_level={error}"));
        let added = off.into_iter().chain(events).collect::<Vec<_>>().join(", ");
        edits.extend(match arguments.keyword("capture_sentry_logs") {
            Some(capture) if added.is_empty() => arguments.without(source, capture)?,
            Some(capture) => vec![source.edit(self.whole(capture), &added)?],
            None if added.is_empty() => Vec::new(),
            None => arguments.items.with(source, &added)?,
        });
        // What it said is said by the integration now.
        if let Some(enabled) = init.keyword("enable_logs") {
            edits.extend(init.without(enabled)?);
        }
        Some(edits)
    }

    /// The argument with the parentheses around its value.
    fn whole(&self, keyword: &Keyword) -> Span {
        let items = &self.arguments.items.spans;
        items.iter().find(|span| span.contains(&keyword.span.start)).unwrap_or(&keyword.span).clone()
    }
}

/// The fix that makes SDK 3 send and record what SDK 2 does; `None` where an argument is computed that decides it.
pub(super) fn fix(checkup: &Checkup<'_>, written: &Written<'_>) -> Option<Fix> {
    let (edits, imports) = rewrite(written)?;
    checkup.fix(written.init, edits, &imports, Applicability::Safe)
}

/// The edits of that fix, with `enable_logs` taken out as well, and what they import.
pub(super) fn rewrite(written: &Written<'_>) -> Option<(Vec<Edit>, Vec<ImportLine>)> {
    let Written { init, span, .. } = written;
    let logging = free_name(&init.parsed, "logging", span.start);
    let edits = written.edits(&format!("{logging}.ERROR"))?;
    let needs_import = written.arguments.keyword("event_level").is_none();
    let is_before_init = span.start < init.existing.span.start;
    if needs_import && is_before_init && bound_name(&init.parsed, "logging", span.start).is_none() {
        return None;
    }
    let import = needs_import.then(|| ImportLine::module("logging").named(&logging));
    Some((edits, import.into_iter().collect()))
}

/// What a literal says; only `True` is true for the SDK.
fn literal(value: &Expr) -> Option<bool> {
    match value.kind {
        ExprKind::Bool(truth) => Some(truth),
        ExprKind::None => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::fixture::{Planned, planned_as};

    fn raised(integration: &str, more: &str) -> Planned {
        let import = "from sentry_sdk.integrations.logging import LoggingIntegration";
        let app = format!(
            "import logging\nimport sentry_sdk\nfrom flask import Flask\n{import}\nsentry_sdk.init(\n    data_collection={{}},\n    traces_sample_rate=0.1,\n    integrations=[{integration}],\n{more})\napp = Flask(__name__)\n"
        );
        let choices = Choices { sdk_version: "3.0.0b2".parse().ok(), ..Choices::default() };
        planned_as(&[("requirements.txt", "flask\nsentry-sdk>=2.75,<3\n"), ("app.py", &app)], &choices)
    }

    #[track_caller]
    fn becomes(integration: &str, more: &str, expected: &str) {
        let planned = raised(integration, more);
        assert_eq!(
            planned.added("app.py"),
            format!("    integrations=[{expected}],\n"),
            "{}{}",
            planned.diff,
            planned.said
        );
        assert!(!planned.diff.contains("+    enable_logs"), "{}", planned.diff);
        let again = raised(expected, "");
        assert!(again.all.is_empty(), "{}", again.said);
    }

    #[test]
    fn logs_that_are_captured_keep_their_level() {
        becomes(
            "LoggingIntegration(capture_sentry_logs=True, event_level=None)",
            "",
            "LoggingIntegration(event_level=None)",
        );
        becomes(
            "LoggingIntegration(level=logging.DEBUG, capture_sentry_logs=True, sentry_logs_level=LEVEL)",
            "",
            "LoggingIntegration(breadcrumb_level=logging.DEBUG, event_level=logging.ERROR, level=LEVEL)",
        );
        becomes(
            "LoggingIntegration(sentry_logs_level=logging.WARNING)",
            "    enable_logs=True,\n",
            "LoggingIntegration(level=logging.WARNING, event_level=logging.ERROR)",
        );
    }

    #[test]
    fn logs_that_are_not_sent_are_not_sent_afterwards() {
        becomes(
            "LoggingIntegration(capture_sentry_logs=False)",
            "    enable_logs=True,\n",
            "LoggingIntegration(level=None, event_level=logging.ERROR)",
        );
        becomes("LoggingIntegration()", "", "LoggingIntegration(level=None, event_level=logging.ERROR)");
        becomes(
            "LoggingIntegration(event_level=None, sentry_logs_level=logging.INFO)",
            "",
            "LoggingIntegration(event_level=None, level=None)",
        );
    }

    #[test]
    fn an_option_that_goes_takes_its_meaning_into_the_integration() {
        becomes(
            "LoggingIntegration(event_level=logging.WARNING)",
            "    enable_logs=False,\n",
            "LoggingIntegration(event_level=logging.WARNING, level=None)",
        );
        let planned = raised("LoggingIntegration(logging.INFO, logging.ERROR)", "    enable_logs=False,\n");
        assert!(planned.diff.is_empty() && planned.all == ["unknown-option"], "{}{}", planned.diff, planned.said);
    }

    #[test]
    fn what_is_computed_or_given_by_its_place_is_told_and_left() {
        for integration in [
            "LoggingIntegration(capture_sentry_logs=SEND)",
            "LoggingIntegration(logging.INFO, capture_sentry_logs=True)",
            "LoggingIntegration(logging.INFO)",
        ] {
            let planned = raised(integration, "");
            assert!(
                planned.diff.is_empty() && !planned.all.is_empty(),
                "{integration}: {}{}",
                planned.diff,
                planned.said
            );
        }
    }

    #[test]
    fn nothing_is_said_where_events_are_asked_for_by_place_or_from_elsewhere() {
        for integration in ["LoggingIntegration(None, logging.ERROR)", "LoggingIntegration(**levels)"] {
            assert!(raised(integration, "").all.is_empty(), "{integration}");
        }
    }
}
