//! Which of a project's manifests gets the requirement. Read [`choose`] first.

use std::path::{Path, PathBuf};

use changeset::resolve;

use crate::manifest::{Contents, Dialect, Group, Manifest, ReferenceKind};
use crate::require::{Wanted, wanted_line};

/// The manifest that gets the requirement, or what to do where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// One of the manifests.
    Manifest {
        /// Its index among those that were given.
        index: usize,
        /// The files that are compiled from it, and are to be compiled again.
        compiled: Vec<Compiled>,
        /// Why this one.
        reason: String,
    },
    /// A person has to install it.
    Advice {
        /// What to install.
        text: String,
        /// Why.
        reason: String,
    },
}

/// A file that is generated from a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The generated file.
    pub path: PathBuf,
    /// The command in its header, word for word.
    pub command: Option<String>,
}

/// Chooses among the manifests of one project.
///
/// In this order: what `deployed` names (the files that the project's Dockerfile, CI or Procfile installs, the most
/// trusted first), if it has the distribution already or names an anchor; any that has the distribution already; any that
/// names an anchor; any that takes runtime dependencies. Files that must not be edited come last.
///
/// A compiled file stands for its source, a file with `-r` for the one of its chain that names an anchor, a dynamic
/// pyproject.toml for the file it reads, `-e .` for the project in that folder. Files for tests, documentation, linters,
/// constraints and tools are never chosen; a Dockerfile only when there is nothing else.
pub fn choose(manifests: &[Manifest], wanted: &Wanted, deployed: &[PathBuf]) -> Choice {
    let project = Project { manifests, wanted };
    let mut candidates: Vec<usize> = (0..manifests.len()).filter(|&index| project.takes_requirements(index)).collect();
    candidates.sort_by_key(|&index| rank(&manifests[index]));
    let is_last_resort =
        |index: usize| manifests[index].dialect == Dialect::Dockerfile || is_abandoned(manifests[index].path());
    if !candidates.iter().all(|&index| is_last_resort(index)) {
        candidates.retain(|&index| !is_last_resort(index));
    }
    let deployed: Vec<usize> = deployed
        .iter()
        .filter_map(|path| candidates.iter().copied().find(|&index| resolve(manifests[index].path()) == resolve(path)))
        .collect();
    let is_open = |end: usize| manifests[end].contents.closed.is_none();
    let has = |end: usize| project.has_distribution(end);
    let named = |end: usize| project.anchor_in(end).is_some();
    let chosen = project
        .first(&deployed, &|end| is_open(end) && has(end))
        .or_else(|| project.first(&deployed, &|end| is_open(end) && named(end)))
        .or_else(|| project.first(&candidates, &|end| is_open(end) && has(end)))
        .or_else(|| project.first(&candidates, &|end| is_open(end) && named(end)))
        .or_else(|| project.first(&candidates, &|end| has(end) || named(end)))
        .or_else(|| project.first(&deployed, &is_open))
        .or_else(|| project.first(&candidates, &is_open))
        .or_else(|| project.first(&candidates, &|_| true));
    let Some(index) = chosen else {
        return Choice::Advice {
            text: format!("install `{}`", wanted_line(wanted)),
            reason: "no file lists what the program needs to run".to_owned(),
        };
    };
    Choice::Manifest { index, compiled: project.compiled_from(index), reason: project.reason(index) }
}

struct Project<'a> {
    manifests: &'a [Manifest],
    wanted: &'a Wanted,
}

