//! What an SDK is told to collect of people's data, as a `data_collection` map. Read [`Collection`] first.
//!
//! A map that leaves a category out switches it on, and with any map the SDK's `EventScrubber` is off: what has a sensitive name in local
//! variables is filtered only when the map says so, and what stands in `extra` and in breadcrumbs is not filtered at all.
//! Source: `_map_from_send_default_pii` in `sentry_sdk/data_collection.py` of 2.75.0, and events of 2.75.0 and 3.0.0b2 that were looked at.

use pep440_rs::Version;

/// What is collected, in the options of before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// `send_default_pii`
    pub pii: bool,
    /// `include_local_variables`
    pub variables: bool,
    /// `include_source_context`
    pub source: bool,
}

/// What filtered the names that tell of people when `send_default_pii` was off.
const TERMS: &str = r#"{"mode": "denylist", "terms": ["forwarded", "-ip", "remote-", "via", "-user"]}"#;

impl Collection {
    /// The map that means it in a release, as a Python expression on several lines; nested ones begin with `indentation`.
    pub fn python(self, version: &Version, indentation: &str, newline: &str) -> String {
        let mut entries: Vec<String> = Vec::new();
        let mut say = |key: &str, value: &str| entries.push(format!("\"{key}\": {value}"));
        if !self.pii {
            say("user_info", "False");
            say("cookies", TERMS);
            say("http_headers", &format!("{{\"request\": {TERMS}}}"));
            say("url_query_params", TERMS);
            say("graphql", r#"{"document": False, "variables": False}"#);
            say("gen_ai", r#"{"inputs": False, "outputs": False}"#);
            if version.release().first().is_some_and(|major| *major >= 3) {
                say("mcp", r#"{"inputs": False, "outputs": False}"#);
            }
            say("database_query_data", "False");
            say("queues", "False");
        }
        say("stack_frame_variables", if self.variables { r#"{"mode": "denylist"}"# } else { "False" });
        if !self.source {
            say("frame_context_lines", "0");
        }
        match entries.as_slice() {
            [one] => format!("{{{one}}}"),
            _ => {
                let lines: String = entries.iter().map(|entry| format!("{indentation}    {entry},{newline}")).collect();
                format!("{{{newline}{lines}{indentation}}}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(pii: bool, variables: bool, source: bool, version: &str) -> String {
        Collection { pii, variables, source }.python(&version.parse().expect("a version"), "", "\n")
    }

    #[test]
    fn what_was_on_is_left_out_and_secrets_in_variables_are_filtered() {
        assert_eq!(python(true, true, true, "2.75.0"), r#"{"stack_frame_variables": {"mode": "denylist"}}"#);
        assert_eq!(python(true, false, true, "2.75.0"), r#"{"stack_frame_variables": False}"#);
    }

    #[test]
    fn what_was_off_is_said_category_by_category() {
        let map = python(false, true, false, "2.75.0");
        assert!(
            map.contains("    \"user_info\": False,\n") && map.contains("    \"frame_context_lines\": 0,\n}"),
            "{map}"
        );
        assert!(!map.contains("mcp") && python(false, true, true, "3.0.0b2").contains("\"mcp\""));
    }
}
