//! The processes that a workspace runs: those its deployment files declare, those that conventions start, and those that must exist
//! because something builds an object that nothing else reaches. Read [`Process`] first, then [`processes`].

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;

use crate::commands::{DeclaredCommand, Declares, Trust};
use crate::launch::{self, Launch};
use crate::problem::Problem;
use crate::project::{self, Project, project_of};
use crate::sketch;
use crate::trace::{self, Entry, Start, Trace};
use crate::vocabulary::Vocabulary;
use crate::walk::Words;
use crate::workspace::{File, FileId, Workspace};

/// One kind of process that the project runs.
#[derive(Debug, Clone)]
pub struct Process {
    /// `web`, `worker` ... as a deployment file calls it, else the file's name.
    pub name: String,
    /// What it is for, as its launcher says; empty when no launcher is known.
    pub role: String,
    /// The words of its launcher, as the vocabulary has them: `rq worker`; empty when no launcher is known.
    pub launcher: String,
    /// The command line, or what it is likely to be.
    pub command: String,
    /// How it is known.
    pub origin: Origin,
    /// The file that it loads first.
    pub entry: FileId,
    /// How it starts.
    pub start: Start,
    /// What it does when it starts.
    pub trace: Trace,
}

/// How a process is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A deployment file declares it.
    Declared {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Whether production runs it, as far as the file's name tells.
        deployed: bool,
    },
    /// A file of that name, or with a `__main__` guard, is a program by convention.
    Conventional,
    /// Something is built there, and no other process builds it.
    Inferred,
    /// The user pointed at the file.
    Pointed,
}

/// All processes of the workspace, project by project, each in the order: declared, conventional, inferred. Problems are deployment files
/// that could not be read. When the user points at a file, the processes that start with it are all.
pub fn processes(
    workspace: &Workspace,
    vocabulary: &Vocabulary,
    projects: &[Project],
    pointed_at: Option<FileId>,
) -> (Vec<Process>, Vec<Problem>) {
    let mut search = ProcessSearch::new(workspace, vocabulary, projects, pointed_at);
    let found = projects.iter().flat_map(|project| search.of_project(project)).collect();
    (found, search.problems)
}

/// The processes of one project after the other, so that what only one of them needs can be forgotten.
pub struct ProcessSearch<'a> {
    workspace: &'a Workspace,
    vocabulary: &'a Vocabulary,
    projects: &'a [Project],
    /// Those that deployment files declare, or that the user points at; of projects that were not asked for yet.
    declared: Vec<Process>,
    /// Whether these are all.
    is_pointed: bool,
    /// Those of the project that is being searched.
    found: Vec<Process>,
    problems: Vec<Problem>,
    /// The expressions that build something which a process found so far serves.
    built: HashSet<(FileId, usize)>,
    /// The names of modules that hold a word of the vocabulary; `None` when there are none.
    builders: Option<AhoCorasick>,
}

impl<'a> ProcessSearch<'a> {
    /// Follows what is declared, or what the user points at.
    pub fn new(
        workspace: &'a Workspace,
        vocabulary: &'a Vocabulary,
        projects: &'a [Project],
        pointed_at: Option<FileId>,
    ) -> Self {
        let mut search = Self {
            workspace,
            vocabulary,
            projects,
            declared: Vec::new(),
            is_pointed: pointed_at.is_some(),
            found: Vec::new(),
            problems: Vec::new(),
            built: HashSet::new(),
            builders: None,
        };
        match pointed_at {
            Some(file) => search.start_with(file),
            None => {
                search.declared();
                search.undecodable();
            }
        }
        search.declared = std::mem::take(&mut search.found);
        search.builders = search.names_of_builders();
        search
    }

    /// The processes of the project, which is asked for once.
    pub fn of_project(&mut self, project: &Project) -> Vec<Process> {
        let is_own = |process: &Process| project_of(self.projects, self.workspace.path(process.entry)) == project;
        (self.found, self.declared) = std::mem::take(&mut self.declared).into_iter().partition(is_own);
        if !self.is_pointed {
            self.conventional(project);
            self.scripts(project);
            self.inferred(project);
        }
        std::mem::take(&mut self.found)
    }

    /// Deployment files that could not be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl ProcessSearch<'_> {
    fn start_with(&mut self, file: FileId) {
        let is_script = self.workspace.file(file).python.is_some_and(|words| words.main);
        let launch = if is_script { self.script(file, "script") } else { self.import(file, self.builders(file)) };
        self.add(launch, Origin::Pointed);
    }

