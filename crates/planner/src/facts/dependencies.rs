//! What manifests and lock files say, and the release of the SDK that follows from it. Read [`read_manifests`], then [`sdk_in_force`].

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use python_manifest::{Declared, Group, Lock, Manifest, ReferenceKind};
use python_project::project::Project;
use python_project::{Problem, Workspace};

use super::{Ground, SdkInForce};
use crate::catalogue::Catalogue;
use crate::version;

/// The SDK's name in a manifest.
pub(super) const SDK_DISTRIBUTION: &str = "sentry-sdk";

/// The manifests of the project, and the files they refer to.
pub(super) fn read_manifests(workspace: &Workspace, project: &Project) -> (Vec<Manifest>, Vec<Problem>) {
    let (mut manifests, mut problems) = (Vec::new(), Vec::new());
    for path in &project.manifests {
        match workspace.read(path).and_then(|bytes| Manifest::read(path, bytes.to_vec()).map_err(manifest_problem)) {
            Ok(manifest) => manifests.extend(manifest),
            Err(problem) => problems.push(problem),
        }
    }
    let mut number = 0;
    while let Some(manifest) = manifests.get(number) {
        let referred: Vec<PathBuf> = manifest
            .references()
            .iter()
            .filter(|reference| {
                matches!(
                    reference.kind,
                    ReferenceKind::Requirements | ReferenceKind::Constraints | ReferenceKind::Dynamic
                )
            })
            .map(|reference| reference.path.clone())
            .filter(|path| !manifests.iter().any(|known| known.path() == path))
            .collect();
        for path in referred {
            // A missing file is the installer's complaint to make.
            let Ok(bytes) = workspace.read(&path) else { continue };
            match Manifest::read_reference(&path, bytes.to_vec()) {
                Ok(manifest) => manifests.push(manifest),
                Err(error) => problems.push(manifest_problem(error)),
            }
        }
        number += 1;
    }
    (manifests, problems)
}

fn manifest_problem(error: python_manifest::ManifestError) -> Problem {
    Problem::new(error.path, error.message).at(error.line, error.column).help(error.help)
}

/// The lock files of the project, or of the workspace that it is a member of, and requirements files that were compiled.
pub(super) fn read_locks(
    workspace: &Workspace,
    project: &Project,
    manifests: &[Manifest],
) -> (Vec<Lock>, Vec<Problem>) {
    let (mut locks, mut problems) = (Vec::new(), Vec::new());
    let around: Vec<&Path> = project.folder.ancestors().collect();
    for file in workspace.other_files() {
        let beside = file.path.parent().is_some_and(|folder| around.contains(&folder));
        if !beside || !python_manifest::is_lock(&file.path) {
            continue;
        }
        match workspace
            .read(&file.path)
            .and_then(|bytes| Lock::read(&file.path, bytes.to_vec()).map_err(manifest_problem))
        {
            Ok(lock) => locks.extend(lock.filter(|lock| is_locked_by(project, manifests, lock))),
            Err(problem) => problems.push(problem),
        }
    }
    locks.extend(manifests.iter().filter_map(Lock::of_requirements));
    (locks, problems)
}

/// A lock file of a folder above holds what the project installs only when it names the project.
fn is_locked_by(project: &Project, manifests: &[Manifest], lock: &Lock) -> bool {
    let names = || manifests.iter().filter_map(Manifest::project_name);
    lock.path().parent() == Some(project.folder.as_path()) || names().any(|name| lock.version_of(name).is_some())
}

pub(super) fn sdk_in_force(
    catalogue: &Catalogue,
    declared: &[(PathBuf, Declared)],
    locks: &[Lock],
    chosen: Option<Version>,
) -> SdkInForce {
    if let Some(version) = chosen {
        return SdkInForce { version, fixed: true, ground: Ground::Chosen };
    }
    for lock in locks {
        if let Some(version) = lock.version_of(SDK_DISTRIBUTION).and_then(|text| text.parse().ok()) {
            return SdkInForce { version, fixed: true, ground: Ground::Locked(lock.path().to_owned()) };
        }
    }
    let asked = declared.iter().filter(|(_, one)| {
        one.distribution == SDK_DISTRIBUTION && matches!(one.group, Group::Runtime | Group::Constraint)
    });
    // A bound in a constraints file is as good as one in the list itself.
    let lowest = asked
        .filter_map(|(path, one)| Some((version::lowest(&one.specifier)?, path, one)))
        .max_by(|a, b| a.0.cmp(&b.0));
    match lowest {
        Some((version, path, one)) => SdkInForce {
            fixed: version::is_exact(&one.specifier),
            version,
            ground: Ground::Declared { path: path.clone(), line: one.line, specifier: one.specifier.clone() },
        },
        None => SdkInForce { version: catalogue.sdk.newest.clone(), fixed: false, ground: Ground::Newest },
    }
}
