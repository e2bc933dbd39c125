//! How a sorter sorts the imports of a file, whichever sorter it is. Read [`Sorting`] first. Never reads a file.

use std::collections::BTreeSet;
use std::path::PathBuf;

use python_source::{SorterOptions, is_standard_library};

use crate::workspace::Workspace;

/// What a sorter's configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sorting {
    /// The folders whose modules are the project's own.
    pub(super) roots: Vec<PathBuf>,
    /// Modules that are called first party, dotted perhaps.
    pub(super) first_party: Vec<String>,
    /// Modules that are called third party, dotted perhaps.
    pub(super) third_party: Vec<String>,
    pub(super) options: SorterOptions,
}

impl Sorting {
    /// The top-level names that count as third party.
    pub(super) fn third_party(&self) -> BTreeSet<String> {
        top_level(&self.third_party)
    }

    /// The top-level names that count as the project's own: what is called so, and what lies in its folders and is called nothing else.
    pub(super) fn first_party(&self, workspace: &Workspace) -> BTreeSet<String> {
        let third_party = self.third_party();
        let mut found = workspace.top_level_names(&self.roots);
        found.retain(|name| !third_party.contains(name) && !is_standard_library(name));
        found.extend(top_level(&self.first_party));
        found
    }
}

/// The first part of each module. A name with a wildcard in its first part names nothing that is known.
pub(super) fn top_level(modules: &[String]) -> BTreeSet<String> {
    let tops = modules.iter().filter_map(|module| module.split('.').next());
    tops.filter(|top| !top.is_empty() && !top.contains('*')).map(str::to_owned).collect()
}
