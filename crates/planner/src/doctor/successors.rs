//! Rewrites of options of init to those that came after them. Read [`fix`] first; one function for each option.
//!
//! An edit changes the argument it is about and, where the new option wants it, adds one: the rest of the call stays byte for byte.

use changeset::Edit;
use pep440_rs::Version;
use python_source::outline::{Expr, ExprKind};
use python_source::{ImportLine, Keyword};

use super::releases::Span;
use super::{Checkup, Init, log_levels};
use crate::fix::{Applicability, Fix};
use crate::privacy::Collection;
use crate::sdk::InitOption;

/// A rewrite of an argument.
struct Rewrite {
    edits: Vec<Edit>,
    imports: Vec<ImportLine>,
    applicability: Applicability,
    /// The option that is written.
    writes: Option<&'static str>,
}

impl Rewrite {
    /// Edits that mean the same, and need nothing.
    fn safe(edits: Option<Vec<Edit>>) -> Option<Self> {
        Some(Self { edits: edits?, imports: Vec::new(), applicability: Applicability::Safe, writes: None })
    }

    fn writes(self, option: &'static str) -> Self {
        Self { writes: Some(option), ..self }
    }

    fn but_only(self, applicability: Applicability) -> Self {
        Self { applicability, ..self }
    }
}

/// An argument and the call it is of.
struct Argument<'a> {
    checkup: &'a Checkup<'a>,
    init: &'a Init<'a>,
    keyword: &'a Keyword,
    option: &'a InitOption,
    /// The release that it is rewritten for.
    release: &'a Version,
}

/// The fix that puts the successor of an argument in its place, where one means the same.
pub(super) fn fix(checkup: &Checkup<'_>, init: &Init<'_>, keyword: Option<&Keyword>, releases: &Span) -> Option<Fix> {
    let keyword = keyword?;
    let sdk = &checkup.catalogue.sdk;
    let option = sdk.option(keyword.name.as_ref()?)?;
    let argument = Argument { checkup, init, keyword, option, release: &releases.newest };
    let rewrite = match option.name.as_str() {
        "send_default_pii" | "include_local_variables" | "include_source_context" => collection(&argument),
        "request_bodies" => renamed(&argument, "max_request_body_size"),
        "with_locals" => renamed(&argument, "include_local_variables"),
        "enable_tracing" => tracing(&argument),
        "enable_logs" => logs(&argument),
        "profiles_sample_rate" => session_profiling(&argument),
        _ => as_by_default(&argument),
    }?;
    let mut fix = checkup.fix(init, rewrite.edits, &rewrite.imports, rewrite.applicability)?;
    let first = rewrite.writes.and_then(|name| Some(sdk.option(name)?.releases.first.clone()));
    fix.needs = first.filter(|first| *first > releases.oldest);
    Some(fix)
}

/// What a literal says; `None` for anything that is computed. `None` in Python counts as `default`.
fn truth(value: &Expr, default: bool) -> Option<bool> {
    match value.kind {
        ExprKind::Bool(truth) => Some(truth),
        ExprKind::None => Some(default),
        _ => None,
    }
}

/// `request_bodies="always"` was `max_request_body_size="always"`.
fn renamed(argument: &Argument<'_>, to: &'static str) -> Option<Rewrite> {
    let Argument { init, keyword, .. } = argument;
    let edits = if init.keyword(to).is_some() { init.without(keyword) } else { init.renamed(keyword, to) };
    Some(Rewrite::safe(edits)?.writes(to))
}

/// `send_default_pii` and its companions are one `data_collection` map.
///
/// Unsafe: with any map the SDK's own scrubber is off, so what stands in `extra` and in breadcrumbs is not filtered any more.
fn collection(argument: &Argument<'_>) -> Option<Rewrite> {
    let Argument { init, keyword, .. } = argument;
    if init.keyword("data_collection").is_some() {
        return Rewrite::safe(init.without(keyword));
    }
    if init.is_open() {
        return None;
    }
    let said = |name: &str, default| init.keyword(name).map_or(Some(default), |keyword| truth(&keyword.value, default));
    let collection = Collection {
        pii: said("send_default_pii", false)?,
        variables: said("include_local_variables", true)?,
        source: said("include_source_context", true)?,
    };
    let first = ["send_default_pii", "include_local_variables", "include_source_context"];
    let first = first.iter().find_map(|name| init.keyword(name))?;
    if first.span != keyword.span {
        return Some(Rewrite::safe(init.without(keyword))?.but_only(Applicability::Unsafe));
    }
    let map = collection.python(argument.release, init.indentation_of_line(keyword.span.start), init.newline());
    let edits = init.replaced(keyword, &format!("data_collection={map}"));
    // A scrubber of the user's own would be ignored.
    let own_scrubber = init.keyword("event_scrubber").is_some();
    let applicability = if own_scrubber { Applicability::DisplayOnly } else { Applicability::Unsafe };
    Some(Rewrite::safe(edits)?.writes("data_collection").but_only(applicability))
}

