//! The tree as it was found: its files, their texts on demand, and how dotted module names map to them.
//! Read [`Workspace`] first. Never judges what a file is for.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Component, MAIN_SEPARATOR_STR, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use python_source::Source;
use python_source::outline::Outline;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::commands::DeclaredCommand;
use crate::deployment::Declared;
use crate::import_scan::{ImportedName, imported_names};
use crate::problem::Problem;
use crate::trace::ImportGraphs;
use crate::vocabulary::Vocabulary;
use crate::walk::{self, Words};

/// A file of the workspace, by its number in path order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(usize);

/// The user's tree.
pub struct Workspace {
    root: PathBuf,
    files: Vec<File>,
    /// By the bytes of their paths: an import asks for many paths that are not there, and comparing paths part by part is slow.
    by_path: FxHashMap<Box<[u8]>, FileId>,
    /// Every folder that has a Python file somewhere below it.
    python_folders: FxHashSet<Box<[u8]>>,
    /// The files that are no Python.
    others: Vec<FileId>,
    /// What could not be walked or scanned.
    unreadable: Vec<Problem>,
    /// Commands that the user declares, each with the file that says so.
    own_commands: Vec<(PathBuf, DeclaredCommand)>,
    /// Modules that were parsed since the last time that something was forgotten.
    modules: RefCell<FxHashMap<FileId, Parsed>>,
    /// Modules that are never forgotten.
    kept_modules: RefCell<FxHashMap<FileId, Parsed>>,
    imports: RefCell<FxHashMap<FileId, Rc<[ImportedName]>>>,
    /// Files that were read, so that what is planned and what is edited are the same bytes.
    texts: RefCell<FxHashMap<PathBuf, Rc<[u8]>>>,
    /// Those that are never forgotten.
    kept_texts: RefCell<FxHashMap<PathBuf, Rc<[u8]>>>,
    pub(crate) import_graphs: ImportGraphs,
    pub(crate) deployment: OnceCell<Vec<FileId>>,
    pub(crate) declared: RefCell<FxHashMap<FileId, Declared>>,
}

/// A module, or why there is none.
type Parsed = Result<Rc<Module>, Arc<Problem>>;

/// A file and what the walk saw in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative to the root.
    pub path: PathBuf,
    /// The words of a Python file; `None` for other files.
    pub python: Option<Words>,
}

/// A Python file that was read and parsed.
#[derive(Debug)]
pub struct Module {
    /// Its number.
    pub file: FileId,
    /// Its text.
    pub source: Source,
    /// Its statements.
    pub outline: Outline,
}

/// Where a dotted name leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// To a file. The packages whose `__init__` runs first, from the outside in, then the file itself.
    Module(Vec<FileId>),
    /// To a folder without `__init__.py`: a namespace package. Before it come the packages around it.
    Namespace(Vec<FileId>, PathBuf),
}

impl Workspace {
    /// Walks the tree. Beside Python files, those are kept for which `wanted` is true.
    pub fn discover(root: &Path, vocabulary: &Vocabulary, wanted: impl Fn(&Path) -> bool + Sync) -> Self {
        Self::discover_but(root, vocabulary, wanted, |_| false)
    }

    /// The same without the files and folders, seen from the root, for which `excluded` is true.
    pub fn discover_but(
        root: &Path,
        vocabulary: &Vocabulary,
        wanted: impl Fn(&Path) -> bool + Sync,
        excluded: impl Fn(&Path) -> bool + Sync + Send + 'static,
    ) -> Self {
        let (found, failed) = walk::walk(root, vocabulary, wanted, excluded);
        let mut workspace = Self {
            root: root.to_owned(),
            files: Vec::new(),
            by_path: FxHashMap::default(),
            python_folders: FxHashSet::default(),
            others: Vec::new(),
            unreadable: failed.into_iter().map(|(path, error)| unreadable(&path, &error)).collect(),
            own_commands: Vec::new(),
            modules: RefCell::default(),
            kept_modules: RefCell::default(),
            imports: RefCell::default(),
            texts: RefCell::default(),
            kept_texts: RefCell::default(),
            import_graphs: ImportGraphs::default(),
            deployment: OnceCell::new(),
            declared: RefCell::default(),
        };
        workspace.set_files(found.into_iter().map(|found| File { path: found.path, python: found.python }).collect());
        workspace
    }

