//! Declared commands that a clock starts: lines of crontabs, Kubernetes' `CronJob`. Read [`clock_commands`] first.

use std::path::PathBuf;

use crate::launch;
use crate::project::Project;
use crate::vocabulary::Vocabulary;
use crate::workspace::Workspace;

/// A command that starts one of the workspace's modules at certain times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockCommand {
    /// The command line.
    pub command: String,
    /// When, as the file writes it: `0 3 * * *`.
    pub schedule: String,
    /// The file that declares it.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The file that it loads first, relative to the workspace.
    pub entry: PathBuf,
}

/// The commands in path order. Files that cannot be read declare none: [`processes`](crate::process::processes) tells of them.
pub fn clock_commands(workspace: &Workspace, vocabulary: &Vocabulary, projects: &[Project]) -> Vec<ClockCommand> {
    let mut found = Vec::new();
    for file in workspace.deployment_files() {
        let path = workspace.path(*file);
        let Ok(declared) = workspace.declared_in(*file) else { continue };
        found.extend(declared.iter().filter_map(|command| {
            let schedule = command.schedule.clone()?;
            let launch = launch::launch(workspace, vocabulary, projects, path, command)?;
            Some(ClockCommand {
                command: command.argv.join(" "),
                schedule,
                path: path.to_owned(),
                line: command.line,
                entry: workspace.path(launch.file).to_owned(),
            })
        }));
    }
    found
}
