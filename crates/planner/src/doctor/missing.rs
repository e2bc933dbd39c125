//! A project without Sentry. Read [`missing`] first.

use super::Checkup;
use crate::diagnostic::{Code, Diagnostic};

/// One finding for a project whose processes have to report and that has nothing of Sentry.
pub(super) fn missing(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    if checkup.plan.sites.is_empty() || !checkup.facts.started.is_empty() {
        return Vec::new();
    }
    let name = checkup.facts.name(checkup.workspace).unwrap_or_else(|| "the project".to_owned());
    let message = format!("nothing starts Sentry in {name}");
    vec![Diagnostic::new(Code::SentryMissing, message, "see the change that sets it up: `sentry-codemod`")]
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    #[test]
    fn a_project_without_sentry_is_told_so_once() {
        let app = ("app.py", "from flask import Flask\napp = Flask(__name__)\n");
        let found = planned(&[("requirements.txt", "flask\n"), app]);
        assert_eq!(found.all, ["sentry-missing"]);
        let app = ("app.py", "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init()\napp = Flask(__name__)\n");
        let found = planned(&[("requirements.txt", "flask\nsentry-sdk\n"), app]);
        assert!(!found.all.contains(&"sentry-missing"));
    }
}
