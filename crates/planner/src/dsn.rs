//! What a DSN looks like. Read [`fault`].

/// The form, for people.
pub const FORM: &str = "https://PUBLIC_KEY@HOST/PROJECT_ID";

/// What is wrong with a text that the SDK would take for a DSN; it raises `BadDsn` when the program starts.
pub fn fault(text: &str) -> Option<&'static str> {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return Some("it does not begin with https://");
    };
    let Some((key, rest)) = rest.split_once('@') else { return Some("it has no public key before an `@`") };
    if key.is_empty() || key.starts_with(':') || key.contains(['/', '?']) {
        return Some("it has no public key before an `@`");
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || host.starts_with(':') || host.contains(char::is_whitespace) {
        return Some("it names no host");
    }
    let project = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').rsplit('/').next();
    let is_number = project.is_some_and(|id| !id.is_empty() && id.chars().all(|digit| digit.is_ascii_digit()));
    (!is_number).then_some("its path does not end with the number of a project")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sdk_would_refuse_has_a_fault() {
        for good in ["https://abc123@o1.ingest.sentry.io/42", "http://a-b:secret@sentry.example.com:9000/sub/7"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "abc",
            "https://o1.ingest.sentry.io/42",
            "https://abc@host",
            "https://abc@host/x",
            "ftp://a@b/1",
            "https://a@/1",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