impl Project<'_> {
    /// The first file that `fits` among those that `starts` lead to.
    fn first(&self, starts: &[usize], fits: &dyn Fn(usize) -> bool) -> Option<usize> {
        starts.iter().map(|&start| self.follow(start, &mut Vec::new())).find(|&end| fits(end))
    }

    /// The file that has to be edited so that installing `index` installs more.
    fn follow(&self, index: usize, seen: &mut Vec<usize>) -> usize {
        if seen.contains(&index) {
            return index;
        }
        seen.push(index);
        let manifest = &self.manifests[index];
        if let Some(source) = self.source_of(manifest) {
            return self.follow(source, seen);
        }
        let linked = |kind: ReferenceKind| {
            let references = manifest.references().iter().filter(move |one| one.kind == kind);
            references.flat_map(|one| self.at(&one.path)).filter(|&index| self.takes_requirements(index))
        };
        let dynamic = linked(ReferenceKind::Dynamic).next();
        if let Some(file) = dynamic.filter(|_| manifest.contents.closed.is_some()) {
            return self.follow(file, seen);
        }
        let is_right = |index: usize| self.anchor_in(index).is_some() || self.has_distribution(index);
        if is_right(index) {
            return index;
        }
        let chain = linked(ReferenceKind::Requirements).chain(linked(ReferenceKind::Project));
        let ends: Vec<usize> = chain.map(|next| self.follow(next, seen)).collect();
        let lists_nothing = manifest.declared().is_empty();
        let right = ends.iter().find(|&&end| is_right(end));
        right.or(ends.first().filter(|_| lists_nothing)).copied().unwrap_or(index)
    }

    /// The generated files whose source is `index`.
    fn compiled_from(&self, index: usize) -> Vec<Compiled> {
        let compiled = self.manifests.iter().filter(|manifest| self.source_of(manifest) == Some(index));
        compiled
            .map(|manifest| Compiled {
                path: manifest.path().to_owned(),
                command: manifest.compiled_from().and_then(|from| from.command.clone()),
            })
            .collect()
    }

    fn reason(&self, index: usize) -> String {
        match self.anchor_in(index) {
            _ if self.has_distribution(index) => format!("it lists {} already", self.wanted.distribution),
            Some(anchor) => format!("it lists {anchor}"),
            None => "it lists what the program needs to run".to_owned(),
        }
    }

    /// The manifest that a compiled one is made from: what its header names, else the `.in` file of the same name.
    fn source_of(&self, manifest: &Manifest) -> Option<usize> {
        if manifest.dialect != Dialect::Requirements {
            return None;
        }
        let path = manifest.path();
        let sources = manifest.references().iter().filter(|one| one.kind == ReferenceKind::Source);
        let named = sources.map(|one| one.path.clone());
        let sibling = (path.extension()? == "txt").then(|| path.with_extension("in"));
        let sources: Vec<usize> = named.chain(sibling).flat_map(|path| self.at(&path)).collect();
        let open = sources.iter().copied().filter(|&index| self.takes_requirements(index));
        open.clone().find(|&index| self.anchor_in(index).is_some()).or_else(|| open.clone().next())
    }

    /// The manifests at a path; in it, when it is a folder.
    fn at(&self, path: &Path) -> Vec<usize> {
        let path = resolve(path);
        let own = |index: &usize| resolve(self.manifests[*index].path());
        let is_project = |index: &usize| {
            matches!(self.manifests[*index].dialect, Dialect::Pyproject | Dialect::SetupCfg | Dialect::SetupPy)
        };
        (0..self.manifests.len())
            .filter(|index| own(index) == path || (is_project(index) && own(index).parent() == Some(&path)))
            .collect()
    }

    /// Whether the file lists, or could list, what the program needs to run.
    fn takes_requirements(&self, index: usize) -> bool {
        let contents = self.contents(index);
        let path = resolve(self.manifests[index].path());
        let is_constraint = self
            .manifests
            .iter()
            .flat_map(Manifest::references)
            .any(|one| one.kind == ReferenceKind::Constraints && resolve(&one.path) == path);
        let has_list = contents.lists.iter().any(|list| list.group == Group::Runtime);
        let is_described_elsewhere = contents.closed.is_some() && !contents.references.is_empty();
        !contents.tools_only && !is_constraint && (has_list || is_described_elsewhere)
    }

    /// The anchor that the file's runtime dependencies name.
    fn anchor_in(&self, index: usize) -> Option<&str> {
        let anchors = self.wanted.anchors.iter();
        anchors.map(String::as_str).find(|anchor| self.lists(index, anchor))
    }

    fn has_distribution(&self, index: usize) -> bool {
        self.lists(index, &self.wanted.distribution)
    }

    fn lists(&self, index: usize, distribution: &str) -> bool {
        let mut runtime = self.contents(index).lists.iter().filter(|list| list.group == Group::Runtime);
        runtime.any(|list| list.names_any(&[distribution.to_owned()]))
    }

    fn contents(&self, index: usize) -> &Contents {
        &self.manifests[index].contents
    }
}

/// The order among files of which nothing else says which is the right one: files in use, then by dialect, near the root,
/// sources before compiled files, the usual names first, and by path.
fn rank(manifest: &Manifest) -> (bool, u8, usize, bool, usize, PathBuf) {
    let path = manifest.path();
    let declares = manifest.declared().iter().any(|one| one.group == Group::Runtime);
    let dialect = match manifest.dialect {
        Dialect::Pyproject if declares || manifest.contents.closed.is_some() => 0,
        Dialect::Pipfile | Dialect::Pixi => 1,
        Dialect::Requirements => 2,
        Dialect::SetupCfg => 3,
        Dialect::SetupPy => 4,
        Dialect::Conda => 5,
        Dialect::Pyproject => 6,
        Dialect::Dockerfile => 7,
    };
    let is_source = path.extension().is_some_and(|extension| extension == "in");
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("").to_ascii_lowercase();
    let names = ["requirements", "base", "common", "main", "prod", "production"];
    let name = names.iter().position(|name| stem.ends_with(name)).unwrap_or(names.len());
    (is_abandoned(path), dialect, path.components().count(), !is_source, name, path.to_owned())
}

/// Whether a folder on the way says that nobody uses the file any more.
fn is_abandoned(path: &Path) -> bool {
    let folders = path.parent().into_iter().flat_map(Path::components);
    let mut names = folders.filter_map(|part| part.as_os_str().to_str().map(str::to_ascii_lowercase));
    names.any(|name| {
        matches!(name.as_str(), "old" | "legacy" | "archive" | "archived" | "deprecated" | "attic" | "backup")
    })
}