/// `enable_tracing=True` was `traces_sample_rate=1.0` where no rate was given.
fn tracing(argument: &Argument<'_>) -> Option<Rewrite> {
    let Argument { init, keyword, .. } = argument;
    let has_rate = init.keyword("traces_sample_rate").is_some() || init.keyword("traces_sampler").is_some();
    match (&keyword.value.kind, has_rate) {
        (ExprKind::None, _) | (ExprKind::Bool(true), true) => Rewrite::safe(init.without(keyword)),
        _ if init.is_open() => None,
        (ExprKind::Bool(true), false) => Rewrite::safe(init.replaced(keyword, "traces_sample_rate=1.0")),
        (ExprKind::Bool(false), false) => Rewrite::safe(init.without(keyword)),
        _ => None,
    }
}

/// Where `enable_logs` is gone, `LoggingIntegration` sends records, and only where it is written.
fn logs(argument: &Argument<'_>) -> Option<Rewrite> {
    let Argument { init, keyword, .. } = argument;
    let are_sent = truth(&keyword.value, false)?;
    if let Some(written) = log_levels::Written::of(argument.checkup, init.existing.file) {
        let (edits, imports) = log_levels::rewrite(&written)?;
        return Some(Rewrite { imports, ..Rewrite::safe(Some(edits))? });
    }
    if super::logs::written(init).is_some() {
        return None;
    }
    let (added, imports) = super::logs::integration(argument.checkup, init, are_sent)?;
    let edits = match init.keyword("integrations") {
        None => init.replaced(keyword, &added)?,
        Some(_) => [init.without(keyword)?, init.with_integration(&added)?].concat(),
    };
    Some(Rewrite { imports, ..Rewrite::safe(Some(edits))? })
}

/// Profiles of transactions became profiles of sessions; what share of what is sampled differs.
fn session_profiling(argument: &Argument<'_>) -> Option<Rewrite> {
    let Argument { init, keyword, .. } = argument;
    if init.keyword("profile_session_sample_rate").is_some() {
        return Some(Rewrite::safe(init.without(keyword))?.but_only(Applicability::Unsafe));
    }
    let mut edits = init.renamed(keyword, "profile_session_sample_rate")?;
    if init.keyword("profile_lifecycle").is_none() {
        edits.extend(init.beside(keyword, "profile_lifecycle=\"trace\"")?);
    }
    Some(Rewrite::safe(Some(edits))?.writes("profile_lifecycle").but_only(Applicability::Unsafe))
}

