//! Functions that a platform calls by name: SAM and CloudFormation templates, serverless.yml. Read [`handler`] first.
//! Never resolves what a template computes.

use super::place::{Place, set_env};
use super::yaml::Node;
use super::{DeclaredCommand, Declares, Trust};

/// The functions of a document that is a SAM template or a serverless.yml.
pub(super) fn commands(document: &Node, trust: Trust) -> Vec<DeclaredCommand> {
    let mut commands = Vec::new();
    if let Some(resources) = document.get("Resources") {
        let globals = document.at(&["Globals", "Function"]);
        commands
            .extend(resources.entries().iter().filter_map(|(name, it)| template_function(name, it, globals, trust)));
    }
    if let (Some(provider), Some(functions)) = (document.get("provider"), document.get("functions")) {
        // A list of mappings is allowed, too.
        let functions = functions.items().iter().flat_map(Node::entries).chain(functions.entries());
        commands.extend(functions.filter_map(|(name, function)| serverless_function(name, function, provider, trust)));
        commands.extend(served_object(document, trust));
    }
    commands
}

/// The function that `src/orders.create` names: `create` of the module `src.orders`.
pub(super) fn handler(text: &str) -> Option<Declares> {
    let (module, attribute) = text.trim().rsplit_once('.')?;
    let module = module.trim_start_matches("./").replace('/', ".");
    let dotted =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let attribute = attribute.to_owned();
    (dotted(&module) && dotted(&attribute)).then_some(Declares::Handler { module, attribute })
}

/// A resource of a template; what it does not say, `Globals` may.
fn template_function(name: &str, resource: &Node, globals: Option<&Node>, trust: Trust) -> Option<DeclaredCommand> {
    let kind = resource.text_at("Type")?;
    if !matches!(kind, "AWS::Serverless::Function" | "AWS::Lambda::Function") {
        return None;
    }
    let properties = resource.get("Properties")?;
    let property = |key: &str| properties.get(key).or_else(|| globals?.get(key));
    if property("Runtime").is_some_and(is_foreign) {
        return None;
    }
    let image_command = properties.at(&["ImageConfig", "Command"]).and_then(|command| command.items().first());
    let declared = property("Handler").or(image_command)?;
    let mut env = Vec::new();
    for layer in [globals, Some(properties)].into_iter().flatten() {
        add_variables(&mut env, layer.at(&["Environment", "Variables"]));
    }
    let cwd = property("CodeUri").and_then(Node::text).map(folder);
    let build_context = resource.at(&["Metadata", "DockerContext"]).and_then(Node::text).map(folder);
    let place = Place { env, cwd, build_context, ..Place::new(name, declared.line, trust) };
    handler(declared.text()?).map(|kind| place.declare(kind))
}

fn serverless_function(name: &str, function: &Node, provider: &Node, trust: Trust) -> Option<DeclaredCommand> {
    let runtime = function.get("runtime").or_else(|| provider.get("runtime"));
    if runtime.is_some_and(is_foreign) {
        return None;
    }
    let declared = function.get("handler")?;
    let mut env = Vec::new();
    for layer in [provider, function] {
        add_variables(&mut env, layer.get("environment"));
    }
    let place = Place { env, cwd: function.text_at("module").map(folder), ..Place::new(name, declared.line, trust) };
    handler(declared.text()?).map(|kind| place.declare(kind))
}

/// `custom: {wsgi: {app: api.app}}`: a plugin's handler serves this object.
fn served_object(document: &Node, trust: Trust) -> Option<DeclaredCommand> {
    let app = document.at(&["custom", "wsgi", "app"])?;
    handler(app.text()?).map(|kind| Place::new("wsgi", app.line, trust).declare(kind))
}

/// Whether a runtime is written out and is not Python. One that is computed may be.
fn is_foreign(runtime: &Node) -> bool {
    runtime.text().is_some_and(|name| !name.starts_with("python") && !name.contains(['$', '{']))
}

fn add_variables(env: &mut Vec<(String, String)>, variables: Option<&Node>) {
    for (name, value) in variables.map_or(&[][..], Node::entries) {
        if let Some(value) = value.text() {
            set_env(env, name, value);
        }
    }
}

fn folder(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" => ".".to_owned(),
        path => path.to_owned(),
    }
}
