//! Paths on paper: where they lead from a root, without a look at a disk. Read [`resolve`] first.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// A path without `.`, and without `..` as far as it does not leave the root that it is seen from. The root itself is the
/// empty path.
///
/// One that leaves the root goes on beginning with `..` or `/`, so it names no file below the root.
///
/// ```
/// # use std::path::Path;
/// # use changeset::resolve;
/// assert_eq!(resolve("web/./app/../base.txt"), Path::new("web/base.txt"));
/// assert_eq!(resolve("web/../../base.txt"), Path::new("../base.txt"));
/// ```
pub fn resolve(path: impl AsRef<Path>) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.as_ref().components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if resolved.file_name().is_some() => {
                resolved.pop();
            }
            // What lies above the top of a file system is that top.
            Component::ParentDir if resolved.has_root() => {}
            other => resolved.push(other),
        }
    }
    resolved
}

/// Whether a path is made of names alone and so cannot lead out of the folder that it is joined to.
pub(crate) fn is_plain(path: &Path) -> bool {
    path != OsStr::new("") && path.components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_root_can_be_told_from_what_does_not() {
        for (path, resolved) in [
            ("", ""),
            (".", ""),
            ("./a", "a"),
            ("a/..", ""),
            ("a/b/../../c", "c"),
            ("..", ".."),
            ("../a", "../a"),
            ("a/../../b/../c", "../c"),
            ("../../a", "../../a"),
            ("/a/../../b", "/b"),
            ("a//b/", "a/b"),
        ] {
            assert_eq!(resolve(path), Path::new(resolved), "{path}");
        }
    }
}
