//! The client before the SDK, still imported. Read [`imports`] first. That it is declared is the plan's own finding.

use std::collections::BTreeSet;

use python_project::FileId;

use super::Checkup;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::location;
use crate::libraries;

/// Modules that a process loads and that import raven, where no manifest declares it.
pub(super) fn imports(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    if checkup.facts.raven.is_some() {
        return Vec::new();
    }
    let loads = checkup.facts.processes.iter().flat_map(|process| &process.trace.loads).filter(|load| load.certain);
    let files: BTreeSet<FileId> = loads.map(|load| load.file).collect();
    let finding = |file: FileId| {
        let module = checkup.workspace.parsed(file)?;
        let import = libraries::import_of(&module.outline, "raven")?;
        let message = "raven, the client before sentry-sdk, is still imported; it is not maintained since 2018";
        let help = "start `sentry_sdk` instead, and take raven and its handlers out";
        let at = location(checkup.workspace, file, import.span.start);
        Some(Diagnostic::new(Code::RavenLeftOver, message, help).at(at))
    };
    files.into_iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::fixture::served;

    #[test]
    fn raven_that_is_imported_though_nothing_declares_it() {
        let codes = |import: &str| {
            let app = format!(
                "{import}\nimport sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(traces_sample_rate=0.1)\napp = Flask('a')\n"
            );
            served(&app).all
        };
        assert_eq!(codes("from raven.contrib.flask import Sentry"), ["raven-left-over"]);
        assert!(codes("import ravenous").is_empty());
    }

    #[test]
    fn the_place_is_the_import_and_no_comment_that_speaks_of_one() {
        let served = served("# import raven was here once\nimport raven\nfrom flask import Flask\napp = Flask('a')\n");
        assert_eq!(served.places[0], "app.py:2", "{}", served.said);
    }
}
