//! What runs in browsers beside a Python project, as the package.json files say. Read [`Frontend`] first.

use std::path::Path;

use python_project::Workspace;
use python_project::project::{Project, is_set_aside, project_of};
use serde_json::Value;

use super::Location;
use crate::catalogue::Catalogue;

/// A companion frontend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontend {
    /// Its framework, as a number into the catalogue.
    pub framework: usize,
    /// Where that is declared.
    pub place: Location,
    /// Whether a package of Sentry's stands beside it.
    pub has_sentry: bool,
}

/// Whether a frontend may be declared there.
pub fn is_frontend_manifest(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "package.json")
}

/// The frontends that no nearer project owns. What is only shown, such as documentation, is none.
pub(super) fn frontends(
    catalogue: &Catalogue,
    workspace: &Workspace,
    projects: &[Project],
    project: &Project,
) -> Vec<Frontend> {
    let files = workspace.files().map(|(_, file)| file.path.as_path()).filter(|path| is_frontend_manifest(path));
    let own = files.filter(|path| !is_set_aside(path) && project_of(projects, path) == project);
    own.filter_map(|path| frontend(catalogue, workspace, path)).collect()
}

fn frontend(catalogue: &Catalogue, workspace: &Workspace, path: &Path) -> Option<Frontend> {
    let bytes = workspace.read(path).ok()?;
    let manifest: Value = serde_json::from_slice(&bytes).ok()?;
    let declared: Vec<&str> = ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|group| manifest.get(group)?.as_object())
        .flat_map(|group| group.keys().map(String::as_str))
        .collect();
    // What others import is no program of its own.
    if ["exports", "main", "module", "types"].iter().any(|field| manifest.get(field).is_some()) {
        return None;
    }
    let framework = catalogue.frontends.iter().position(|rule| declared.contains(&rule.package.as_str()))?;
    let quoted = format!("\"{}\"", catalogue.frontends[framework].package);
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().position(|line| line.contains(&quoted)).map_or(1, |number| number + 1);
    Some(Frontend {
        framework,
        place: Location { path: path.to_owned(), line, column: 1 },
        has_sentry: declared.iter().any(|name| name.starts_with("@sentry/")),
    })
}
