//! Configuration files around a Python file. Read [`nearest`] first.
//! Never complains: a file that is broken is reported by whoever needs it, and says nothing here.

use std::path::{Path, PathBuf};

use python_manifest::resolve;

use super::options::Options;
use crate::workspace::Workspace;

/// The text of a file; `None` when there is none, or it is no UTF-8.
pub(super) fn text(workspace: &Workspace, path: &Path) -> Option<String> {
    workspace.find(path)?;
    let bytes = workspace.read(path).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

/// The options in a file, TOML or INI by its name.
pub(super) fn options(workspace: &Workspace, path: &Path) -> Option<Options> {
    let text = text(workspace, path)?;
    if path.extension().is_some_and(|extension| extension == "toml") {
        Options::of_toml(&text)
    } else {
        Some(Options::of_ini(&text))
    }
}

/// What `read` finds first: in the nearest folder around `folder` (itself included), and there in the order of `names`.
pub(super) fn nearest<T>(
    workspace: &Workspace,
    folder: &Path,
    names: &[&str],
    read: impl Fn(&Path, Options) -> Option<T>,
) -> Option<T> {
    folder.ancestors().find_map(|folder| {
        names.iter().find_map(|name| {
            let path = folder.join(name);
            read(&path, options(workspace, &path)?)
        })
    })
}

/// A path that a configuration file in `folder` names; `None` when it leaves the workspace.
pub(super) fn joined(folder: &Path, written: &str) -> Option<PathBuf> {
    let path = resolve(folder.join(written));
    let is_below = !path.has_root() && !path.starts_with("..");
    is_below.then_some(path)
}

/// The folder of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}
