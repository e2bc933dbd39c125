//! Any text as a deployment file of any kind: its commands are read, or it is refused at a line that it has.
//!
//! The first byte chooses the kind.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use python_project::commands::declared_commands;

const FILES: [&str; 17] = [
    "Procfile",
    "Dockerfile",
    "compose.yaml",
    "start.sh",
    "Makefile",
    "web.service",
    "supervisord.conf",
    "uwsgi.ini",
    "gunicorn.conf.py",
    "serverless.yml",
    "app.yaml",
    "fly.toml",
    "crontab",
    "k8s/web.yaml",
    "pyproject.toml",
    "setup.cfg",
    ".env",
];

fuzz_target!(|data: &[u8]| {
    let [kind, text @ ..] = data else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let path = Path::new(FILES[usize::from(*kind) % FILES.len()]);
    let lines = text.split(['\n', '\r']).count();
    match declared_commands(path, text) {
        Ok(commands) => commands.iter().for_each(|command| assert!((1..=lines).contains(&command.line), "{command:?}")),
        Err(error) => assert!((1..=lines).contains(&error.line), "{error}"),
    }
});
