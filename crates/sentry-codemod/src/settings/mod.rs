//! What is in force for a project: the command line over the nearest configuration file over what is built in.
//! Read [`Settings`] first, then [`Configurations`].

mod configuration;
mod file;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use globset::{Glob, GlobSet, GlobSetBuilder};
use planner::{Catalogue, Choices};
use python_project::project::is_set_aside;
use python_project::{Problem, Workspace, commands};

use crate::arguments::{ChoiceArguments, SettingsArguments};
use crate::text::slashed;
pub(crate) use configuration::Configuration;
use configuration::ProcessDeclaration;
use file::ConfigurationFile;
pub(crate) use file::OWN_FILE;

/// What is in force for one project.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// What the planner wants to know.
    pub choices: Choices,
    /// Whether changes that move a version somebody chose are made.
    pub unsafe_fixes: bool,
    /// The configuration file that counts for it.
    pub file: Option<PathBuf>,
}

/// The configuration files of a tree.
#[derive(Debug, Default)]
pub(crate) struct Configurations {
    files: Vec<Placed>,
    /// Whether files below the root count as well.
    nested: bool,
}

/// A configuration file and what it counts for.
#[derive(Debug)]
struct Placed {
    file: ConfigurationFile,
    /// The folder that it counts for, seen from the root.
    folder: PathBuf,
    /// Where the root lies, seen from the folder of the file; empty unless the file lies above the root.
    base: PathBuf,
}

impl Configurations {
    /// Reads the file that the user names, or the nearest at the root or above it; those below come with [`Self::read_nested`].
    ///
    /// # Errors
    /// When one cannot be read or used.
    pub(crate) fn around(root: &Path, arguments: &SettingsArguments, catalogue: &Catalogue) -> Result<Self> {
        if arguments.isolated {
            return Ok(Self::default());
        }
        if let Some(path) = &arguments.config {
            let Some(file) = read(path, path, catalogue)? else {
                bail!("`{}` has no table [tool.sentry-codemod]", path.display());
            };
            let placed = Placed { file, folder: PathBuf::new(), base: PathBuf::new() };
            return Ok(Self { files: vec![placed], nested: false });
        }
        let mut above = PathBuf::new();
        for folder in root.ancestors() {
            for name in [OWN_FILE, "pyproject.toml"] {
                let path = folder.join(name);
                if path.is_file()
                    && let Some(file) = read(&path, &above.join(name), catalogue)?
                {
                    let base = root.strip_prefix(folder).unwrap_or(Path::new("")).to_owned();
                    return Ok(Self { files: vec![Placed { file, folder: PathBuf::new(), base }], nested: true });
                }
            }
            if folder.join(".git").exists() {
                break;
            }
            above.push("..");
        }
        Ok(Self { files: Vec::new(), nested: true })
    }

    /// Reads those below the root, save in folders of tests and examples.
    ///
    /// # Errors
    /// When one cannot be read or used.
    pub(crate) fn read_nested(&mut self, workspace: &Workspace, catalogue: &Catalogue) -> Result<()> {
        if !self.nested {
            return Ok(());
        }
        // In one folder our own file comes first, and the first one found counts.
        let named = |name: &'static str| workspace.other_files().filter(move |file| file.path.ends_with(name));
        let files = named(OWN_FILE).chain(named("pyproject.toml")).map(|file| &file.path);
        for path in files.filter(|path| !is_set_aside(path)) {
            let folder = path.parent().unwrap_or(Path::new(""));
            if folder == Path::new("") || self.files.iter().any(|placed| placed.folder == folder) {
                continue;
            }
            let text = workspace.read(path).map_err(refused)?;
            let file = ConfigurationFile::parse(path, &text, catalogue).map_err(refused)?;
            self.files.extend(file.map(|file| Placed { file, folder: folder.to_owned(), base: PathBuf::new() }));
        }
        Ok(())
    }

    /// The configuration that counts for a folder: the nearest.
    fn nearest(&self, folder: &Path) -> Option<&ConfigurationFile> {
        let around = self.files.iter().filter(|placed| folder.starts_with(&placed.folder));
        around.max_by_key(|placed| placed.folder.components().count()).map(|placed| &placed.file)
    }

    /// What is in force for the project in a folder.
    pub(crate) fn settings(&self, folder: &Path, choices: &ChoiceArguments, unsafe_fixes: bool) -> Settings {
        let file = self.nearest(folder);
        let built_in = Configuration::default();
        let configuration = file.map_or(&built_in, |file| &file.configuration);
        Settings {
            choices: choices.over(configuration),
            unsafe_fixes: unsafe_fixes || configuration.unsafe_fixes == Some(true),
            file: file.map(|file| file.path.clone()),
        }
    }

