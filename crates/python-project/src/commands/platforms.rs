//! The files of hosting platforms: App Engine, Heroku, Render, Fly, Railway, Nixpacks, App Platform.
//! Never knows what a platform does beyond starting the command.

use super::place::{Place, set_env};
use super::tomlfile::{TomlFile, texts, variables};
use super::yaml::Node;
use super::{CommandsError, DeclaredCommand, Declares, Trust};

/// What App Engine starts when a Python 3 app.yaml names nothing: it is the platform's documented default.
const APP_ENGINE_DEFAULT: &str = "gunicorn main:app";

/// The commands of a platform's YAML document.
pub(super) fn yaml(document: &Node, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut commands = Vec::new();
    if let Some(runtime) = document.text_at("runtime") {
        commands.extend(app_engine(document, runtime, trust)?);
    }
    for (name, run) in document.get("run").map_or(&[][..], Node::entries) {
        commands.extend(heroku_process(name, run, trust)?);
    }
    // Render and App Platform both list their services.
    for list in ["services", "workers", "jobs"] {
        for service in document.get(list).map_or(&[][..], Node::items) {
            commands.extend(listed_service(service, trust)?);
        }
    }
    Ok(commands)
}

fn app_engine(document: &Node, runtime: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut place = Place::new(document.text_at("service").unwrap_or("default"), document.line, trust);
    for (name, value) in document.get("env_variables").map_or(&[][..], Node::entries) {
        set_env(&mut place.env, name, value.text().unwrap_or_default());
    }
    if let Some(entrypoint) = document.get("entrypoint").filter(|entrypoint| entrypoint.text().is_some()) {
        place.line = entrypoint.line;
        return place.shell(entrypoint.text().unwrap_or_default());
    }
    let handlers: Vec<DeclaredCommand> = document
        .get("handlers")
        .map_or(&[][..], Node::items)
        .iter()
        .filter_map(|handler| handler.get("script"))
        .filter_map(|script| {
            let kind = super::serverless::handler(script.text()?)?;
            Some(Place { line: script.line, ..place.clone() }.declare(kind))
        })
        .collect();
    if handlers.is_empty() && runtime.starts_with("python3") {
        return place.shell(APP_ENGINE_DEFAULT);
    }
    Ok(handlers)
}

/// heroku.yml: `web: command`, or a mapping with a `command` list.
fn heroku_process(name: &str, run: &Node, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let place = Place::new(name, run.line, trust);
    let command = run.get("command").unwrap_or(run);
    match command.text() {
        Some(text) => place.shell(text),
        // Each element of the list is a command line of its own.
        None => {
            command.texts().iter().map(|text| place.shell(text)).collect::<Result<Vec<_>, _>>().map(|all| all.concat())
        }
    }
}

fn listed_service(service: &Node, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut place = Place::new(service.text_at("name").unwrap_or("service"), service.line, trust);
    place.cwd = ["rootDir", "source_dir"].iter().find_map(|key| service.text_at(key)).map(str::to_owned);
    for variable in ["envVars", "envs"].iter().filter_map(|key| service.get(key)).flat_map(Node::items) {
        let name = variable.text_at("key");
        if let (Some(name), Some(value)) = (name, variable.text_at("value")) {
            set_env(&mut place.env, name, value);
        }
    }
    let command = ["startCommand", "dockerCommand", "run_command"].iter().find_map(|key| service.get(key));
    if let Some((command, text)) = command.and_then(|command| Some((command, command.text()?))) {
        place.line = command.line;
        return place.shell(text);
    }
    let dockerfile = ["dockerfilePath", "dockerfile_path"].iter().find_map(|key| service.text_at(key));
    let image = dockerfile.map(|dockerfile| Declares::Image { dockerfile: dockerfile.to_owned(), target: None });
    place.build_context = service.text_at("dockerContext").map(str::to_owned);
    Ok(image.map(|kind| place.declare(kind)).into_iter().collect())
}

/// The commands of fly.toml, railway.toml and nixpacks.toml.
pub(super) fn toml(text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let file = TomlFile::parse(text)?;
    let mut env = variables(file.at(&["env"]));
    env.extend(variables(file.at(&["variables"])));
    let place = |name: &str, line| Place { env: env.clone(), ..Place::new(name, line, trust) };
    let mut commands = Vec::new();
    for process in file.entries(&["processes"]) {
        commands.extend(place(process.key, process.line).shell(process.text("command").unwrap_or_default())?);
    }
    for path in [["deploy", "startCommand"], ["start", "cmd"]] {
        if let Some(command) = file.text_at(&path) {
            commands.extend(place("web", file.line_at(&path)).shell(command)?);
        }
    }
    let words = [["experimental", "entrypoint"], ["experimental", "cmd"]].map(|path| texts(file.at(&path))).concat();
    if !words.is_empty() {
        commands.extend(place("app", file.line_at(&["experimental"])).exec(words)?);
    }
    if let (true, Some(dockerfile)) = (commands.is_empty(), file.text_at(&["build", "dockerfile"])) {
        let kind = Declares::Image { dockerfile: dockerfile.to_owned(), target: None };
        commands.push(place("app", file.line_at(&["build", "dockerfile"])).declare(kind));
    }
    Ok(commands)
}

/// The start command of railway.json.
pub(super) fn railway_json(text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let file: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| CommandsError { line: error.line(), message: format!("this is no valid JSON: {error}") })?;
    let Some(command) = file.pointer("/deploy/startCommand").and_then(serde_json::Value::as_str) else {
        return Ok(Vec::new());
    };
    let line = 1 + text.lines().position(|line| line.contains("startCommand")).unwrap_or(0);
    Place::new("web", line, trust).shell(command)
}
