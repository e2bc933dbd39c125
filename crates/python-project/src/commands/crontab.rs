//! Crontabs: five fields or a word such as `@daily`, perhaps a user, and a shell command on each line.
//! Never asks when a command runs next.

use super::place::{Place, set_env};
use super::{CommandsError, DeclaredCommand, Trust};

/// The number of fields before the command, where no `@` word stands for them.
const FIELDS: usize = 5;

/// The commands of a crontab; with `names_users` a user stands before each command, as in `/etc/cron.d`.
pub(super) fn commands(text: &str, names_users: bool, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let mut commands = Vec::new();
    let mut env = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some((schedule, command)) = split(line) {
            let command = if names_users || command.starts_with("root ") { words_after(command, 1).1 } else { command };
            let place =
                Place { env: env.clone(), schedule: Some(schedule.to_owned()), ..Place::new("cron", number, trust) };
            commands.extend(place.shell(&until_percent(command))?);
        } else if let Some((name, value)) = line.split_once('=')
            && !line.starts_with('#')
        {
            set_env(&mut env, name.trim(), value.trim().trim_matches(['"', '\'']));
        }
    }
    Ok(commands)
}

/// The schedule and what follows it, in a line that has one.
fn split(line: &str) -> Option<(&str, &str)> {
    let is_field = |field: &str| {
        !field.is_empty()
            && field.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '*' | '/' | ',' | '-' | '?'))
    };
    let first = line.chars().next()?;
    let fields = if first == '@' { 1 } else { FIELDS };
    let (schedule, command) = words_after(line, fields);
    let starts = first == '@' || first == '*' || first.is_ascii_digit();
    let is_schedule = first == '@' || schedule.split_whitespace().all(is_field);
    (starts && is_schedule && !command.is_empty()).then_some((schedule, command))
}

/// The first `count` words of a line, and the rest.
fn words_after(line: &str, count: usize) -> (&str, &str) {
    let mut rest = line;
    for _ in 0..count {
        rest = rest.trim_start();
        rest = &rest[rest.find(char::is_whitespace).unwrap_or(rest.len())..];
    }
    (line[..line.len() - rest.len()].trim(), rest.trim())
}

/// A percent sign ends the command, unless a backslash stands before it.
fn until_percent(command: &str) -> String {
    let mut kept = String::new();
    let mut chars = command.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'%') => kept.extend(chars.next()),
            '%' => break,
            c => kept.push(c),
        }
    }
    kept
}
