//! uWSGI's own files, as the command line they stand for: each key is an option of the same name.
//! Never decides which object uWSGI serves.

use std::path::Path;

use super::ini;
use super::place::{Place, set_env};
use super::yaml::Node;
use super::{DeclaredCommand, Declares, Trust};

/// The options that say what is loaded and from where. Each takes a value; in order.
const OPTIONS: &[&str] = &[
    "callable",
    "chdir",
    "cron",
    "file",
    "home",
    "import",
    "module",
    "mount",
    "mule",
    "python-path",
    "pythonpath",
    "spooler-import",
    "venv",
    "virtualenv",
    "wsgi",
    "wsgi-file",
];

/// The command of a file with a `[uwsgi]` section.
pub(super) fn commands(path: &Path, text: &str, trust: Trust) -> Vec<DeclaredCommand> {
    ini::sections(text)
        .iter()
        .filter(|section| section.name == "uwsgi")
        .filter_map(|section| {
            let settings = section.entries.iter().map(|entry| (entry.key.as_str(), entry.value.as_str()));
            command(path, section.line, trust, settings)
        })
        .collect()
}

/// The command of a YAML document with a `uwsgi` mapping.
pub(super) fn yaml(path: &Path, document: &Node, trust: Trust) -> Option<DeclaredCommand> {
    let uwsgi = document.get("uwsgi")?;
    let settings = uwsgi.entries().iter().filter_map(|(key, value)| Some((key.as_str(), value.text()?)));
    command(path, uwsgi.line, trust, settings)
}

fn command<'a>(
    path: &Path,
    line: usize,
    trust: Trust,
    settings: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<DeclaredCommand> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut place = Place::new(&name, line, trust);
    let mut argv = vec!["uwsgi".to_owned()];
    for (key, value) in settings {
        let value = ini::without_comment(value);
        if key == "env" {
            if let Some((name, value)) = value.split_once('=') {
                set_env(&mut place.env, name.trim(), value.trim());
            }
        } else if OPTIONS.binary_search(&key).is_ok() {
            argv.extend([format!("--{key}"), value.to_owned()]);
        }
    }
    let loads_something = argv.len() > 1;
    loads_something.then(|| DeclaredCommand { argv, ..place.declare(Declares::Command) })
}