    /// Takes these files, in path order, for the files of the tree.
    fn set_files(&mut self, files: Vec<File>) {
        let by_path = files.iter().enumerate().map(|(number, file)| (bytes(&file.path).into(), FileId(number)));
        self.by_path = by_path.collect();
        self.python_folders.clear();
        for file in files.iter().filter(|file| file.python.is_some()) {
            for folder in file.path.ancestors().skip(1) {
                if !self.python_folders.insert(bytes(folder).into()) {
                    break;
                }
            }
        }
        let others = files.iter().enumerate().filter(|(_, file)| file.python.is_none());
        self.others = others.map(|(number, _)| FileId(number)).collect();
        self.files = files;
    }

    /// Forgets the files for which `excluded` is true. Files change their numbers: this comes before anything is asked.
    pub fn leave_out(&mut self, excluded: impl Fn(&Path) -> bool) {
        let mut files = std::mem::take(&mut self.files);
        files.retain(|file| !excluded(&file.path));
        self.unreadable.retain(|problem| !excluded(&problem.path));
        self.set_files(files);
    }

    /// Takes a text that is not saved for the Python file of this path, which may not be there at all.
    /// Files may change their numbers: this comes before anything is asked.
    pub fn put(&mut self, path: &Path, text: Vec<u8>, vocabulary: &Vocabulary) {
        let python = Some(walk::words_of(&text, vocabulary));
        let mut files = std::mem::take(&mut self.files);
        match files.binary_search_by(|file| file.path.as_path().cmp(path)) {
            Ok(number) => files[number].python = python,
            Err(number) => files.insert(number, File { path: path.to_owned(), python }),
        }
        self.unreadable.retain(|problem| problem.path != path);
        self.kept_texts.borrow_mut().insert(path.to_owned(), text.into());
        self.set_files(files);
    }

    /// Adds a command that the user declares in `path`.
    pub fn declare(&mut self, path: &Path, command: DeclaredCommand) {
        self.own_commands.push((path.to_owned(), command));
    }

    /// The commands that the user declares, each with the file that says so.
    pub fn own_commands(&self) -> &[(PathBuf, DeclaredCommand)] {
        &self.own_commands
    }