    fn declared(&mut self) {
        let mut declared: Vec<(PathBuf, DeclaredCommand)> = Vec::new();
        let mut environments: Vec<(PathBuf, Vec<(String, String)>)> = Vec::new();
        declared.extend(self.workspace.own_commands().iter().cloned());
        for file in self.workspace.deployment_files() {
            let path = self.workspace.path(*file);
            match self.workspace.declared_in(*file) {
                Ok(commands) => {
                    for command in commands.iter() {
                        if command.kind == Declares::Environment {
                            environments.push((path.to_owned(), command.env.clone()));
                        } else {
                            declared.push((path.to_owned(), command.clone()));
                        }
                    }
                }
                Err(problem) => self.problems.push(problem),
            }
        }
        declared.sort_by_key(|(_, command)| command.trust);
        let scripts: HashMap<String, Declares> = declared
            .iter()
            .filter(|(_, command)| matches!(command.kind, Declares::EntryPoint { .. }))
            .map(|(_, command)| (command.name.clone(), command.kind.clone()))
            .collect();
        for (path, mut command) in declared {
            let around = environments.iter().filter(|(file, _)| path.parent() == file.parent());
            command.env.extend(around.flat_map(|(_, env)| env.iter().cloned()));
            // A script that packaging installs is started by its name.
            let script = command.argv.first().and_then(|program| scripts.get(program));
            let is_own_script = script.filter(|_| command.kind == Declares::Command).cloned();
            command.kind = is_own_script.unwrap_or(command.kind);
            if let Some(launch) = launch::launch(self.workspace, self.vocabulary, self.projects, &path, &command) {
                let started = |process: &Process| process.start.entry == launch.start.entry;
                if command.argv.is_empty() && self.found.iter().any(started) {
                    continue;
                }
                let deployed = command.trust == Trust::Deployed;
                let origin = Origin::Declared { path, line: command.line, deployed };
                self.add(launch, origin);
            }
        }
    }

    /// `manage.py`, `wsgi.py`, `asgi.py` and `*.wsgi` are loaded by name all over the world.
    fn conventional(&mut self, project: &Project) {
        let is_server =
            |path: &Path| path.ends_with("wsgi.py") || path.ends_with("asgi.py") || has_extension(path, "wsgi");
        for file in self.python_files(project, |_| true, is_server) {
            let launch = self.import(file, Vec::new());
            self.add_if_it_builds(launch, Origin::Conventional);
        }
        for file in self.python_files(project, |_| true, |path| path.ends_with("manage.py")) {
            let launch = self.script(file, "commands");
            self.add_if_it_builds(launch, Origin::Conventional);
        }
    }

    fn names_of_builders(&self) -> Option<AhoCorasick> {
        let files = self.workspace.files().filter(|(_, file)| is_program(file, |words| words.vocabulary));
        let names: HashSet<String> = files.filter_map(|(_, file)| module_stem(&file.path)).collect();
        AhoCorasick::new(names).ok()
    }

    /// Files with a `__main__` guard that build something when they are run.
    fn scripts(&mut self, project: &Project) {
        for file in self.python_files(project, |words| words.main, |path| !path.ends_with("manage.py")) {
            let words = self.workspace.file(file).python.unwrap_or_default();
            // What a deployment file runs is no second process.
            let declared = self.found.iter().any(|process| process.entry == file);
            let mentions = |builders: &AhoCorasick| self.workspace.mentions(file, builders);
            if !declared && (words.vocabulary || self.builders.as_ref().is_some_and(mentions)) {
                let launch = self.script(file, "script");
                self.add_if_it_builds(launch, Origin::Conventional);
            }
        }
    }

    /// Files that hold a word of the vocabulary and may be no text: asking for them makes them known as broken, wherever they lie.
    fn undecodable(&self) {
        for (file, _) in self.workspace.files().filter(|(_, file)| file.python.is_some_and(|words| words.not_utf8)) {
            let _ = self.workspace.module(file);
        }
    }

    /// Modules that build something which no process reached so far.
    fn inferred(&mut self, project: &Project) {
        let mut files = self.python_files(project, |words| words.vocabulary, |_| true);
        files.sort_by_key(|file| entry_rank(self.workspace.path(*file)));
        for file in files {
            let builders = self.builders(file);
            if builders.is_empty() {
                continue;
            }
            let launch = self.import(file, builders);
            let trace = trace::follow(self.workspace, self.vocabulary, &launch.start);
            let new =
                trace.built().any(|(_, event)| event.file == file && !self.built.contains(&(file, event.span.start)));
            if new {
                self.push(launch, Origin::Inferred, trace);
            }
        }
    }

    /// The project's own Python files by the words in them and their path; tests, examples and generated files are none.
    fn python_files(
        &self,
        project: &Project,
        words: impl Fn(Words) -> bool,
        path: impl Fn(&Path) -> bool,
    ) -> Vec<FileId> {
        let below = self.workspace.files_below(&project.folder);
        let programs = below.filter(|(_, file)| path(&file.path) && is_program(file, &words)).map(|(id, _)| id);
        programs.filter(|id| project.owns(self.projects, self.workspace, *id)).collect()
    }

