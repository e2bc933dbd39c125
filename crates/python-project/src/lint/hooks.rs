//! The hooks of a `.pre-commit-config.yaml`: a tool may be used without a configuration of its own. Read [`Hooks`] first.

use std::path::Path;

use super::files::text;
use super::options::Options;
use crate::commands::yaml::{self, Node};
use crate::workspace::Workspace;

/// The name of the file.
pub(super) const NAME: &str = ".pre-commit-config.yaml";

/// The hooks of the nearest file, none when there is none.
#[derive(Default)]
pub(super) struct Hooks(Vec<Hook>);

/// A tool that runs before each commit.
pub(super) struct Hook {
    id: String,
    /// The release that runs, when the tag says it.
    pub(super) release: Option<String>,
    /// Its command line.
    pub(super) arguments: Options,
}

impl Hooks {
    /// The hooks for the files of a folder.
    pub(super) fn around(workspace: &Workspace, folder: &Path) -> Self {
        let nearest = folder.ancestors().find_map(|folder| text(workspace, &folder.join(NAME)));
        let documents = nearest.and_then(|text| yaml::documents(&text).ok()).unwrap_or_default();
        let repositories = documents.iter().filter_map(|document| document.get("repos")).flat_map(Node::items);
        Self(repositories.flat_map(hooks_of).collect())
    }

    /// The hook with one of these names.
    pub(super) fn find(&self, ids: &[&str]) -> Option<&Hook> {
        self.0.iter().find(|hook| ids.contains(&hook.id.as_str()))
    }

    /// The command line of the hook with one of these names.
    pub(super) fn arguments(&self, ids: &[&str]) -> Option<&Options> {
        self.find(ids).map(|hook| &hook.arguments)
    }
}

fn hooks_of(repository: &Node) -> impl Iterator<Item = Hook> {
    let release = repository.text_at("rev").map(|tag| tag.trim_start_matches('v').to_owned());
    let hooks = repository.get("hooks").map_or(&[][..], Node::items);
    hooks.iter().filter_map(move |hook| {
        let arguments = hook.get("args").map(Node::texts).unwrap_or_default();
        let id = hook.text_at("id")?.to_owned();
        Some(Hook { id, release: release.clone(), arguments: Options::of_arguments(&arguments) })
    })
}
