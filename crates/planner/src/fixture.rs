//! Tiny projects for tests: files in, what the plan would change out. Read [`planned`] first.
#![allow(clippy::disallowed_methods, reason = "a test makes its own project")]

use std::path::Path;

use changeset::unified_diff;
use python_project::Workspace;
use python_project::process::processes;
use python_project::project::projects;
use python_source::ImportStyle;

use crate::choices::Choices;
use crate::fix::compatible;
use crate::{Catalogue, facts, plan, recommend, rewrite};

/// What the program would do to a project.
pub(crate) struct Planned {
    /// The unified diff.
    pub(crate) diff: String,
    /// The codes of the findings that the main run tells.
    pub(crate) codes: Vec<&'static str>,
    /// The codes of all findings.
    pub(crate) all: Vec<&'static str>,
    /// Messages and help of all findings, a line each.
    pub(crate) said: String,
    /// Where the findings are: `app.py:2`.
    pub(crate) places: Vec<String>,
}

impl Planned {
    /// The lines that are new in a file, without blank ones.
    pub(crate) fn added(&self, path: &str) -> String {
        let file =
            self.diff.split("diff --git ").find(|file| file.starts_with(&format!("a/{path} "))).unwrap_or_default();
        let lines = file.lines().filter(|line| line.starts_with('+') && !line.starts_with("+++"));
        lines.map(|line| &line[1..]).filter(|line| !line.trim().is_empty()).map(|line| format!("{line}\n")).collect()
    }
}

/// Plans a project of these files.
pub(crate) fn planned(files: &[(&str, &str)]) -> Planned {
    planned_as(files, &Choices::default())
}

/// What is planned for a Flask application in `app.py` that gunicorn serves, where the SDK is declared.
pub(crate) fn served(app: &str) -> Planned {
    planned(&[("requirements.txt", "flask\nsentry-sdk\n"), ("Procfile", "web: gunicorn app:app\n"), ("app.py", app)])
}

/// What is planned for an application that hands these arguments to init, when its SDK is raised from 2.75 to the release.
pub(crate) fn raised(arguments: &str, sdk: &str) -> Planned {
    let app =
        format!("import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init({arguments})\napp = Flask(__name__)\n");
    let choices = Choices { sdk_version: sdk.parse().ok(), ..Choices::default() };
    planned_as(&[("requirements.txt", "flask\nsentry-sdk>=2.75,<3\n"), ("app.py", &app)], &choices)
}

/// What is planned for these files, with the user's wishes.
pub(crate) fn planned_as(files: &[(&str, &str)], choices: &Choices) -> Planned {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
    let catalogue = Catalogue::load().expect("the rules are in order");
    let vocabulary = catalogue.vocabulary();
    let workspace = Workspace::discover(folder.path(), &vocabulary, |_: &Path| true);
    let projects = projects(&workspace, python_manifest::is_manifest);
    let (found, _) = processes(&workspace, &vocabulary, &projects, None);
    let project = projects.first().expect("a project").clone();
    let facts = facts::facts(&catalogue, &workspace, &projects, project, found, choices.sdk_version.clone());
    let recommendation = recommend::recommend(&catalogue, &facts, choices).expect("known features");
    let plan = plan::plan(&catalogue, &workspace, &facts, &recommendation, choices, &|_| ImportStyle::default());
    let (fixes, _) = compatible(plan.fixes().filter(|fix| fix.is_allowed(true)));
    let changeset = rewrite::rewrite(&workspace, fixes).expect("edits that keep everything");
    Planned {
        diff: String::from_utf8_lossy(&unified_diff(&changeset, Path::new(""))).into_owned(),
        codes: plan.diagnostics.iter().filter(|one| one.is_told_by_main_run()).map(|one| one.code.as_str()).collect(),
        all: plan.diagnostics.iter().map(|one| one.code.as_str()).collect(),
        places: plan
            .diagnostics
            .iter()
            .filter_map(|one| one.place.as_ref())
            .map(|at| format!("{}:{}", at.path.display(), at.line))
            .collect(),
        said: plan.diagnostics.iter().map(|one| format!("{}; {}\n", one.message, one.help)).collect(),
    }
}
