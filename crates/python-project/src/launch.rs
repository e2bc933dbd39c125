//! From a command line to the module that it loads first. Read [`launch`] first.

use std::path::{Path, PathBuf};

use python_manifest::resolve;
use python_source::outline::{ExprKind, Stmt, StmtKind};

use crate::commands::{DeclaredCommand, Declares};
use crate::project::{Project, is_set_aside, project_of};
use crate::trace::{Entry, Start};
use crate::vocabulary::{Launcher, Target, Vocabulary};
use crate::workspace::{FileId, Resolved, Workspace};

/// A process before it is followed.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) launcher: String,
    pub(crate) command: String,
    pub(crate) file: FileId,
    pub(crate) start: Start,
}

/// What a declared command starts; `None` when it is none of the project's modules.
pub(crate) fn launch(
    workspace: &Workspace,
    vocabulary: &Vocabulary,
    projects: &[Project],
    declared_in: &Path,
    command: &DeclaredCommand,
) -> Option<Launch> {
    let place = Place { workspace, projects, folders: folders(declared_in, command) };
    let (found, role, launcher) = match &command.kind {
        Declares::EntryPoint { module, attribute } => {
            (place.import(module, Some(attribute), &[])?, "script", String::new())
        }
        Declares::Handler { module, attribute } => {
            (place.import(module, Some(attribute), &[])?, "handler", "lambda".to_owned())
        }
        Declares::Command => match launcher_of(vocabulary, &command.argv) {
            Some((launcher, words)) => {
                (place.target(launcher, words, &command.env)?, launcher.role.as_str(), launcher.command.join(" "))
            }
            None => (place.script(&command.argv)?, "script", String::new()),
        },
        Declares::Environment | Declares::Image { .. } => return None,
    };
    let path = workspace.path(found.file);
    // A command that runs the tests is no process of the project.
    if is_set_aside(path) {
        return None;
    }
    let project = project_of(projects, path);
    let mut import_path = found.roots;
    import_path.extend(project.import_roots(workspace));
    let mut seen = Vec::new();
    import_path.retain(|folder| {
        let new = !seen.contains(folder);
        seen.push(folder.clone());
        new
    });
    let settings = likely_settings(workspace, projects, project);
    Some(Launch {
        name: command.name.clone(),
        role: role.to_owned(),
        launcher,
        command: if command.argv.is_empty() { command.name.clone() } else { command.argv.join(" ") },
        file: found.file,
        start: Start {
            entry: found.entry,
            import_path,
            environment: command.env.clone(),
            arguments: command.argv.clone(),
            settings,
        },
    })
}

/// The launcher whose words begin the command line, and the words after them. `python -m x` starts what `x` starts.
pub(crate) fn launcher_of<'a>(vocabulary: &'a Vocabulary, argv: &'a [String]) -> Option<(&'a Launcher, &'a [String])> {
    let words = match argv {
        [python, dash_m, rest @ ..] if python == "python" && dash_m == "-m" => rest,
        all => all,
    };
    let matching = vocabulary.launchers().iter().filter_map(|launcher| {
        let (first, more) = launcher.command.split_first()?;
        let program = words.first()?;
        let program = program.rsplit('/').next().unwrap_or(program);
        let rest = (program == first || program.strip_suffix(".py") == Some(first)).then(|| &words[1..])?;
        // Options may stand between the program and its sub-command.
        let at = match more.first() {
            None => 0,
            Some(subcommand) => rest.iter().position(|word| word == subcommand)? + 1,
        };
        Some((launcher, if more.is_empty() { rest } else { &words[1..] }, more.len() + usize::from(at > 0)))
    });
    matching.max_by_key(|(_, _, specific)| *specific).map(|(launcher, rest, _)| (launcher, rest))
}

struct Place<'a> {
    workspace: &'a Workspace,
    projects: &'a [Project],
    /// The folders that the command may be started in, the most likely first.
    folders: Vec<PathBuf>,
}

struct Found {
    file: FileId,
    entry: Entry,
    roots: Vec<PathBuf>,
}

/// The folder the command says, below the folder of the file that says it; then that folder itself, then the root.
fn folders(declared_in: &Path, command: &DeclaredCommand) -> Vec<PathBuf> {
    let base = declared_in.parent().unwrap_or(Path::new(""));
    let context = command.build_context.as_deref().map(|context| resolve(base.join(context)));
    let mut folders = Vec::new();
    for base in context.iter().map(PathBuf::as_path).chain([base, Path::new("")]) {
        if let Some(cwd) = &command.cwd {
            folders.extend(in_repository(cwd).map(|cwd| resolve(base.join(cwd))));
        }
        folders.push(base.to_owned());
    }
    folders
}

/// What a path may be in the repository: an absolute one is the image's, and its last parts may be the repository's.
fn in_repository(path: &str) -> impl Iterator<Item = &Path> {
    let inside = path.trim_start_matches('/');
    let tails = inside.match_indices('/').map(|(slash, _)| &inside[slash + 1..]).filter(|tail| !tail.is_empty());
    let is_absolute = inside.len() < path.len();
    std::iter::once(inside).chain(tails.filter(move |_| is_absolute)).map(Path::new)
}

