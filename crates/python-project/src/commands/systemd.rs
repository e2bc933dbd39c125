//! systemd units: what `ExecStart=` starts. Never reads the files that `EnvironmentFile=` names.

use std::path::Path;

use super::ini::{self, Section};
use super::place::{Place, set_env};
use super::{CommandsError, DeclaredCommand, Trust};

/// The commands of a unit.
pub(super) fn commands(path: &Path, text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = name.trim_end_matches('@');
    let text = joined_lines(text);
    let mut commands = Vec::new();
    for service in ini::sections(&text).iter().filter(|section| section.name == "Service") {
        let env = environment(service);
        for start in service.all("ExecStart") {
            let place = Place {
                env: env.clone(),
                cwd: service.get("WorkingDirectory").map(|folder| folder.trim_start_matches('-').to_owned()),
                ..Place::new(name, start.line, trust)
            };
            // `@` and the like say how systemd treats the process, not what it is.
            commands.extend(place.shell(start.value.trim_start_matches(['@', '-', ':', '+', '!', '|']))?);
        }
    }
    Ok(commands)
}

/// Joins continued lines, and leaves an empty line for each so that the numbers stay.
fn joined_lines(text: &str) -> String {
    let mut joined = String::new();
    let mut continued = 0;
    for line in text.lines() {
        match line.strip_suffix('\\') {
            Some(line) => {
                joined.push_str(line.trim_end());
                joined.push(' ');
                continued += 1;
            }
            None => {
                joined.push_str(if continued > 0 { line.trim_start() } else { line });
                joined.extend(std::iter::repeat_n('\n', continued + 1));
                continued = 0;
            }
        }
    }
    joined
}

/// `Environment="A=b c" D=e`, any number of times.
fn environment(service: &Section) -> Vec<(String, String)> {
    let mut env = Vec::new();
    for words in service.all("Environment").filter_map(|entry| shlex::split(&entry.value)) {
        for (name, value) in words.iter().filter_map(|word| word.split_once('=')) {
            set_env(&mut env, name, value);
        }
    }
    env
}
