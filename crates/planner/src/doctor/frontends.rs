//! Frontends beside the project that have no Sentry: what breaks in a browser is seen by nobody. Read [`frontends`] first.

use super::Checkup;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::Frontend;

/// One finding for each frontend, where none of them has a package of Sentry's: who has thought of one has thought of all.
pub(super) fn frontends(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let finding = |frontend: &Frontend| {
        let rule = &checkup.catalogue.frontends[frontend.framework];
        let message = format!("the {} frontend reports nothing to Sentry", rule.name);
        let help = format!("add `{}`: {}", rule.sdk, rule.documentation);
        Diagnostic::new(Code::FrontendWithoutSentry, message, help).at(frontend.place.clone())
    };
    let frontends = &checkup.facts.frontends;
    if checkup.facts.processes.is_empty() || frontends.iter().any(|frontend| frontend.has_sentry) {
        return Vec::new();
    }
    frontends.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    fn said(path: &str, packages: &str) -> String {
        let app =
            "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(traces_sample_rate=0.1)\napp = Flask('a')\n";
        let manifest = format!("{{\n  \"dependencies\": {{ {packages} }}\n}}\n");
        planned(&[("requirements.txt", "flask\nsentry-sdk\n"), ("app.py", app), (path, &manifest)]).said
    }

    #[test]
    fn a_frontend_is_named_by_what_it_is_built_on() {
        let found = said("web/package.json", "\"react\": \"19\", \"next\": \"16\"");
        assert!(found.contains("the Next.js frontend") && found.contains("`@sentry/nextjs`"), "{found}");
        assert!(said("package.json", "\"svelte\": \"5\"").contains("`@sentry/svelte`"));
    }

    #[test]
    fn one_that_has_sentry_one_that_is_documentation_and_a_library() {
        assert_eq!(said("ui/package.json", "\"react\": \"19\" }, \"exports\": { \".\": \"./index.ts\""), "");
        assert_eq!(said("web/package.json", "\"react\": \"19\", \"@sentry/react\": \"10\""), "");
        assert_eq!(said("docs/package.json", "\"react\": \"19\""), "");
        assert_eq!(said("package.json", "\"prettier\": \"3\""), "");
    }
}
