//! Kubernetes manifests: the command of every container, in whatever kind of object it lies.
//! Never knows what a kind of object does, and never renders a template.

use super::place::{Place, set_env};
use super::yaml::Node;
use super::{CommandsError, DeclaredCommand, Trust};

/// The commands of a document with an `apiVersion` and a `kind`.
pub(super) fn commands(document: &Node, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut commands = Vec::new();
    if document.get("apiVersion").is_some() && document.get("kind").is_some() {
        collect(document, None, trust, &mut commands)?;
    }
    Ok(commands)
}

/// `schedule` is that of the `CronJob` around the node.
fn collect(
    node: &Node,
    schedule: Option<&str>,
    trust: Trust,
    commands: &mut Vec<DeclaredCommand>,
) -> Result<(), CommandsError> {
    let own = node.at(&["spec", "schedule"]).filter(|_| node.text_at("kind") == Some("CronJob"));
    let schedule = own.and_then(Node::text).or(schedule);
    for (key, value) in node.entries() {
        if key == "containers" {
            for container in value.items() {
                commands.extend(container_commands(container, schedule, trust)?);
            }
        }
        collect(value, schedule, trust, commands)?;
    }
    node.items().iter().try_for_each(|item| collect(item, schedule, trust, commands))
}

/// `command` replaces the image's entrypoint and `args` its arguments; args alone are the command as far as it is known.
fn container_commands(
    container: &Node,
    schedule: Option<&str>,
    trust: Trust,
) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let lists: Vec<&Node> = ["command", "args"].iter().filter_map(|key| container.get(key)).collect();
    let words: Vec<String> = lists.iter().flat_map(|list| list.texts()).collect();
    let Some(first) = lists.first().filter(|_| !words.is_empty()) else { return Ok(Vec::new()) };
    let mut env = Vec::new();
    for variable in container.get("env").map_or(&[][..], Node::items) {
        if let (Some(name), Some(value)) = (variable.text_at("name"), variable.text_at("value")) {
            set_env(&mut env, name, value);
        }
    }
    let name = container.text_at("name").unwrap_or("container");
    let cwd = container.text_at("workingDir").map(str::to_owned);
    let schedule = schedule.map(str::to_owned);
    Place { env, cwd, schedule, ..Place::new(name, first.line, trust) }.exec(words)
}
