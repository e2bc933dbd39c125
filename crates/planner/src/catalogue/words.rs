//! What a rule says beyond where init goes: what comes in addition, what guides say, how a library reads settings. Read the word's own file
//! in `also` for what it does. Nothing is decided here.

use pep440_rs::Version;
use serde::Deserialize;

/// A class that is called with one argument.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Class {
    /// Its name.
    pub class: String,
    /// The module it is imported from.
    pub module: String,
}

/// A module that a command is made to load.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SettingsFile {
    /// The option that names it.
    pub option: String,
    /// Its name, when it has to be made.
    pub module: String,
}

/// A function of the SDK that is called once the object's event loop runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listener {
    /// The object's method that takes the event and gives a decorator.
    pub method: String,
    /// The event.
    pub event: String,
    /// The function.
    pub call: String,
    /// The module it is imported from.
    pub module: String,
    /// The first release of the SDK that has it.
    since: Version,
}

impl Listener {
    /// The first release of the SDK that has the function.
    pub fn since(&self) -> Version {
        self.since.clone()
    }
}

/// What guides say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Documented {
    /// The spot, in words.
    pub placement: String,
    /// The spot, for `--placement documented`; without it that keeps the measured one.
    pub place: Option<DocumentedPlace>,
}

/// A spot that guides name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum DocumentedPlace {
    /// The top of the settings module, before its imports.
    SettingsTop,
    /// A function that is connected to this signal, by its qualified name, in the module that builds the object; callers run init themselves.
    Signal(String),
    /// A function in a hook of the object.
    Listener {
        /// The object's method that takes the event and gives a decorator.
        method: String,
        /// The event.
        event: String,
    },
}

/// How a library reads a setting by its name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reads {
    /// Functions and objects of the library that read.
    #[serde(default)]
    pub readers: Vec<String>,
    /// Classes whose objects read.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The method that reads; without it the reader itself is called.
    pub method: Option<String>,
    /// The keyword for the value of a setting that is not there; without it such a setting is `None` anyway.
    pub default: Option<String>,
}

/// A call that takes away what init has put in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Clears {
    /// Its qualified name.
    pub call: String,
    /// The keyword argument with which it does; without one, the call without any argument.
    pub keyword: Option<String>,
}

/// An option without which the SDK's threads do not run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NeededOption {
    /// The option, without dashes.
    pub option: String,
    /// Others that do the same.
    #[serde(default)]
    pub or: Vec<String>,
}

/// An option that a program does not take any more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GoneOption {
    /// The option, with its dashes.
    pub option: String,
    /// The release that dropped it.
    pub since: String,
    /// What to do instead.
    pub instead: String,
}

/// A framework for what runs in browsers, and how Sentry gets there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrontendRule {
    /// Its name as people write it.
    pub name: String,
    /// The package that shows it is used.
    pub package: String,
    /// The SDK's package for it.
    pub sdk: String,
    /// The SDK's own page on it.
    pub documentation: String,
}