    /// What is not looked at, by those who say so for a folder.
    pub(crate) fn exclusions(&self) -> Vec<Exclusion> {
        let excluding = self.files.iter().filter(|placed| !placed.file.configuration.exclude.is_empty());
        let exclusion =
            |placed: &Placed| Exclusion::of(&placed.folder, &placed.base, &placed.file.configuration.exclude);
        excluding.map(exclusion).collect()
    }

    /// Tells the workspace of the processes that files declare.
    ///
    /// # Errors
    /// When a command cannot be read as a shell would.
    pub(crate) fn declare(&self, workspace: &mut Workspace) -> Result<()> {
        for Placed { file, folder, base } in &self.files {
            // A file above the root, or one that the user names, counts as if it lay at the root.
            let name = file.path.file_name().unwrap_or(file.path.as_os_str());
            let path = folder.join(name);
            for ((name, declared), line) in file.configuration.process.iter().zip(&file.process_lines) {
                let (command, folder) = match declared {
                    ProcessDeclaration::Command(command) => (command, ""),
                    ProcessDeclaration::InFolder(process) => {
                        (&process.command, process.folder.as_deref().unwrap_or(""))
                    }
                };
                // What is started elsewhere than below the root is no business of this run.
                let Ok(folder) = Path::new(folder).strip_prefix(base) else { continue };
                let folder = Some(slashed(folder)).filter(|folder| !folder.is_empty());
                let commands = commands::own_command(name, *line, command, folder)
                    .map_err(|error| refused(Problem::new(file.path.clone(), error.message).at(error.line, 1)))?;
                commands.into_iter().for_each(|command| workspace.declare(&path, command));
            }
        }
        Ok(())
    }
}

fn read(path: &Path, shown: &Path, catalogue: &Catalogue) -> Result<Option<ConfigurationFile>> {
    let text = python_project::read(path)
        .map_err(|error| anyhow::anyhow!("cannot read the configuration `{}`: {error}", path.display()))?;
    ConfigurationFile::parse(shown, &text, catalogue).map_err(refused)
}

fn refused(problem: Problem) -> anyhow::Error {
    match &problem.help {
        Some(help) => anyhow::anyhow!("{problem}\n  help: {help}"),
        None => anyhow::anyhow!("{problem}"),
    }
}

/// Globs that count below a folder.
#[derive(Debug, Clone)]
pub(crate) struct Exclusion {
    folder: PathBuf,
    /// Where the root lies, seen from the place that the globs are seen from, when that is above the root.
    base: PathBuf,
    globs: GlobSet,
}

impl Exclusion {
    /// Takes the globs as people mean them: one without a `/` matches at any depth, a folder with all below it.
    fn of(folder: &Path, base: &Path, globs: &[String]) -> Self {
        let mut set = GlobSetBuilder::new();
        let anywhere =
            |glob: &String| if glob.trim_end_matches('/').contains('/') { glob.clone() } else { format!("**/{glob}") };
        for glob in globs.iter().map(anywhere) {
            let glob = glob.trim_start_matches("./").trim_end_matches('/').to_owned();
            for glob in [format!("{glob}/**"), glob] {
                // Their form was checked where they were read.
                if let Ok(glob) = Glob::new(&glob) {
                    set.add(glob);
                }
            }
        }
        Self { folder: folder.to_owned(), base: base.to_owned(), globs: set.build().unwrap_or_default() }
    }

    /// The globs of the command line, seen from the current folder.
    pub(crate) fn typed(root: &Path, globs: &[String]) -> Option<Self> {
        if globs.is_empty() {
            return None;
        }
        let here = std::env::current_dir().unwrap_or_default();
        Some(match (root.strip_prefix(&here), here.strip_prefix(root)) {
            (Ok(base), _) => Self::of(Path::new(""), base, globs),
            (_, Ok(folder)) => Self::of(folder, Path::new(""), globs),
            _ => Self::of(Path::new(""), Path::new(""), globs),
        })
    }

    /// Whether a path, seen from the root, is not looked at.
    pub(crate) fn covers(&self, path: &Path) -> bool {
        path.strip_prefix(&self.folder).is_ok_and(|below| self.globs.is_match(self.base.join(below)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_mean_what_people_mean() {
        let exclusion =
            Exclusion::of(Path::new("web"), Path::new(""), &["legacy".into(), "*_old.py".into(), "tools/gen/".into()]);
        for path in ["web/legacy", "web/legacy/app.py", "web/a/legacy/b.py", "web/a/b_old.py", "web/tools/gen/x.py"] {
            assert!(exclusion.covers(Path::new(path)), "{path}");
        }
        for path in ["legacy/app.py", "web/legacy.py", "web/a/tools/gen/x.py", "web/tools/generate.py"] {
            assert!(!exclusion.covers(Path::new(path)), "{path}");
        }
    }
}
