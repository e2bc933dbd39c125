//! The rules as the words that the crates use which know no rules. Read [`Catalogue::vocabulary`].

use python_project::{Launcher, Meaning, ObjectId, Target, Vocabulary};

use super::{Catalogue, LauncherRule, Role, TargetWord};
use crate::existing::INIT_NAMES;

impl Catalogue {
    /// The words for the crates that know no rules.
    pub fn vocabulary(&self) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for (number, system) in self.systems.iter().enumerate() {
            let object = ObjectId(number);
            for name in &system.builds {
                match &system.words {
                    Some(_) => vocabulary.add_unmarked(name, Meaning::Builds(object)),
                    None => vocabulary.add(name, Meaning::Builds(object)),
                }
            }
            for word in system.words.iter().flatten() {
                vocabulary.add_word(word.clone());
            }
            for name in &system.defines {
                let packages = system.builds.iter().filter_map(|name| name.split('.').next());
                vocabulary.add_class(name, packages.map(str::to_owned).collect(), object);
            }
            for name in system.schedules() {
                vocabulary.add(name, Meaning::Schedules(object));
            }
            if system.role == Role::Worker {
                vocabulary.serve_apart(object);
            }
            for name in system.parts.iter().chain(&system.late) {
                vocabulary.add(name, Meaning::Extends(object));
            }
            for name in &system.runs {
                vocabulary.add(name, Meaning::Runs);
            }
            for name in &system.includes {
                vocabulary.add(name, Meaning::Includes);
            }
            if let Some(settings) = &system.settings {
                let loads = || Meaning::LoadsSettings { variable: settings.variable.clone() };
                for name in system.builds.iter().chain(&settings.objects) {
                    vocabulary.add(name, loads());
                }
                for name in &settings.executes {
                    vocabulary.add(name, Meaning::Executes);
                }
                for word in &settings.markers {
                    vocabulary.add_word(word.clone());
                }
            }
        }
        for name in self.libraries.iter().flat_map(|library| &library.prepares) {
            vocabulary.add(name, Meaning::Prepares);
        }
        for name in INIT_NAMES {
            vocabulary.add(name, Meaning::Starts);
        }
        for name in &self.runs {
            vocabulary.add(name, Meaning::Runs);
        }
        for rule in &self.launchers {
            vocabulary.add_launcher(rule.launcher());
        }
        vocabulary
    }
}

impl LauncherRule {
    fn launcher(&self) -> Launcher {
        let target = match self.target {
            TargetWord::Import => Target::Import,
            TargetWord::Option => Target::Option(self.options.clone()),
            TargetWord::Dotted => Target::Dotted,
            TargetWord::Script => Target::Script,
            TargetWord::Environment => Target::Environment {
                variable: self.variable.clone().unwrap_or_default(),
                options: self.options.clone(),
                defaults: self.defaults.clone(),
            },
        };
        Launcher {
            command: self.command.clone(),
            target,
            role: self.role.clone(),
            value_options: self.value_options.clone(),
            folder_options: self.folder_options.clone(),
            attributes: self.attributes.clone(),
        }
    }
}