impl Place<'_> {
    fn target(&self, launcher: &Launcher, words: &[String], environment: &[(String, String)]) -> Option<Found> {
        let extra: Vec<PathBuf> = launcher
            .folder_options
            .iter()
            .filter_map(|option| option_value(words, option))
            .flat_map(|folder| self.folders.iter().map(move |base| resolve(base.join(folder.trim_start_matches('/')))))
            .collect();
        let place = Place { folders: extra.into_iter().chain(self.folders.clone()).collect(), ..*self };
        match &launcher.target {
            Target::Import => positional(words, &launcher.value_options)
                .find_map(|word| place.import_word(word, &launcher.attributes)),
            Target::Option(options) => options
                .iter()
                .filter_map(|option| option_value(words, option))
                .find_map(|word| place.import_word(word, &launcher.attributes)),
            Target::Dotted => positional(words, &launcher.value_options).find_map(|word| {
                let (module, attribute) = word.rsplit_once(['.', ':'])?;
                place.import(module, Some(attribute), &[])
            }),
            Target::Environment { variable, options, defaults } => {
                let given = options.iter().find_map(|option| option_value(words, option));
                let given = given
                    .or_else(|| environment.iter().find(|(name, _)| name == variable).map(|(_, value)| value.as_str()));
                match given {
                    Some(word) => place.import_word(word, &launcher.attributes),
                    None => defaults.iter().find_map(|module| place.import(module, None, &launcher.attributes)),
                }
            }
            Target::Script => positional(words, &launcher.value_options).find_map(|word| place.script_file(word)),
        }
    }

    /// `python file.py`, `python -m package.module`, `./file.py`.
    fn script(&self, argv: &[String]) -> Option<Found> {
        let words = match argv.split_first()? {
            (program, rest) if program == "python" => rest,
            _ => argv,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "-m" {
                let module = words.next()?;
                return self.main_module(module);
            }
            if word == "-c" {
                return None;
            }
            if !word.starts_with('-') {
                return self.script_file(word);
            }
        }
        None
    }

    fn script_file(&self, word: &str) -> Option<Found> {
        let direct = in_repository(word)
            .find_map(|path| self.folders.iter().find_map(|folder| self.workspace.find(&resolve(folder.join(path)))));
        let file = direct.or_else(|| self.unique_file(Path::new(word.trim_start_matches('/'))))?;
        self.workspace.file(file).python?;
        let folder = self.workspace.path(file).parent().map(Path::to_owned).unwrap_or_default();
        Some(Found {
            file,
            entry: Entry::Script { packages: Vec::new(), file },
            roots: std::iter::once(folder).chain(self.folders.clone()).collect(),
        })
    }

    fn main_module(&self, dotted: &str) -> Option<Found> {
        let (root, found) = self.resolve(dotted)?;
        let Resolved::Module(mut packages) = found else { return None };
        let last = *packages.last()?;
        let file = if self.workspace.is_package(last) {
            self.workspace.find(&self.workspace.path(last).with_file_name("__main__.py"))?
        } else {
            packages.pop()?
        };
        Some(Found {
            file,
            entry: Entry::Script { packages, file },
            roots: std::iter::once(root).chain(self.folders.clone()).collect(),
        })
    }

    /// `package.module:attribute`, `package.module`, `path/to/file.py` or `path/to/file.py:attribute`.
    fn import_word(&self, word: &str, attributes: &[String]) -> Option<Found> {
        let (module, attribute) = match word.split_once(':') {
            Some((module, attribute)) => (module, Some(attribute)),
            None => (word, None),
        };
        // `shop.wsgi` may be a file of that name, and is far more often the module `wsgi` of `shop`.
        let may_be_file = module.ends_with(".py") || module.ends_with(".wsgi") || module.contains('/');
        if may_be_file && let Some(found) = self.script_file(module) {
            let (root, chain) = packages_around(self.workspace, found.file);
            let attribute = attribute.map(str::to_owned).or_else(|| attributes.first().cloned());
            return Some(Found {
                file: found.file,
                entry: Entry::Module { chain, attribute, explore: Vec::new() },
                roots: std::iter::once(root).chain(found.roots).collect(),
            });
        }
        self.import(module, attribute, attributes)
    }

    /// A module by its dotted name; when the launcher looks into submodules of those names, into them.
    fn import(&self, dotted: &str, attribute: Option<&str>, attributes: &[String]) -> Option<Found> {
        let (root, found) = self.resolve(dotted).or_else(|| {
            // `package.module.attribute`
            let (parent, _) = dotted.rsplit_once('.').filter(|_| attribute.is_none())?;
            self.resolve(parent)
        })?;
        let Resolved::Module(mut chain) = found else { return None };
        let package = self.workspace.path(*chain.last()?).parent().map(Path::to_owned).unwrap_or_default();
        if attribute.is_none() && self.workspace.is_package(*chain.last()?) {
            let submodule = attributes.iter().find_map(|name| self.workspace.find(&package.join(format!("{name}.py"))));
            chain.extend(submodule);
        }
        let file = *chain.last()?;
        let attribute = attribute.map(str::to_owned).or_else(|| attributes.first().cloned());
        let entry = Entry::Module { chain, attribute, explore: Vec::new() };
        Some(Found { file, entry, roots: std::iter::once(root).chain(self.folders.clone()).collect() })
    }

    fn resolve(&self, dotted: &str) -> Option<(PathBuf, Resolved)> {
        let roots = self.projects.iter().flat_map(|project| project.import_roots(self.workspace));
        let folders = self.folders.iter().flat_map(|folder| [folder.clone(), folder.join("src")]);
        let direct = folders.chain(roots).find_map(|folder| {
            let found = self.workspace.resolve(&folder, dotted)?;
            matches!(found, Resolved::Module(_)).then_some((folder, found))
        });
        direct.or_else(|| {
            // The image may lay the tree out differently: one file whose path ends like that is the one.
            let path = PathBuf::from(dotted.replace('.', "/"));
            let file =
                self.unique_file(&path.with_extension("py")).or_else(|| self.unique_file(&path.join("__init__.py")))?;
            let parts = dotted.split('.').count() + usize::from(self.workspace.is_package(file));
            let root = self.workspace.path(file).ancestors().nth(parts)?.to_owned();
            let found = self.workspace.resolve(&root, dotted)?;
            Some((root, found))
        })
    }

    fn unique_file(&self, path: &Path) -> Option<FileId> {
        let path = resolve(path);
        // Comparing bytes is a quick no for nearly all files.
        let ends_like_it =
            |file: &Path| file.as_os_str().as_encoded_bytes().ends_with(path.as_os_str().as_encoded_bytes());
        let mut ending = self.workspace.files().filter(|(_, file)| {
            let is_it = file.python.is_some() && ends_like_it(&file.path) && file.path.ends_with(&path);
            is_it && !is_set_aside(&file.path)
        });
        let (id, _) = ending.next()?;
        ending.next().is_none().then_some(id)
    }
}

