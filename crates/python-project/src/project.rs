//! How a workspace falls into projects, and which folders hold code that no process runs. Read [`Project`] first.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::workspace::{FileId, Workspace};

/// A folder with a dependency manifest, and the files below it that belong to no project further down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Relative to the workspace; empty for its root.
    pub folder: PathBuf,
    /// Its manifests.
    pub manifests: Vec<PathBuf>,
}

/// Splits the workspace by manifests. There is always a project at the root.
pub fn projects(workspace: &Workspace, is_manifest: impl Fn(&Path) -> bool) -> Vec<Project> {
    let mut by_folder: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::from([(PathBuf::new(), Vec::new())]);
    for (_, file) in workspace.files() {
        let is_module = workspace.module_of_package(&file.path);
        if is_manifest(&file.path) && !lies_aside(&file.path) && !is_module {
            by_folder.entry(project_folder(&file.path)).or_default().push(file.path.clone());
        }
    }
    // A folder of manifests without a line of Python is somebody's list, no project.
    by_folder.retain(|folder, _| folder.as_os_str().is_empty() || workspace.has_python(folder));
    by_folder.into_iter().map(|(folder, manifests)| Project { folder, manifests }).collect()
}

/// The project a file belongs to: the one with the nearest folder around it.
pub fn project_of<'a>(projects: &'a [Project], path: &Path) -> &'a Project {
    let around = projects.iter().filter(|project| path.starts_with(&project.folder));
    // `projects` never gives an empty list.
    around.max_by_key(|project| project.folder.components().count()).unwrap_or(&projects[0])
}

/// `requirements/base.txt` belongs to the folder above; so does a manifest in a folder of settings for tools.
fn project_folder(manifest: &Path) -> PathBuf {
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let lists =
        ["requirements", "requirement", "reqs", "deps", "dependencies", "config", "conda", "docker", "deploy", "build"];
    let is_list = |name: &OsStr| lists.iter().any(|list| name == OsStr::new(list));
    let mut owner = folder;
    while let (Some(name), Some(parent)) = (owner.file_name(), owner.parent()) {
        if !is_list(name) {
            break;
        }
        owner = parent;
    }
    owner.to_owned()
}

/// Folders whose code is no part of what is deployed.
const SET_ASIDE: [&str; 36] = [
    "test",
    "tests",
    "testing",
    "test_utils",
    "e2e",
    "integration_tests",
    "unit_tests",
    "spec",
    "specs",
    "fixtures",
    "fixture",
    "testdata",
    "test_data",
    "doc",
    "docs",
    "example",
    "examples",
    "sample",
    "samples",
    "tutorial",
    "tutorials",
    "demo",
    "demos",
    "benchmark",
    "benchmarks",
    "migrations",
    "alembic",
    "vendor",
    "vendored",
    "_vendor",
    "third_party",
    "thirdparty",
    "external",
    "stubs",
    "typings",
    "build",
];

/// Whether a path lies in a folder that is set aside, or is itself a test: such files are read, but they start no process.
pub fn is_set_aside(path: &Path) -> bool {
    lies_aside(path) || path.file_name().and_then(OsStr::to_str).is_some_and(is_test_file)
}

/// Whether a path lies in a folder that is set aside.
fn lies_aside(path: &Path) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::components);
    folders.filter_map(|part| part.as_os_str().to_str()).any(|part| {
        SET_ASIDE.contains(&part) || part.contains("{{") || part.ends_with("-examples") || part.ends_with("_tests")
    })
}

fn is_test_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    name.ends_with(".py")
        && (stem.starts_with("test_")
            || stem.ends_with("_test")
            || matches!(stem, "conftest" | "tests" | "setup" | "noxfile" | "fabfile"))
}

impl Project {
    /// The folders that imports may start from: the project's own, and `src` in it.
    pub fn import_roots(&self, workspace: &Workspace) -> Vec<PathBuf> {
        let src = self.folder.join("src");
        let mut roots = vec![self.folder.clone()];
        if workspace.has_python(&src) && workspace.find(&src.join("__init__.py")).is_none() {
            roots.push(src);
        }
        roots
    }

    /// Whether the file belongs to this project and to none of the others below it.
    pub fn owns(&self, projects: &[Self], workspace: &Workspace, file: FileId) -> bool {
        project_of(projects, workspace.path(file)).folder == self.folder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_requirements_belong_to_the_folder_above() {
        for (manifest, folder) in [
            ("requirements/base.txt", ""),
            ("api/requirements/prod.txt", "api"),
            ("api/pyproject.toml", "api"),
            ("config/conda/environment.yml", ""),
        ] {
            assert_eq!(project_folder(Path::new(manifest)), Path::new(folder), "{manifest}");
        }
    }

    #[test]
    fn tests_and_examples_are_set_aside() {
        for path in ["tests/app.py", "shop/test_app.py", "a/examples/b/c.py", "conftest.py", "shop/migrations/0001.py"]
        {
            assert!(is_set_aside(Path::new(path)), "{path}");
        }
        for path in ["shop/app.py", "latest/app.py", "contest.py"] {
            assert!(!is_set_aside(Path::new(path)), "{path}");
        }
    }
}