/// An option that says what is so anyhow can go.
fn as_by_default(argument: &Argument<'_>) -> Option<Rewrite> {
    let Argument { init, keyword, option, .. } = argument;
    let last = option.releases.gone.as_ref().map_or(argument.release, |gone| gone);
    let default = option.default.before(last)?;
    (init.text(&keyword.value.span) == default).then(|| Rewrite::safe(init.without(keyword)))?
}

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::fixture::{Planned, planned_as};

    const MODERN: &str = "sentry-sdk>=2.75,<3";

    /// The project after all fixes, unsafe ones too.
    fn fixed(requirement: &str, call: &str, sdk: Option<&str>) -> Planned {
        let app = format!("import sentry_sdk\n{call}\nif __name__ == '__main__':\n    main()\n");
        let choices = Choices { sdk_version: sdk.map(|text| text.parse().expect("a version")), ..Choices::default() };
        planned_as(&[("requirements.txt", &format!("{requirement}\n")), ("app.py", &app)], &choices)
    }

    #[track_caller]
    fn becomes(call: &str, expected: &str) {
        let planned = fixed(MODERN, call, None);
        let added = planned.added("app.py");
        assert!(!planned.diff.is_empty() && added.trim_end() == expected, "{}{}", planned.diff, planned.said);
    }

    #[track_caller]
    fn stays(call: &str) {
        let planned = fixed(MODERN, call, None);
        assert!(planned.diff.is_empty(), "{}", planned.diff);
        assert!(!planned.all.is_empty(), "it is told all the same");
    }

    #[test]
    fn what_was_sent_by_default_pii_becomes_a_map() {
        becomes(
            "sentry_sdk.init(dsn, send_default_pii=True)",
            r#"sentry_sdk.init(dsn, data_collection={"stack_frame_variables": {"mode": "denylist"}})"#,
        );
        becomes(
            "sentry_sdk.init(\n    send_default_pii=True,  # yes\n    include_local_variables=False,\n)",
            "    data_collection={\"stack_frame_variables\": False},  # yes",
        );
        let off = fixed(MODERN, "sentry_sdk.init(\n    send_default_pii=False,\n)", None).added("app.py");
        assert!(off.starts_with("    data_collection={\n        \"user_info\": False,\n"), "{off}");
        assert!(off.ends_with("        \"stack_frame_variables\": {\"mode\": \"denylist\"},\n    },\n"), "{off}");
    }

    #[test]
    fn a_map_that_is_there_already_wins() {
        becomes("sentry_sdk.init(send_default_pii=True, data_collection={})", "sentry_sdk.init(data_collection={})");
    }

    #[test]
    fn what_is_computed_is_told_and_left() {
        stays("sentry_sdk.init(send_default_pii=not DEBUG)");
        stays("sentry_sdk.init(send_default_pii=True, **options)");
        stays("sentry_sdk.init(**{'send_default_pii': True})");
        stays("sentry_sdk.init(enable_tracing=TRACING)");
        stays("sentry_sdk.init(profiles_sampler=sampler, traces_sample_rate=1.0)");
    }

    #[test]
    fn tracing_is_a_sample_rate() {
        becomes(
            "sentry_sdk.init(enable_tracing=True, debug=True)",
            "sentry_sdk.init(traces_sample_rate=1.0, debug=True)",
        );
        becomes("sentry_sdk.init(\n    traces_sample_rate=0.5,\n    enable_tracing=True\n)", "");
    }

    #[test]
    fn the_bodies_of_requests_keep_their_value() {
        becomes("sentry_sdk.init(request_bodies='always')", "sentry_sdk.init(max_request_body_size='always')");
        becomes("sentry_sdk.init( with_locals = False )", "sentry_sdk.init( include_local_variables = False )");
    }

    #[test]
    fn profiles_of_transactions_become_profiles_of_sessions() {
        becomes(
            "sentry_sdk.init(traces_sample_rate=1.0, profiles_sample_rate=(0.1))",
            "sentry_sdk.init(traces_sample_rate=1.0, profile_session_sample_rate=(0.1), profile_lifecycle=\"trace\")",
        );
        becomes(
            "sentry_sdk.init(\n\ttraces_sample_rate=1.0,\n\tprofiles_sample_rate=0.1,  # some\n)",
            "\tprofile_session_sample_rate=0.1,\n\tprofile_lifecycle=\"trace\",  # some",
        );
    }

    #[test]
    fn an_older_requirement_is_raised_with_the_rewrite() {
        let planned = fixed("sentry-sdk>=2.20", "sentry_sdk.init(send_default_pii=True)", None);
        assert_eq!(planned.added("requirements.txt"), "sentry-sdk>=2.70\n", "{}", planned.diff);
    }

    #[test]
    fn logs_of_the_next_sdk_need_the_integration() {
        let next = Some("3.0.0b2");
        let added = fixed(MODERN, "sentry_sdk.init(enable_logs=True, data_collection={})", next).added("app.py");
        assert!(
            added.contains(
                "sentry_sdk.init(integrations=[LoggingIntegration(event_level=logging.ERROR)], data_collection={})"
            ),
            "{added}"
        );
        assert!(added.contains("import logging\n") && added.contains("import LoggingIntegration\n"), "{added}");
        let call = "from x import X\nsentry_sdk.init(\n    integrations=[X()],\n    enable_logs=True,\n    data_collection={},\n)";
        let planned = fixed(MODERN, call, next);
        assert!(
            planned
                .added("app.py")
                .contains("    integrations=[X(), LoggingIntegration(event_level=logging.ERROR)],\n"),
            "{}",
            planned.diff
        );
        assert!(
            !planned.diff.contains("+    enable_logs") && planned.diff.contains("-    enable_logs"),
            "{}",
            planned.diff
        );
        assert!(planned.added("requirements.txt").contains("3.0.0b2"), "{}", planned.diff);
    }

    #[test]
    fn what_is_said_by_default_anyhow_goes_for_the_next_sdk() {
        let call = "sentry_sdk.init(enable_metrics=True, data_collection={}, enable_logs=True, traces_sample_rate=1)";
        let planned = fixed(MODERN, call, Some("3.0.0b2"));
        assert!(!planned.added("app.py").contains("enable_metrics"), "{}", planned.diff);
    }
}
