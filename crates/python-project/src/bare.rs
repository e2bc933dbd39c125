//! Declared commands that start a known program and name nothing of the project for it to load. Read [`BareCommand`] first.
//! They are no processes here: nothing of the project is known to run in them.

use std::path::{Path, PathBuf};

use python_manifest::resolve;

use crate::commands::{DeclaredCommand, Declares, Trust};
use crate::launch;
use crate::project::{Project, project_of};
use crate::vocabulary::{Launcher, Target, Vocabulary};
use crate::workspace::Workspace;

/// A command such as `rq worker high low`, whose program takes a module of the project by an option that is not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BareCommand {
    /// What the file calls it.
    pub name: String,
    /// The words of its launcher.
    pub launcher: Vec<String>,
    /// The command line.
    pub command: String,
    /// The file that declares it.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// Whether production runs it, as far as the file's name tells.
    pub deployed: bool,
    /// The folder of the workspace that it starts in; `None` when that cannot be told.
    pub folder: Option<PathBuf>,
}

/// The bare commands of all deployment files, in path order. Files that cannot be read declare none: [`processes`](crate::process::processes) tells of them.
pub fn bare_commands(workspace: &Workspace, vocabulary: &Vocabulary, projects: &[Project]) -> Vec<BareCommand> {
    let files = workspace.deployment_files().iter().map(|file| (workspace.path(*file), workspace.declared_in(*file)));
    let declared = files.filter_map(|(path, declared)| Some((path, declared.ok()?)));
    let declared = declared.flat_map(|(path, declared)| {
        let bare = declared.iter().filter_map(|command| bare(workspace, vocabulary, projects, path, command));
        bare.collect::<Vec<_>>()
    });
    let own = workspace.own_commands().iter();
    own.filter_map(|(path, command)| bare(workspace, vocabulary, projects, path, command)).chain(declared).collect()
}

fn bare(
    workspace: &Workspace,
    vocabulary: &Vocabulary,
    projects: &[Project],
    path: &Path,
    command: &DeclaredCommand,
) -> Option<BareCommand> {
    if command.kind != Declares::Command {
        return None;
    }
    let (launcher, words) = launch::launcher_of(vocabulary, &command.argv)?;
    names_nothing(launcher, words).then(|| BareCommand {
        name: command.name.clone(),
        launcher: launcher.command.clone(),
        command: command.argv.join(" "),
        path: path.to_owned(),
        line: command.line,
        deployed: command.trust == Trust::Deployed,
        folder: folder(workspace, projects, path, command),
    })
}

fn names_nothing(launcher: &Launcher, words: &[String]) -> bool {
    match &launcher.target {
        Target::Option(options) => options.iter().all(|option| launch::option_value(words, option).is_none()),
        _ => false,
    }
}

/// A module that is not found there would stop the program, so a folder of an image counts as the image's root, unless it may as well
/// be the folder of that name in the repository: then it is not known.
fn folder(workspace: &Workspace, projects: &[Project], path: &Path, command: &DeclaredCommand) -> Option<PathBuf> {
    let beside = path.parent().unwrap_or(Path::new(""));
    let base = match &command.build_context {
        Some(context) => resolve(beside.join(context)),
        None if command.trust == Trust::Deployed && workspace.has_python(beside) => beside.to_owned(),
        None => project_of(projects, path).folder.clone(),
    };
    let Some(cwd) = command.cwd.as_deref().map(Path::new) else { return Some(base) };
    if cwd.is_relative() {
        return Some(resolve(base.join(cwd)));
    }
    let same_name = cwd.file_name().is_some_and(|name| workspace.has_python(&base.join(name)));
    (!same_name).then_some(base)
}
