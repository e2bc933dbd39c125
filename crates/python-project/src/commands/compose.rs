//! Compose files: what each service starts, or which image it builds. Never opens the files a service names.

use super::family::names_development;
use super::place::{Place, set_env, with_defaults};
use super::yaml::Node;
use super::{CommandsError, DeclaredCommand, Declares, Trust};

/// How many `extends` may follow each other.
const LONGEST_CHAIN: usize = 8;

/// The commands of a document whose `services` are a mapping, as in a compose file.
pub(super) fn commands(document: &Node, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let Some(services) = document.get("services") else { return Ok(Vec::new()) };
    let mut commands = Vec::new();
    for (name, service) in services.entries() {
        commands.extend(Service::new(service, services).commands(name, trust)?);
    }
    Ok(commands)
}

/// A service, and the services of the same file that it extends.
struct Service<'a> {
    /// The service itself first, then what it builds on.
    layers: Vec<&'a Node>,
}

impl<'a> Service<'a> {
    fn new(service: &'a Node, services: &'a Node) -> Self {
        let base_of = |service: &&'a Node| {
            let extends = service.get("extends")?;
            let elsewhere = extends.get("file").is_some();
            let name = extends.text().or_else(|| extends.text_at("service")).filter(|_| !elsewhere)?;
            services.get(name)
        };
        Service { layers: std::iter::successors(Some(service), base_of).take(LONGEST_CHAIN).collect() }
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        self.layers.iter().find_map(|layer| layer.get(key))
    }

    fn commands(&self, name: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
        let is_for_development = self.get("profiles").is_some_and(|profiles| {
            !profiles.items().is_empty() && profiles.texts().iter().all(|profile| names_development(profile))
        });
        let trust = if is_for_development { Trust::Development } else { trust };
        let build = self.get("build");
        let context = build.and_then(|build| build.text().or_else(|| build.text_at("context").or(Some("."))));
        let place = Place {
            env: self.environment(),
            cwd: self.get("working_dir").and_then(Node::text).map(with_defaults),
            build_context: context.map(with_defaults),
            ..Place::new(name, self.layers[0].line, trust)
        };
        if let Some(build) = build.filter(|_| self.leaves_it_to_the_image()) {
            return Ok(vec![place.declare(image(build))]);
        }
        match (self.get("entrypoint"), self.get("command")) {
            (None, None) => Ok(Vec::new()),
            (None, Some(command)) => run(&place, command),
            (Some(entrypoint), None) => run(&place, entrypoint),
            (Some(entrypoint), Some(command)) => {
                let words = words(entrypoint).into_iter().chain(words(command)).collect();
                Place { line: command.line, ..place }.exec(words)
            }
        }
    }

    /// Whether the service says nothing, or only arguments: the image says what they are for.
    fn leaves_it_to_the_image(&self) -> bool {
        let started = self.get("entrypoint").or_else(|| self.get("command")).map(words);
        started.is_none_or(|words| words.first().is_none_or(|first| first.starts_with('-')))
    }

    /// The variables of the mapping or the list; a base's are overridden one by one.
    fn environment(&self) -> Vec<(String, String)> {
        let mut env = Vec::new();
        for environment in self.layers.iter().rev().filter_map(|layer| layer.get("environment")) {
            for (name, value) in environment.entries() {
                if let Some(value) = value.text() {
                    set_env(&mut env, name, &with_defaults(value));
                }
            }
            for variable in environment.texts() {
                if let Some((name, value)) = variable.split_once('=') {
                    set_env(&mut env, name, &with_defaults(value));
                }
            }
        }
        env
    }
}

fn image(build: &Node) -> Declares {
    let dockerfile = build.text_at("dockerfile").map_or_else(|| "Dockerfile".to_owned(), with_defaults);
    Declares::Image { dockerfile, target: build.text_at("target").map(with_defaults) }
}

/// A command is a list of words, or a text that is split into words.
fn run(place: &Place, command: &Node) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let place = Place { line: command.line, ..place.clone() };
    match command.text() {
        Some(text) => place.split_words(&with_defaults(text)),
        None => place.exec(words(command)),
    }
}

fn words(command: &Node) -> Vec<String> {
    match command.text() {
        Some(text) => shlex::split(&with_defaults(text)).unwrap_or_default(),
        None => command.texts().iter().map(|word| with_defaults(word)).collect(),
    }
}
