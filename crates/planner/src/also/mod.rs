//! What a system needs in addition to init: each word of a rule is the file of that name. Read [`also`] first.

mod documented;
mod env_example;
mod jobs;
mod listener;
mod monitor;
mod names;
mod settings_file;
mod wrap;

pub(crate) use documented::documented;
pub use env_example::is_env_example;
pub(crate) use names::assigns;
use python_project::Workspace;
pub(crate) use wrap::wrap;

use crate::addition::Addition;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::fix::{FileEdits, NewFile};
use crate::placement::InitSite;
use crate::recommend::Recommendation;

/// What comes in addition, and what is left to a person.
#[derive(Debug, Clone, Default)]
pub struct Also {
    /// Code for modules.
    pub additions: Vec<Addition>,
    /// Files that are not there yet.
    pub created: Vec<NewFile>,
    /// Edits of other files than modules.
    pub files: Vec<FileEdits>,
    /// What could not be decided.
    pub diagnostics: Vec<Diagnostic>,
}

/// What the systems of the processes that get an init need beside it, and of commands that load nothing in which one could stand.
pub fn also(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    recommendation: &Recommendation,
    sites: &[InitSite],
) -> Also {
    let mut also = settings_file::settings_files(catalogue, workspace, facts, recommendation);
    let covered: Vec<_> =
        sites.iter().flat_map(|site| &site.processes).map(|number| &facts.processes[*number]).collect();
    also.append(monitor::monitors(catalogue, workspace, facts, recommendation, &covered));
    let processes =
        sites.iter().flat_map(|site| site.processes.iter().map(move |number| (*number, site.hook.is_some())));
    for (process, has_hook) in processes {
        let process = &facts.processes[process];
        for number in catalogue.systems_of(process) {
            let system = &catalogue.systems[number];
            if let Some(class) = &system.wrap {
                also.add(wrap(workspace, facts, process, number, class));
            }
            if let Some(hook) = system.listener.as_ref().filter(|_| !has_hook) {
                also.add(listener::listener(workspace, facts, process, (number, system), hook));
            }
        }
    }
    let reads_variable = !recommendation.options.iter().any(|option| option.name == "dsn");
    if reads_variable && (!sites.is_empty() || also.starts_more()) {
        also.files.extend(env_example::env_examples(workspace, facts));
    }
    also
}

impl Also {
    /// Whether something that runs gets an init by it.
    pub fn starts_more(&self) -> bool {
        !self.created.is_empty() || !self.files.is_empty()
    }

    fn append(&mut self, (additions, diagnostics): (Vec<Addition>, Vec<Diagnostic>)) {
        self.additions.extend(additions);
        self.diagnostics.extend(diagnostics);
    }

    /// Two processes may need the same thing; it is done once.
    fn add(&mut self, found: Result<Option<Addition>, Diagnostic>) {
        match found {
            Ok(Some(addition)) if !self.additions.contains(&addition) => self.additions.push(addition),
            Ok(_) => {}
            Err(diagnostic) => self.diagnostics.push(diagnostic),
        }
    }
}
