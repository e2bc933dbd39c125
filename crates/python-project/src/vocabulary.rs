//! The words this crate looks for, handed in as a value: it knows no framework by name. Read [`Vocabulary`], then [`Meaning`].

use std::collections::{HashMap, HashSet};

/// Which of the caller's objects a constructor builds; the caller's own numbering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub usize);

/// Everything that gives names of other people's packages a meaning.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    meanings: HashMap<String, Vec<Meaning>>,
    words: Vec<String>,
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
    /// Gives a qualified name one more meaning.
    pub fn add(&mut self, name: impl Into<String>, meaning: Meaning) {
        let name = name.into();
        if matches!(meaning, Meaning::Builds(_) | Meaning::Starts) {
            // The last part of the name stands in every file that can use it, also under another name for its module.
            self.add_word(name.rsplit('.').next().unwrap_or_default().to_owned());
        }
        self.meanings.entry(name).or_default().push(meaning);
    }

    /// Marks files that hold `word` as worth parsing.
    pub fn add_word(&mut self, word: String) {
        if !self.words.contains(&word) {
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

    /// The words that mark a file as worth parsing.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The launchers.
    pub fn launchers(&self) -> &[Launcher] {
        &self.launchers
    }
}
