//! Which of a project's manifests gets the requirement. Read [`choose`] first.

use std::path::{Path, PathBuf};

use crate::manifest::{Contents, Dialect, Group, Manifest, ReferenceKind};
use crate::paths::resolve;
use crate::require::{Wanted, wanted_line};

/// The manifest that gets the requirement, or what to do where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// One of the manifests.
    Manifest {
        /// Its index among those that were given.
        index: usize,
        /// The command that makes the files which are compiled from it.
        refresh: Option<String>,
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

/// Chooses among the manifests of one project.
///
/// In this order: what `deployed` names (the files that the project's Dockerfile, CI or Procfile installs, the most
/// trusted first), if it has the distribution already or names an anchor; any that has the distribution already; any that
/// names an anchor; any that takes runtime dependencies. A compiled file stands for its source, a file with `-r` for the one of its chain that
/// names an anchor, a dynamic pyproject.toml for the file it reads, `-e .` for the project in that folder. Files for
/// tests, documentation, linters, constraints and tools are never chosen; a Dockerfile only when there is nothing else.
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
    let named = wanted.anchors.first().map_or("the framework", String::as_str);
    let chosen = project
        .first(&deployed, &|end| project.has_distribution(end), "the deployment installs it")
        .or_else(|| project.first(&deployed, &|end| project.names_anchor(end), "the deployment installs it"))
        .or_else(|| {
            project.first(&candidates, &|end| project.has_distribution(end), "it lists the distribution already")
        })
        .or_else(|| project.first(&candidates, &|end| project.names_anchor(end), &format!("it lists {named}")))
        .or_else(|| project.first(&deployed, &|_| true, "the deployment installs it"))
        .or_else(|| project.first(&candidates, &|_| true, "it lists what the program needs"));
    chosen.unwrap_or_else(|| Choice::Advice {
        text: format!("install `{}`", wanted_line(wanted)),
        reason: "no file lists what the program needs to run".to_owned(),
    })
}

struct Project<'a> {
    manifests: &'a [Manifest],
    wanted: &'a Wanted,
}

/// Where following a manifest ends, and the command that brings the files on the way up to date.
struct End {
    index: usize,
    refresh: Option<String>,
}

impl Project<'_> {
    /// The first of `starts` that leads to a file which `fits`; files that can be edited come before those that cannot.
    fn first(&self, starts: &[usize], fits: &dyn Fn(usize) -> bool, reason: &str) -> Option<Choice> {
        let ends: Vec<End> = starts.iter().map(|&start| self.follow(start, &mut Vec::new())).collect();
        let fitting = || ends.iter().filter(|end| fits(end.index));
        let end = fitting().find(|end| self.contents(end.index).closed.is_none()).or_else(|| fitting().next())?;
        Some(Choice::Manifest { index: end.index, refresh: end.refresh.clone(), reason: reason.to_owned() })
    }

    /// The file that has to be edited so that installing `index` installs more.
    fn follow(&self, index: usize, seen: &mut Vec<usize>) -> End {
        let here = End { index, refresh: None };
        if seen.contains(&index) {
            return here;
        }
        seen.push(index);
        let manifest = &self.manifests[index];
        if let Some(source) = self.source_of(manifest) {
            let end = self.follow(source, seen);
            let command = manifest.compiled_from().and_then(|from| from.command.clone());
            return End { refresh: end.refresh.or(command), ..end };
        }
        let linked = |kind: ReferenceKind| {
            let references = manifest.references().iter().filter(move |one| one.kind == kind);
            references.flat_map(|one| self.at(&one.path)).filter(|&index| self.takes_requirements(index))
        };
        let dynamic = linked(ReferenceKind::Dynamic).next();
        if let Some(file) = dynamic.filter(|_| manifest.contents.closed.is_some()) {
            return self.follow(file, seen);
        }
        if self.names_anchor(index) || self.has_distribution(index) {
            return here;
        }
        let chain = linked(ReferenceKind::Requirements).chain(linked(ReferenceKind::Project));
        let ends: Vec<End> = chain.map(|next| self.follow(next, seen)).collect();
        let is_empty = manifest.declared().is_empty();
        let anchored = ends.iter().position(|end| self.has_distribution(end.index) || self.names_anchor(end.index));
        let next = anchored.or(if is_empty && !ends.is_empty() { Some(0) } else { None });
        next.and_then(|next| ends.into_iter().nth(next)).unwrap_or(here)
    }

    /// The manifest that a compiled one is made from: what its header names, else the `.in` file of the same name.
    fn source_of(&self, manifest: &Manifest) -> Option<usize> {
        if manifest.dialect != Dialect::Requirements {
            return None;
        }
        let path = manifest.path();
        let folder = path.parent().unwrap_or(Path::new(""));
        let named = manifest.compiled_from().map(|from| from.sources.as_slice()).unwrap_or_default();
        // The command ran in the folder of the file or in the root.
        let places = named.iter().flat_map(|source| {
            let name = source.file_name().map(PathBuf::from).unwrap_or_default();
            [source.clone(), folder.join(source), folder.join(name)]
        });
        let sibling = (path.extension()? == "txt").then(|| path.with_extension("in"));
        let sources: Vec<usize> = places.chain(sibling).flat_map(|place| self.at(&place)).collect();
        let open = sources.iter().copied().filter(|&index| self.takes_requirements(index));
        open.clone().find(|&index| self.names_anchor(index)).or_else(|| open.clone().next())
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

    fn names_anchor(&self, index: usize) -> bool {
        let runtime = self.contents(index).lists.iter().filter(|list| list.group == Group::Runtime);
        runtime.into_iter().any(|list| list.names_any(&self.wanted.anchors))
    }

    fn has_distribution(&self, index: usize) -> bool {
        let own = [self.wanted.distribution.clone()];
        let runtime = self.contents(index).lists.iter().filter(|list| list.group == Group::Runtime);
        runtime.into_iter().any(|list| list.names_any(&own))
    }

    fn contents(&self, index: usize) -> &Contents {
        &self.manifests[index].contents
    }
}

/// The order among files of which nothing else says which is the right one.
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
