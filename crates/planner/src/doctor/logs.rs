//! Log records, which SDK 3 sends only where an integration is written. Read [`logs`] first.

use python_source::outline::{Expr, ExprKind};
use python_source::{ImportLine, free_name};

use super::{Checkup, Init, log_levels};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::Ground;
use crate::fix::Applicability;

const MODULE: &str = "sentry_sdk.integrations.logging";
const CLASS: &str = "LoggingIntegration";

/// When a newer SDK is asked for: an init after which error records are no events any more.
pub(super) fn logs(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let sdk = &checkup.facts.sdk;
    let stops = checkup.catalogue.sdk.integration(CLASS).is_some_and(|one| !one.is_automatic(&sdk.version));
    if !stops || sdk.ground != Ground::Chosen {
        return Vec::new();
    }
    checkup.inits.iter().filter_map(|init| of_init(checkup, init)).collect()
}

fn of_init(checkup: &Checkup<'_>, init: &Init<'_>) -> Option<Diagnostic> {
    let has_none = init.keyword("default_integrations").is_some_and(|one| one.value.kind == ExprKind::Bool(false));
    // `enable_logs` has a finding of its own, with this in its fix.
    let has_it = init.module.source.text().contains(CLASS);
    if has_it {
        return of_written(checkup, init);
    }
    if has_none || init.is_open() || init.keyword("enable_logs").is_some() {
        return None;
    }
    let fix = integration(checkup, init, false).and_then(|(added, imports)| {
        let edits = match init.keyword("integrations") {
            None => init.with(&added)?,
            Some(_) => init.with_integration(&added)?,
        };
        checkup.fix(init, edits, &imports, Applicability::Safe)
    });
    let version = &checkup.facts.sdk.version;
    let message = format!("sentry-sdk {version} makes no events of error records unless `{CLASS}` is written");
    let help = "write it into `integrations`, with `event_level=logging.ERROR`";
    Some(init.finding(Code::LogsStop, &init.existing.span, message, help).mended_by(fix))
}

/// The integration is there, without the level that SDK 3 wants for events.
fn of_written(checkup: &Checkup<'_>, init: &Init<'_>) -> Option<Diagnostic> {
    let written = log_levels::Written::of(checkup, init.existing.file).filter(log_levels::Written::makes_no_events)?;
    let version = &checkup.facts.sdk.version;
    let message = format!("sentry-sdk {version} makes no events of error records without `event_level`");
    let help = "give `LoggingIntegration` `event_level=logging.ERROR`, and `level=None` where logs are not to be sent";
    let found = init.finding(Code::LogsStop, &written.span, message, help);
    Some(found.mended_by(log_levels::fix(checkup, &written)))
}

/// The integration as it is written in the call already.
pub(super) fn written<'a>(init: &'a Init<'_>) -> Option<&'a Expr> {
    let ExprKind::List(items) = &init.keyword("integrations")?.value.kind else { return None };
    items.iter().find(|item| match &item.kind {
        ExprKind::Call(call) => {
            let name = call.func.dotted();
            name.is_some_and(|name| name == CLASS || name.ends_with(&format!(".{CLASS}")))
        }
        _ => false,
    })
}

/// The integration that does what the SDK did by itself, as an item of `integrations` or, where there is no such argument, as all of it;
/// with the imports that it needs.
pub(super) fn integration(checkup: &Checkup<'_>, init: &Init<'_>, are_sent: bool) -> Option<(String, Vec<ImportLine>)> {
    let at = init.existing.span.start;
    let class = ImportLine::from(MODULE, CLASS);
    let name = free_name(&init.parsed, &class.qualified(), at);
    let logging = free_name(&init.parsed, "logging", at);
    let level = if are_sent { "" } else { "level=None, " };
    let call = format!("{name}({level}event_level={logging}.ERROR)");
    let imports = vec![ImportLine::module("logging").named(&logging), class.named(&name)];
    match init.keyword("integrations") {
        // Another finding writes the argument for another class: this one waits until it is there.
        None if checkup.recommendation.integrations.iter().any(|call| call.class != CLASS) => None,
        None => Some((format!("integrations=[{call}]"), imports)),
        Some(keyword) if matches!(keyword.value.kind, ExprKind::List(_)) => Some((call, imports)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::raised;

    #[test]
    fn error_records_stay_events_on_the_next_sdk() {
        let planned = raised("data_collection={}, traces_sample_rate=0.1", "3.0.0b2");
        assert_eq!(planned.all, ["logs-stop"], "{}", planned.said);
        let written = "integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)])";
        assert!(planned.added("app.py").contains(written), "{}", planned.diff);
    }

    #[test]
    fn nothing_stops_where_it_is_written_or_the_sdk_does_it_by_itself() {
        let written =
            "data_collection={}, traces_sample_rate=0.1, integrations=[LoggingIntegration(event_level=logging.ERROR)]";
        assert!(raised(written, "3.0.0b2").all.is_empty());
        assert!(raised("data_collection={}, traces_sample_rate=0.1", "2.75.0").all.is_empty());
        assert!(raised("data_collection={}, traces_sample_rate=0.1, **more", "3.0.0b2").all.is_empty());
    }
}