    /// The folder that was walked.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All files in path order.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().map(|(number, file)| (FileId(number), file))
    }

    /// The files that are no Python, in path order.
    pub fn other_files(&self) -> impl Iterator<Item = &File> {
        self.others.iter().map(|id| self.file(*id))
    }

    /// The files below a folder, in path order.
    pub fn files_below(&self, folder: &Path) -> impl Iterator<Item = (FileId, &File)> {
        self.below(folder).map(|number| (FileId(number), &self.files[number]))
    }

    /// Paths are sorted part by part, so what lies below a folder lies together.
    fn below(&self, folder: &Path) -> Range<usize> {
        if folder.as_os_str().is_empty() {
            return 0..self.files.len();
        }
        let start = self.files.partition_point(|file| file.path.as_path() < folder);
        start..start + self.files[start..].partition_point(|file| file.path.starts_with(folder))
    }

    /// A file by its number.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0]
    }

    /// A file's path, relative to the root.
    pub fn path(&self, id: FileId) -> &Path {
        &self.files[id.0].path
    }

    /// A file by its path, relative to the root.
    pub fn find(&self, path: &Path) -> Option<FileId> {
        let direct = self.by_path.get(bytes(path)).copied();
        direct.or_else(|| self.by_path.get(bytes(&plain(path)?)).copied())
    }

    /// What could not be walked or scanned.
    pub fn unreadable(&self) -> &[Problem] {
        &self.unreadable
    }

    /// The bytes of a file, read once.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, path: &Path) -> Result<Rc<[u8]>, Problem> {
        if let Some(known) = self.texts.borrow().get(path).or(self.kept_texts.borrow().get(path)) {
            return Ok(Rc::clone(known));
        }
        let module = self.find(path).and_then(|file| self.known_module(file));
        if let Some(Ok(module)) = module {
            return Ok(module.source.bytes().into());
        }
        let bytes: Rc<[u8]> = walk::read(&self.root.join(path)).map_err(|error| unreadable(path, &error))?.into();
        self.texts.borrow_mut().insert(path.to_owned(), Rc::clone(&bytes));
        Ok(bytes)
    }

    /// A Python file, read and parsed once.
    ///
    /// # Errors
    /// When it cannot be read, decoded or parsed; the same error each time.
    pub fn module(&self, file: FileId) -> Result<Rc<Module>, Arc<Problem>> {
        if let Some(known) = self.known_module(file) {
            return known;
        }
        let module = self.load(file).map(Rc::new).map_err(Arc::new);
        self.modules.borrow_mut().insert(file, module.clone());
        module
    }

    /// Whether one of the words stands in the file, in an import or a string. It is not parsed for that, and its text is not kept.
    pub(crate) fn mentions(&self, file: FileId, words: &AhoCorasick) -> bool {
        words.is_match(&self.glance(file))
    }

    /// The bytes of a file for one look at them: they are not kept.
    pub fn glance(&self, file: FileId) -> Vec<u8> {
        self.content(self.path(file)).unwrap_or_default()
    }

    /// What the file's import statements name, found without parsing it.
    pub(crate) fn imports(&self, file: FileId) -> Rc<[ImportedName]> {
        if let Some(known) = self.imports.borrow().get(&file) {
            return Rc::clone(known);
        }
        let found: Rc<[ImportedName]> = imported_names(&self.glance(file)).into();
        self.imports.borrow_mut().insert(file, Rc::clone(&found));
        found
    }

    /// A module if it was asked for before and could be parsed.
    pub fn parsed(&self, file: FileId) -> Option<Rc<Module>> {
        self.known_module(file)?.ok()
    }

    fn known_module(&self, file: FileId) -> Option<Parsed> {
        let recent = self.modules.borrow().get(&file).cloned();
        recent.or_else(|| self.kept_modules.borrow().get(&file).cloned())
    }

    /// A text as it is known, else as it is on disk.
    fn content(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        match self.texts.borrow().get(path).or(self.kept_texts.borrow().get(path)) {
            Some(known) => Ok(known.to_vec()),
            None => walk::read(&self.root.join(path)),
        }
    }

    fn load(&self, file: FileId) -> Result<Module, Problem> {
        let path = self.path(file);
        // A module keeps its bytes itself.
        let bytes = self.content(path).map_err(|error| unreadable(path, &error))?;
        let source = Source::decode(bytes).map_err(|error| {
            Problem::new(path.to_owned(), error.to_string())
                .help("Python refuses such a file too: save it as UTF-8, or name its encoding in a `# coding:` line")
        })?;
        let outline = Outline::of(&source).map_err(|error| {
            let help = if error.python2 {
                "this looks like Python 2; the rest of the project is handled without it"
            } else {
                "mend the syntax, or leave the file out with an ignore file; the rest of the project is handled without it"
            };
            Problem::new(path.to_owned(), error.message).at(error.line, error.column).help(help)
        })?;
        Ok(Module { file, source, outline })
    }

    /// Forgets what was read and parsed, but for the files that are named, now or before: what is planned and what is edited are the same bytes.
    /// What is asked for again is read again; that a file is broken stays known.
    pub fn forget_all_but(&self, kept: &[&Path]) {
        let modules = self.modules.take().into_iter();
        let kept_modules = modules.filter(|(file, module)| module.is_err() || kept.contains(&self.path(*file)));
        self.kept_modules.borrow_mut().extend(kept_modules);
        let texts = self.texts.take().into_iter();
        self.kept_texts.borrow_mut().extend(texts.filter(|(path, _)| kept.contains(&path.as_path())));
        self.imports.take();
        self.import_graphs.forget();
    }

    /// Files that were asked for and could not be parsed.
    pub fn broken(&self) -> Vec<(FileId, Arc<Problem>)> {
        let (recent, kept) = (self.modules.borrow(), self.kept_modules.borrow());
        let mut broken: Vec<_> = recent
            .iter()
            .chain(kept.iter())
            .filter_map(|(file, module)| module.as_ref().err().map(|problem| (*file, Arc::clone(problem))))
            .collect();
        broken.sort_by_key(|(file, _)| *file);
        broken
    }

    /// The module that `import dotted` finds when `folder` is on the import path.
    pub fn resolve(&self, folder: &Path, dotted: &str) -> Option<Resolved> {
        let mut path = plain(folder).map_or_else(|| bytes(folder).to_vec(), |folder| bytes(&folder).to_vec());
        let mut chain = Vec::new();
        let mut parts = dotted.split('.').peekable();
        while let Some(part) = parts.next() {
            if part.is_empty() {
                return None;
            }
            if !path.is_empty() {
                path.extend_from_slice(MAIN_SEPARATOR_STR.as_bytes());
            }
            path.extend_from_slice(part.as_bytes());
            let is_folder = self.python_folders.contains(&*path);
            if is_folder && let Some(init) = self.with_suffix(&mut path, &[MAIN_SEPARATOR_STR, "__init__.py"]) {
                chain.push(init);
                continue;
            }
            if parts.peek().is_none()
                && let Some(file) = self.with_suffix(&mut path, &[".py"])
            {
                chain.push(file);
                return Some(Resolved::Module(chain));
            }
            if !is_folder {
                return None;
            }
            if parts.peek().is_none() {
                return Some(Resolved::Namespace(
                    chain,
                    dotted.split('.').fold(folder.to_owned(), |all, part| all.join(part)),
                ));
            }
        }
        Some(Resolved::Module(chain))
    }

    /// The file whose path is `path` and what follows it; `path` stays as it is.
    fn with_suffix(&self, path: &mut Vec<u8>, suffix: &[&str]) -> Option<FileId> {
        let length = path.len();
        suffix.iter().for_each(|part| path.extend_from_slice(part.as_bytes()));
        let found = self.by_path.get(&**path).copied();
        path.truncate(length);
        found
    }

    /// The names that `import` finds directly in this folder: the project's own top-level modules and packages.
    pub fn top_level_names(&self, folder: &Path) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (_, file) in self.files_below(folder).filter(|(_, file)| file.python.is_some()) {
            let inside = file.path.strip_prefix(folder).unwrap_or(&file.path);
            let Some(first) = inside.components().next().and_then(|first| first.as_os_str().to_str()) else { continue };
            let name = first.strip_suffix(".py").unwrap_or(first);
            if !names.contains(name) {
                names.insert(name.to_owned());
            }
        }
        names
    }

    /// Whether the folder has Python files below it.
    pub fn has_python(&self, folder: &Path) -> bool {
        let direct = self.python_folders.contains(bytes(folder));
        direct || plain(folder).is_some_and(|folder| self.python_folders.contains(bytes(&folder)))
    }

    /// Whether the path is a Python file in a package: `shop/views/setup.py` sets up no distribution.
    pub fn module_of_package(&self, path: &Path) -> bool {
        let is_python = self.find(path).is_some_and(|file| self.file(file).python.is_some());
        is_python && self.find(&path.with_file_name("__init__.py")).is_some()
    }

    /// Whether the file is a package's `__init__`.
    pub fn is_package(&self, file: FileId) -> bool {
        self.path(file).file_name().is_some_and(|name| name == "__init__.py")
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path without `.` in it and separators too many; `None` when there are none.
fn plain(path: &Path) -> Option<PathBuf> {
    let has = |part: &str| memchr::memmem::find(bytes(path), part.as_bytes()).is_some();
    if !(has("//") || has("/.") || bytes(path).starts_with(b"./") || bytes(path).ends_with(b"/")) {
        return None;
    }
    Some(path.components().filter(|part| *part != Component::CurDir).collect())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let help = match error.kind() {
        std::io::ErrorKind::PermissionDenied => "check its permissions, or leave it out with an ignore file",
        std::io::ErrorKind::NotFound => "it was there a moment ago: run again",
        _ => "leave it out with an ignore file",
    };
    Problem::new(path.to_owned(), error.to_string()).help(help)
}
