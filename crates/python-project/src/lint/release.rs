//! Which release of ruff a project runs, as far as its default rules depend on it. Read [`NewestRuff`] first.
//! Never asks a registry: without a hint it is the newest.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use python_manifest::Lock;

use super::files::folder_of;
use crate::workspace::Workspace;

/// The newest release of ruff that a project lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NewestRuff {
    /// Up to 0.15 the default rules are `E4`, `E7`, `E9` and `F`.
    Before016,
    /// From 0.16 on they are a list of their own, in which `I001` is and `E402` is not.
    Since016,
}

impl NewestRuff {
    /// From the lock file, else the hook's release, else the version that is asked for; without a hint, the newest there is.
    pub(super) fn of(workspace: &Workspace, folder: &Path, hook: Option<&str>, asked: &[&str]) -> Self {
        let exact = locked(workspace, folder).or_else(|| Version::from_str(hook?).ok());
        let is_since = match exact {
            Some(version) => version >= changed(),
            None => asked.iter().all(|specifier| lets_in_the_change(specifier)),
        };
        if is_since { Self::Since016 } else { Self::Before016 }
    }

    /// Whether a rule is checked without being named.
    pub(super) fn checks_by_default(&self, rule: &str) -> bool {
        match self {
            Self::Before016 => ["E4", "E7", "E9", "F"].iter().any(|prefix| rule.starts_with(prefix)),
            Self::Since016 => rule == "I001",
        }
    }
}

/// The release with which the default rules changed.
fn changed() -> Version {
    Version::new([0, 16])
}

/// Whether a specifier lets in a release with the new default rules; one that cannot be read does.
fn lets_in_the_change(specifier: &str) -> bool {
    let Ok(specifiers) = VersionSpecifiers::from_str(specifier) else {
        // Poetry's `^0.4`, `~0.4` and `0.4` let in no later minor release while the major one is 0.
        let floor = Version::from_str(specifier.trim_start_matches(['^', '~', '=']));
        return floor.map_or(true, |floor| floor >= changed());
    };
    let named = specifiers.iter().map(|clause| clause.version().clone());
    let mut telling = named.chain([changed(), Version::new([999])]).filter(|version| *version >= changed());
    telling.any(|version| specifiers.contains(&version))
}

/// The version of ruff in the nearest lock file that has one.
fn locked(workspace: &Workspace, folder: &Path) -> Option<Version> {
    folder.ancestors().find_map(|folder| {
        let beside = |path: &&PathBuf| folder_of(path) == folder && python_manifest::is_lock(path);
        workspace.other_files().map(|file| &file.path).filter(beside).find_map(|path| {
            let lock = Lock::read(path, workspace.read(path).ok()?.to_vec()).ok()??;
            lock.version_of("ruff")?.parse().ok()
        })
    })
}
