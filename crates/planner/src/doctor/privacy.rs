//! What a newer SDK starts to send. Read [`privacy`] first.

use super::{Checkup, Init};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::Ground;
use crate::fix::Applicability;
use crate::privacy::Collection;

/// When a newer SDK is asked for: an init that says nothing of people's data, which was not sent and is now.
pub(super) fn privacy(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let sdk = &checkup.facts.sdk;
    let default = checkup.catalogue.sdk.option("data_collection").and_then(|option| option.default.at(&sdk.version));
    let sends_all = default.is_some_and(|default| default == "{}");
    if !sends_all || sdk.ground != Ground::Chosen {
        return Vec::new();
    }
    checkup.inits.iter().filter_map(|init| of_init(checkup, init)).collect()
}

fn of_init(checkup: &Checkup<'_>, init: &Init<'_>) -> Option<Diagnostic> {
    let speaks = ["data_collection", "send_default_pii", "include_local_variables", "include_source_context"];
    if init.is_open() || speaks.iter().any(|name| init.keyword(name).is_some()) {
        return None;
    }
    let version = &checkup.facts.sdk.version;
    let indentation = init.indentation_of_arguments();
    let map = Collection { pii: false, variables: true, source: true }.python(version, indentation, init.newline());
    let edits = init.with(&format!("data_collection={map}"));
    let fix = edits.and_then(|edits| checkup.fix(init, edits, &[], Applicability::Safe));
    let message =
        format!("sentry-sdk {version} sends users, cookies, headers, queries and prompts unless it is told not to");
    let help = "say with `data_collection` what may be sent";
    Some(init.finding(Code::PrivacyDefault, &init.existing.span, message, help).mended_by(fix))
}

#[cfg(test)]
mod tests {
    use crate::fixture::raised;

    #[test]
    fn what_was_not_sent_before_is_not_sent_after() {
        let planned = raised("traces_sample_rate=0.1, integrations=[LoggingIntegration()]", "3.0.0b2");
        assert_eq!(planned.all, ["privacy-default"], "{}", planned.said);
        let added = planned.added("app.py");
        assert!(added.contains("data_collection={\n    \"user_info\": False,\n"), "{added}");
        assert!(added.contains("\"mcp\": {\"inputs\": False, \"outputs\": False},\n"), "{added}");
    }

    #[test]
    fn a_call_that_says_what_is_sent() {
        let arguments =
            "data_collection={'user_info': True}, traces_sample_rate=0.1, integrations=[LoggingIntegration()]";
        assert!(raised(arguments, "3.0.0b2").all.is_empty());
        assert!(raised("traces_sample_rate=0.1", "2.75.0").all.is_empty());
    }
}
