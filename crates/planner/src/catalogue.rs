//! The rules, as they stand under `rules/`, and the vocabulary they make. Read [`Catalogue`] first.
//!
//! A rule holds nouns only; where it needs a verb it names a word, which is a variant of an enum here and a function elsewhere.

mod vocabulary;
mod words;

use std::collections::BTreeSet;

use include_dir::{Dir, include_dir};
use python_project::ObjectId;
use python_project::process::Process;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::crons::{Crons, Monitor};
use crate::sdk::{self, Sdk};
pub use words::{
    Class, Clears, Documented, DocumentedPlace, FrontendRule, GoneOption, Listener, NeededOption, Reads, SettingsFile,
};

static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// All rules.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Web frameworks, task queues and whatever else builds an object that init must be placed by.
    pub systems: Vec<System>,
    /// Libraries that order what runs before init, or that the SDK has an integration for.
    pub libraries: Vec<Library>,
    /// What Sentry offers, in the order in which it is told.
    pub features: Vec<Feature>,
    /// What each release of the SDK knows.
    pub sdk: Sdk,
    /// Frameworks of companion frontends, the more special ones first.
    pub frontends: Vec<FrontendRule>,
    launchers: Vec<LauncherRule>,
    /// Names whose first argument, a function, is what runs, whatever the system.
    runs: Vec<String>,
}

/// A web framework or a task queue.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct System {
    /// Its name as people write it.
    pub name: String,
    /// What its processes are for.
    pub role: Role,
    /// Distributions that show it is used; the dependency list that names one of them is the one to edit.
    pub distributions: Vec<String>,
    /// Which module gets init.
    pub placement: Placement,
    /// Whether init must have run before an object is built.
    pub order: Order,
    /// Qualified names whose call builds the object.
    pub builds: Vec<String>,
    /// Words that stand in every file that builds it, where the last parts of `builds` would stand in too many others.
    pub words: Option<Vec<String>>,
    /// Names of classes that are one of its objects by convention, in modules that import one of its packages.
    #[serde(default)]
    pub defines: Vec<String>,
    /// The parameters of a callable of the project's own that a web server takes, when nothing of a web framework is built.
    /// Their number decides: people name them as they like.
    #[serde(default)]
    pub serves: Vec<String>,
    /// Commands whose processes are the system's own, whatever they build.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Names whose call builds a part of it: such a call too must come after init, but makes no process.
    #[serde(default)]
    pub parts: Vec<String>,
    /// With `order = "any"`: names that must be called after init all the same.
    #[serde(default)]
    pub late: Vec<String>,
    /// Hooks of its objects, by the words that connect a function to them, in which init comes too late.
    #[serde(default)]
    pub late_hooks: Vec<String>,
    /// Names whose first argument, a function or an import string, is what runs.
    #[serde(default)]
    pub runs: Vec<String>,
    /// Names whose string arguments are modules that are loaded later.
    #[serde(default)]
    pub includes: Vec<String>,
    /// The settings module, for `placement = "settings"`.
    pub settings: Option<Settings>,
    /// The features that it makes worth having.
    pub features: Vec<String>,
    /// The SDK's own page on it.
    pub documentation: String,
    /// The class of the SDK's integration with it.
    pub integration: Option<String>,
    /// What shows that it starts jobs by the clock, and how its integration is told.
    pub crons: Option<Crons>,
    /// What each job must be handed to: the word `monitor` in `also`.
    pub monitor: Option<Monitor>,
    /// What must stand around the object that a server takes, in addition to init: the word `wrap` in `also`.
    pub wrap: Option<Class>,
    /// What must be called in a hook of the object, in addition to init: the word `listener` in `also`.
    pub listener: Option<Listener>,
    /// What its commands are made to load when they load nothing of the project: the word `settings_file` in `also`.
    pub settings_file: Option<SettingsFile>,
    /// What was measured.
    pub evidence: Evidence,
    /// Where public guides say that init goes, when that differs from what was measured.
    pub documented: Option<Documented>,
}

impl System {
    /// The qualified names whose call gives it a job, or begins an expression that does.
    fn schedules(&self) -> Vec<String> {
        let names = self.monitor.iter().flat_map(|rule| rule.decorators.iter().chain(&rule.takes).chain(&rule.begins));
        let qualified = names.flat_map(|name| match name.contains('.') {
            true => vec![name.clone()],
            false => self.builds.iter().map(|class| format!("{class}.{name}")).collect(),
        });
        qualified.collect()
    }
}

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It answers requests.
    Web,
    /// It takes jobs from a queue.
    Worker,
    /// It starts jobs by the clock.
    Scheduler,
    /// It runs and ends.
    Script,
    /// A platform calls it.
    Handler,
}