    fn script(&self, file: FileId, role: &str) -> Launch {
        let path = self.workspace.path(file);
        let project = project_of(self.projects, path);
        // `package/__main__.py` is what `python -m package` runs, and nothing else runs it.
        let (root, packages) = match path.ends_with("__main__.py") {
            true => launch::packages_around(self.workspace, file),
            false => (path.parent().map(Path::to_owned).unwrap_or_default(), vec![file]),
        };
        let packages = packages[..packages.len() - 1].to_vec();
        let folder = path.parent().unwrap_or(Path::new(""));
        let command = match folder.strip_prefix(&root) {
            Ok(package) if !packages.is_empty() => {
                let parts: Vec<_> = package.iter().map(|part| part.to_string_lossy()).collect();
                format!("python -m {}", parts.join("."))
            }
            _ => format!("python {}", path.display()),
        };
        let mut import_path = vec![root];
        import_path.extend(project.import_roots(self.workspace));
        Launch {
            name: path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
            role: role.to_owned(),
            launcher: String::new(),
            command,
            file,
            start: self.start(Entry::Script { packages, file }, import_path, project),
        }
    }

    fn builders(&self, file: FileId) -> Vec<usize> {
        sketch::builders(self.workspace, self.vocabulary, self.projects, file)
    }

    fn import(&self, file: FileId, explore: Vec<usize>) -> Launch {
        let path = self.workspace.path(file);
        let project = project_of(self.projects, path);
        let (root, chain) = launch::packages_around(self.workspace, file);
        let mut import_path = vec![root];
        import_path.extend(project.import_roots(self.workspace));
        Launch {
            name: module_stem(path).unwrap_or_default(),
            role: String::new(),
            launcher: String::new(),
            command: path.display().to_string(),
            file,
            start: self.start(Entry::Module { chain, attribute: None, explore }, import_path, project),
        }
    }

    fn start(&self, entry: Entry, import_path: Vec<PathBuf>, project: &Project) -> Start {
        let settings = launch::likely_settings(self.workspace, self.projects, project);
        Start { entry, import_path, environment: Vec::new(), arguments: Vec::new(), settings }
    }

    fn add_if_it_builds(&mut self, launch: Launch, origin: Origin) {
        let trace = trace::follow(self.workspace, self.vocabulary, &launch.start);
        if trace.built().next().is_some() && !self.known(&launch) {
            self.push(launch, origin, trace);
        }
    }

    fn add(&mut self, launch: Launch, origin: Origin) {
        if !self.known(&launch) {
            let trace = trace::follow(self.workspace, self.vocabulary, &launch.start);
            self.push(launch, origin, trace);
        }
    }

    /// Whether a process that starts the same way, or runs the same file for the same purpose, is there already.
    fn known(&self, launch: &Launch) -> bool {
        self.found.iter().any(|process| {
            let same_start =
                process.start.entry == launch.start.entry && process.start.arguments == launch.start.arguments;
            let weaker = launch.role.is_empty() && process.entry == launch.file;
            same_start || weaker
        })
    }

    fn push(&mut self, launch: Launch, origin: Origin, trace: Trace) {
        let is_worker = launch.role == "worker";
        let served = trace.built().filter(|(object, event)| {
            is_worker || event.file == launch.file || !self.vocabulary.is_served_apart(*object)
        });
        self.built.extend(served.map(|(_, event)| (event.file, event.span.start)));
        self.found.push(Process {
            name: launch.name,
            role: launch.role,
            launcher: launch.launcher,
            command: launch.command,
            origin,
            entry: launch.file,
            start: launch.start,
            trace,
        });
    }
}

/// Whether a Python file is neither a test nor an example, nor generated, and holds the words.
fn is_program(file: &File, words: impl Fn(Words) -> bool) -> bool {
    file.python.is_some_and(|found| words(found) && !found.generated) && !project::is_set_aside(&file.path)
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// The name by which others import a file: `factory` for `shop/factory.py`, `shop` for `shop/__init__.py`.
fn module_stem(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    if stem == "__init__" { Some(path.parent()?.file_name()?.to_string_lossy().into_owned()) } else { Some(stem) }
}

/// Among modules that build the same things, the ones that servers are usually pointed at come first.
fn entry_rank(path: &Path) -> (usize, usize, PathBuf) {
    const NAMES: [&str; 12] =
        ["wsgi", "asgi", "main", "app", "application", "server", "run", "api", "web", "__init__", "celery", "worker"];
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let rank = NAMES.iter().position(|name| *name == stem).unwrap_or(NAMES.len());
    (rank, path.components().count(), path.to_owned())
}
