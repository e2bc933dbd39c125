//! The texts of configuration files, each read once. Read [`Files`] first.
//! Never complains: a file that is broken is reported by whoever needs it, and says nothing here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::options::Options;
use crate::workspace::Workspace;

/// Configuration files by their path in the workspace.
pub(super) struct Files<'a> {
    pub(super) workspace: &'a Workspace,
    read: RefCell<HashMap<PathBuf, Option<Rc<str>>>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        Self { workspace, read: RefCell::default() }
    }

    /// The text of a file; `None` when there is none, or it is no UTF-8.
    pub(super) fn text(&self, path: &Path) -> Option<Rc<str>> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let text = self.workspace.find(path).and_then(|_| self.workspace.read(path).ok()).and_then(|bytes| {
            let text = String::from_utf8(bytes).ok()?;
            Some(Rc::from(text.strip_prefix('\u{feff}').unwrap_or(&text)))
        });
        self.read.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }

    /// The options in a file, TOML or INI by its name.
    pub(super) fn options(&self, path: &Path) -> Option<Options> {
        let text = self.text(path)?;
        if path.extension().is_some_and(|extension| extension == "toml") {
            Options::of_toml(&text)
        } else {
            Some(Options::of_ini(&text))
        }
    }

    /// The first file around `folder`, nearest folder first and in the order of `names`, in which `read` finds something; with its folder.
    pub(super) fn nearest<T>(
        &self,
        folder: &Path,
        names: &[&str],
        read: impl Fn(&Path, Options) -> Option<T>,
    ) -> Option<T> {
        folder.ancestors().find_map(|folder| {
            names.iter().find_map(|name| {
                let path = folder.join(name);
                read(&path, self.options(&path)?)
            })
        })
    }
}

/// A path that a configuration file in `folder` names; `None` when it leaves the workspace.
pub(super) fn joined(folder: &Path, written: &str) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for part in Path::new(written).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The folder of a file.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}
