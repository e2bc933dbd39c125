//! Procfiles: a process type, a colon and a shell command on each line. Never knows what a process type is for.

use super::place::Place;
use super::{CommandsError, DeclaredCommand, Trust};

/// The commands of a Procfile.
pub(super) fn commands(text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut commands = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let Some((name, command)) = line.split_once(':') else { continue };
        let name = name.trim();
        if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            commands.extend(Place::new(name, number, trust).shell(command)?);
        }
    }
    Ok(commands)
}