/// Which module gets init. Each word is a function of that name in `placement`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// The module that builds the object, or one that all processes load before it.
    Constructs,
    /// The settings module that all processes load.
    Settings,
}

/// Whether init must have run before an object is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// It must: afterwards something is lost.
    Before,
    /// Afterwards is measured to work as well; before is still the place where a reader expects it.
    Any,
}

/// How the settings module is found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The environment variable that names it.
    pub variable: String,
    /// Names that load it when an attribute of them is read or they are called.
    pub objects: Vec<String>,
    /// Names that a settings module assigns.
    pub markers: Vec<String>,
    /// Names whose string arguments are files that are executed as part of it.
    #[serde(default)]
    pub executes: Vec<String>,
}

/// What was measured, with which versions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Evidence {
    /// The versions tried.
    pub versions: Vec<String>,
    /// The spots after which everything arrives.
    pub full: String,
    /// The spots after which something is lost.
    pub degraded: String,
}

/// A library that matters for the order, or that the SDK reports on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Library {
    /// Its name as people write it.
    pub name: String,
    /// The distributions that show it is used.
    pub distributions: Vec<String>,
    /// Its modules: one that is imported shows that it is used.
    #[serde(default)]
    pub modules: Vec<String>,
    /// The features that it makes worth having.
    #[serde(default)]
    pub features: Vec<String>,
    /// What a person who uses it has to decide.
    pub advice: Option<String>,
    /// How settings are read with it.
    pub reads: Option<Reads>,
    /// Names whose call must come before init.
    #[serde(default)]
    pub prepares: Vec<String>,
    /// Whether those calls must come before the SDK is even imported.
    #[serde(default)]
    pub patches: bool,
    /// Those of them that take away what init has put in, when they come after it.
    #[serde(default)]
    pub clears: Vec<Clears>,
    /// The SDK's own page on it.
    pub documentation: Option<String>,
    /// The class of the SDK's integration with it.
    pub integration: Option<String>,
}

/// Something that Sentry does for a project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Feature {
    /// The word on the command line.
    pub name: String,
    /// What it is called in the story.
    pub title: String,
    /// When it is recommended.
    pub when: When,
    /// Why, in one line.
    pub reason: String,
    /// Features without which it does nothing.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The init options that switch it on.
    #[serde(default)]
    pub options: Vec<OptionValue>,
    /// The classes of integrations that do it in releases without the options.
    #[serde(default)]
    pub integrations: Vec<String>,
}

/// When a feature is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// In every project.
    Always,
    /// Where a system asks for it.
    Used,
    /// Never by itself; it is offered.
    Offered,
}