/// The folder that a file's dotted name starts from, and the packages around it from the outside in, itself last.
pub(crate) fn packages_around(workspace: &Workspace, file: FileId) -> (PathBuf, Vec<FileId>) {
    let mut chain = vec![file];
    let path = workspace.path(file);
    let mut folder = path.parent().unwrap_or(Path::new(""));
    if workspace.is_package(file) {
        folder = folder.parent().unwrap_or(Path::new(""));
    }
    while let Some(init) = workspace.find(&folder.join("__init__.py")) {
        chain.insert(0, init);
        match folder.parent() {
            Some(parent) => folder = parent,
            None => break,
        }
    }
    (folder.to_owned(), chain)
}

/// Python files of the project that are settings by their name and by what they hold: names in capitals, or another module's names.
pub(crate) fn likely_settings(workspace: &Workspace, projects: &[Project], project: &Project) -> Vec<FileId> {
    let files = workspace.files_below(&project.folder).filter(|(_, file)| {
        // Looking for bytes is a quick no for nearly all files.
        let may_be = memchr::memmem::find(file.path.as_os_str().as_encoded_bytes(), b"settings").is_some();
        let in_package = || file.path.parent().and_then(Path::file_name).is_some_and(|name| name == "settings");
        let named = || file.path.file_name().is_some_and(|name| name == "settings.py");
        may_be && (named() || in_package()) && file.python.is_some() && !is_set_aside(&file.path)
    });
    let own = files.map(|(id, _)| id).filter(|id| project.owns(projects, workspace, *id));
    own.filter(|id| workspace.module(*id).is_ok_and(|module| sets_names(&module.outline.body))).collect()
}

fn sets_names(body: &[Stmt]) -> bool {
    let is_setting = |name: &str| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::ImportFrom(import) => import.names.iter().any(|alias| alias.name == "*"),
        StmtKind::Assign { targets, .. } => {
            targets.iter().any(|target| matches!(&target.kind, ExprKind::Name(name) if is_setting(name)))
        }
        _ => stmt.blocks().into_iter().any(sets_names),
    })
}

/// The words that are neither options nor their values.
fn positional<'a>(words: &'a [String], value_options: &'a [String]) -> impl Iterator<Item = &'a str> {
    let mut value_follows = false;
    words.iter().map(String::as_str).filter(move |word| {
        let is_value = std::mem::take(&mut value_follows);
        value_follows = value_options.iter().any(|option| option == word);
        !is_value && !word.starts_with('-')
    })
}

/// `--option value`, `--option=value`, `-ovalue` for short ones.
pub(crate) fn option_value<'a>(words: &'a [String], option: &str) -> Option<&'a str> {
    words.iter().enumerate().find_map(|(number, word)| {
        if word == option {
            return words.get(number + 1).map(String::as_str);
        }
        let rest = word.strip_prefix(option)?;
        if option.starts_with("--") {
            rest.strip_prefix('=')
        } else {
            (!rest.is_empty()).then(|| rest.trim_start_matches('='))
        }
    })
}
