//! The words this crate looks for, handed in as a value: it knows no framework by name. Read [`Vocabulary`], then [`Meaning`].

use std::collections::HashSet;

use rustc_hash::FxHashMap;

/// Which of the caller's objects a constructor builds; the caller's own numbering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub usize);

/// Everything that gives names of other people's packages a meaning.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    meanings: FxHashMap<String, Vec<Meaning>>,
    words: Vec<String>,
    hints: Vec<String>,
    launchers: Vec<Launcher>,
    served_apart: HashSet<ObjectId>,
    classes: Vec<NamedClass>,
}

/// A class that is one of the caller's objects by its name.
#[derive(Debug, Clone)]
struct NamedClass {
    name: String,
    /// Packages of which its module must import one.
    packages: Vec<String>,
    object: ObjectId,
}

/// What it means that a qualified name is called, or for [`Meaning::LoadsSettings`] also read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The call builds one of the caller's objects; so does a call of a subclass.
    Builds(ObjectId),
    /// The call adds something to such an object, or makes a part of one: a route, say.
    Extends(ObjectId),
    /// The call hands something to such an object that it runs by the clock, or begins an expression that does.
    Schedules(ObjectId),
    /// The call starts the SDK.
    Starts,
    /// The call sets something up that must have run before the SDK is started.
    Prepares,
    /// The module that the environment variable names is loaded.
    LoadsSettings {
        /// The environment variable.
        variable: String,
    },
    /// The first argument is what runs next: a function, or a string like `package.module:attribute`.
    Runs,
    /// The strings in the keyword arguments `include` and `imports` are modules that are loaded later.
    Includes,
    /// The string arguments are files, relative to the caller, that are executed as part of it.
    Executes,
}

/// How a command line names the module that the process loads first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launcher {
    /// The words that start it: `["gunicorn"]`, `["flask", "run"]`.
    pub command: Vec<String>,
    /// Where the module stands on the command line.
    pub target: Target,
    /// What kind of process it is: `web`, `worker`, `beat` ...
    pub role: String,
    /// Options that are followed by a value, so that it is not taken for the module.
    pub value_options: Vec<String>,
    /// Options whose value is the folder that imports start from.
    pub folder_options: Vec<String>,
    /// The attributes looked for when the command line names a module alone.
    pub attributes: Vec<String>,
}

/// Where a command line names the module to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A word like `package.module:attribute` or `package.module`.
    Import,
    /// The value of one of these options, in the same form.
    Option(Vec<String>),
    /// The value of this environment variable or of one of these options, else one of these modules when it exists.
    Environment {
        /// The variable.
        variable: String,
        /// Options that name the module too.
        options: Vec<String>,
        /// Modules that are looked for when neither is given.
        defaults: Vec<String>,
    },
    /// `package.module.Name`: the last part is no module.
    Dotted,
    /// A file is run as `__main__`.
    Script,
}

impl Vocabulary {
    /// Gives a qualified name one more meaning, without marking the files that hold it.
    pub fn add_unmarked(&mut self, name: impl Into<String>, meaning: Meaning) {
        self.meanings.entry(name.into()).or_default().push(meaning);
    }

    /// Gives a qualified name one more meaning, and marks the files that can use it.
    pub fn add(&mut self, name: impl Into<String>, meaning: Meaning) {
        let name = name.into();
        // The last part of the name stands in every file that can use it, also under another name for its module.
        let last = name.rsplit('.').next().unwrap_or_default().to_owned();
        match &meaning {
            // `App` and `run` stand in too many files; who uses them imports their package.
            Meaning::Builds(_) if !is_distinctive(&last) => {
                let package = name.split('.').next().unwrap_or_default();
                self.add_word(format!("from {package}"));
                self.add_word(format!("import {package}"));
            }
            Meaning::Builds(_) => self.add_word(last),
            // `init` stands in every `__init__`, its package's name does not.
            Meaning::Starts => self.add_word(name.split('.').next().unwrap_or_default().to_owned()),
            Meaning::LoadsSettings { variable } => self.hints.push(variable.clone()),
            // A method's name says nothing: whoever has its object has imported a module that built it.
            Meaning::Extends(_) | Meaning::Includes if !last.starts_with(char::is_uppercase) => {}
            Meaning::Extends(_) | Meaning::Includes => {
                self.hints.extend(name.rsplit_once('.').map(|(module, _)| module.to_owned()));
            }
            // `remove` and `run` stand in every second file.
            Meaning::Prepares | Meaning::Executes | Meaning::Schedules(_) => {
                let package = name.split('.').next().unwrap_or_default();
                self.hints.extend([format!("from {package}"), format!("import {package}")]);
            }
            Meaning::Runs => self
                .hints
                .push(name.rsplitn(3, '.').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(".")),
        }
        self.add_unmarked(name, meaning);
    }

    /// Marks files that hold `word` as worth parsing.
    pub fn add_word(&mut self, word: String) {
        if !self.words.iter().any(|known| word.contains(known.as_str())) {
            self.words.retain(|known| !known.contains(&word));
            self.words.push(word);
        }
    }

    /// Says that the object is served by processes of its own, also when others build it to hand work to them.
    pub fn serve_apart(&mut self, object: ObjectId) {
        self.served_apart.insert(object);
    }

    /// Whether the object is served by processes of its own.
    pub fn is_served_apart(&self, object: ObjectId) -> bool {
        self.served_apart.contains(&object)
    }

    /// Says that a class of this name is the object, in modules that import one of the packages.
    pub fn add_class(&mut self, name: &str, packages: Vec<String>, object: ObjectId) {
        self.add_word(name.to_owned());
        self.classes.push(NamedClass { name: name.to_owned(), packages, object });
    }

    /// The object that a class is by its name, where its module has names from `imported` packages.
    pub fn class(&self, name: &str, imported: impl Fn(&str) -> bool) -> Option<ObjectId> {
        let named = self.classes.iter().filter(|class| class.name == name);
        named.filter(|class| class.packages.iter().any(|package| imported(package))).map(|class| class.object).next()
    }

    /// Adds a launcher.
    pub fn add_launcher(&mut self, launcher: Launcher) {
        self.launchers.push(launcher);
    }

    /// What the name means; nothing for most names.
    pub fn meanings(&self, name: &str) -> &[Meaning] {
        self.meanings.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the word is the package of something that starts the SDK.
    pub(crate) fn starts_with(&self, word: &[u8]) -> bool {
        let is_start = |meanings: &Vec<Meaning>| meanings.contains(&Meaning::Starts);
        let package = |name: &str| name.split('.').next().unwrap_or_default().as_bytes() == word;
        self.meanings.iter().any(|(name, meanings)| is_start(meanings) && package(name))
    }

    /// The words that mark a file as worth parsing.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Further words without which running a file on paper shows nothing, sorted: names that start, order or load things.
    pub fn hints(&self) -> Vec<&str> {
        let dynamic = ["import_module", "__import__"];
        let mut hints: Vec<&str> = self.hints.iter().map(String::as_str).chain(dynamic).collect();
        hints.sort_unstable();
        hints.dedup();
        hints.retain(|hint| !self.words.iter().any(|word| hint.contains(word.as_str())));
        hints
    }

    /// The launchers.
    pub fn launchers(&self) -> &[Launcher] {
        &self.launchers
    }
}

/// Whether a name is a word of its own: long enough, and either a class's or made of several parts.
fn is_distinctive(name: &str) -> bool {
    const COMMON: [&str; 4] = ["Application", "Worker", "Server", "Client"];
    name.len() >= 4 && (name.starts_with(char::is_uppercase) || name.contains('_')) && !COMMON.contains(&name)
}