/// An init option and the Python expression it is set to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OptionValue {
    /// The option.
    pub name: String,
    /// The expression.
    pub value: String,
    /// What a reader should know.
    pub comment: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct LauncherRule {
    command: Vec<String>,
    role: String,
    target: TargetWord,
    #[serde(default)]
    options: Vec<String>,
    variable: Option<String>,
    #[serde(default)]
    defaults: Vec<String>,
    #[serde(default)]
    attributes: Vec<String>,
    #[serde(default)]
    value_options: Vec<String>,
    #[serde(default)]
    folder_options: Vec<String>,
    #[serde(default)]
    needs: Vec<NeededOption>,
    #[serde(default)]
    gone: Vec<GoneOption>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TargetWord {
    Import,
    Option,
    Dotted,
    Environment,
    Script,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Features {
    feature: Vec<Feature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frontends {
    frontend: Vec<FrontendRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    runs: Vec<String>,
}

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("rules/{file}: {message}")]
pub struct RuleError {
    file: String,
    message: String,
}

impl Catalogue {
    /// The rules that are part of the program.
    ///
    /// # Errors
    /// When a rule file does not follow its form: names the file and the place in it.
    pub fn load() -> Result<Self, RuleError> {
        let mut systems: Vec<System> = folder("frameworks")?;
        systems.extend(folder::<System>("workers")?);
        systems.extend(folder::<System>("schedulers")?);
        let features: Features = file("features.toml")?;
        let catalogue = Self {
            systems,
            libraries: folder("libraries")?,
            features: features.feature,
            sdk: file("sdk.toml")?,
            frontends: file::<Frontends>("frontends.toml")?.frontend,
            launchers: folder("launchers")?,
            runs: file::<Names>("names.toml")?.runs,
        };
        catalogue.check()?;
        Ok(catalogue)
    }

    /// What a rule says of others, which its own form cannot hold.
    fn check(&self) -> Result<(), RuleError> {
        let fault = |name: &str, message: String| Err(RuleError { file: name.to_owned(), message });
        let systems = self.systems.iter().flat_map(|system| {
            let crons = system.crons.iter().map(|crons| &crons.feature);
            let crons = crons.chain(system.monitor.iter().map(|monitor| &monitor.feature));
            system.features.iter().chain(crons).map(|feature| (&system.name, feature))
        });
        let libraries =
            self.libraries.iter().flat_map(|library| library.features.iter().map(|feature| (&library.name, feature)));
        if let Some((name, feature)) = systems.chain(libraries).find(|(_, feature)| self.feature(feature).is_none()) {
            return fault(name, format!("unknown feature `{feature}`"));
        }
        for system in &self.systems {
            if system.crons.is_some() && system.integration.is_none() {
                return fault(&system.name, "`[crons]` is of an `integration`".to_owned());
            }
            if (system.placement == Placement::Settings) != system.settings.is_some() {
                return fault(&system.name, "`placement = \"settings\"` and `[settings]` go together".to_owned());
            }
        }
        let systems = self.systems.iter().map(|system| (&system.name, &system.integration));
        let libraries = self.libraries.iter().map(|library| (&library.name, &library.integration));
        let features = self
            .features
            .iter()
            .flat_map(|feature| feature.integrations.iter().map(move |class| (&feature.name, class)));
        let named = systems.chain(libraries).filter_map(|(name, class)| Some((name, class.as_ref()?)));
        for (name, class) in named.chain(features) {
            if self.sdk.integration(class).is_none() {
                return fault(name, format!("the SDK has no integration `{class}`; see rules/sdk.toml"));
            }
        }
        let options = self.features.iter().flat_map(|feature| &feature.options);
        match options.into_iter().find(|option| self.sdk.option(&option.name).is_none()) {
            Some(option) => fault("features.toml", format!("the SDK has no option `{}`", option.name)),
            None => Ok(()),
        }
    }

    /// A feature by its name.
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.name == name)
    }

    /// The SDK's integration of that class, if a rule names one.
    pub fn integration(&self, class: Option<&String>) -> Option<&sdk::Integration> {
        self.sdk.integration(class?)
    }

    /// What a program started by these words needs for the SDK, and what it does not take any more.
    pub fn options_of(&self, launcher: &str) -> (&[NeededOption], &[GoneOption]) {
        let rule = self.launchers.iter().find(|rule| rule.command.join(" ") == launcher);
        rule.map_or((&[], &[]), |rule| (&rule.needs, &rule.gone))
    }

    /// The system whose object this is.
    pub fn system(&self, object: ObjectId) -> &System {
        &self.systems[object.0]
    }

    /// The systems that a process is of: by what it builds, by how it is launched, and by what a server takes from it.
    pub fn systems_of(&self, process: &Process) -> BTreeSet<usize> {
        let built: BTreeSet<usize> = process.trace.built().map(|(object, _)| object.0).collect();
        let framework = built.iter().any(|number| self.systems[*number].role == Role::Web);
        let served = process.trace.served.as_ref().filter(|_| process.role == "web" && !framework);
        let own = self.systems.iter().enumerate().filter(|(_, system)| {
            let serves = !system.serves.is_empty()
                && served.is_some_and(|served| served.parameters.len() == system.serves.len());
            serves || system.commands.contains(&process.launcher)
        });
        let own = own.map(|(number, _)| number).collect();
        &built | &own
    }

    /// The system that a command without a module is of, and what it is made to load.
    pub fn settings_file(&self, launcher: &[String]) -> Option<(usize, &SettingsFile)> {
        let launcher = launcher.join(" ");
        let systems = self.systems.iter().enumerate().filter(|(_, system)| system.commands.contains(&launcher));
        systems.filter_map(|(number, system)| Some((number, system.settings_file.as_ref()?))).next()
    }

    /// The library that a call which prepares something belongs to.
    pub fn library_of(&self, prepares: &str) -> Option<&Library> {
        self.libraries.iter().find(|library| library.prepares.iter().any(|name| name == prepares))
    }
}

/// All rules of a folder, in the order of their names.
fn folder<T: DeserializeOwned>(name: &str) -> Result<Vec<T>, RuleError> {
    let Some(folder) = RULES.get_dir(name) else { return Ok(Vec::new()) };
    let mut paths: Vec<_> = folder.files().map(|file| file.path().display().to_string().replace('\\', "/")).collect();
    paths.sort_unstable();
    paths.iter().map(|path| file(path)).collect()
}

fn file<T: DeserializeOwned>(path: &str) -> Result<T, RuleError> {
    let fault = |message: String| RuleError { file: path.to_owned(), message };
    let text = RULES.get_file(path).and_then(|file| file.contents_utf8()).ok_or_else(|| fault("missing".to_owned()))?;
    toml_edit::de::from_str(text).map_err(|error| fault(error.to_string()))
}
