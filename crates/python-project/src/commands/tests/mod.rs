//! Each family as a table: a small file, and the commands it declares. Then what holds for every text.

mod containers;
mod crontab;
mod managers;
mod packaging;
mod platforms;
mod shell;
mod unwrap;

use std::path::Path;

use proptest::prelude::*;

use super::*;

/// The declarations of a file as lines of text: what is known of each, nothing of what is not.
fn read(path: &str, text: &str) -> String {
    match declared_commands(Path::new(path), text) {
        Ok(commands) => commands.iter().map(describe).collect::<Vec<_>>().join("\n"),
        Err(error) => format!("error: {error}"),
    }
}

fn describe(command: &DeclaredCommand) -> String {
    let mut line = format!("{}:{}", command.line, command.name);
    match &command.kind {
        Declares::Command => line += &format!(" {:?}", command.argv),
        Declares::EntryPoint { module, attribute } => line += &format!(" entry {module}:{attribute}"),
        Declares::Handler { module, attribute } => line += &format!(" handler {module}:{attribute}"),
        Declares::Environment => line += " environment",
        Declares::Image { dockerfile, target } => {
            line += &format!(" image {dockerfile}{}", target.iter().map(|t| format!("#{t}")).collect::<String>());
        }
    }
    for (name, value) in &command.env {
        line += &format!(" {name}={value}");
    }
    line += &command.cwd.iter().map(|cwd| format!(" in {cwd}")).collect::<String>();
    line += &command.build_context.iter().map(|folder| format!(" built from {folder}")).collect::<String>();
    line += &command.schedule.iter().map(|schedule| format!(" at {schedule}")).collect::<String>();
    match command.trust {
        Trust::Deployed => {}
        Trust::Script => line += " (script)",
        Trust::Development => line += " (development)",
    }
    line
}

#[track_caller]
pub(super) fn declares(path: &str, text: &str, expected: &[&str]) {
    assert!(is_deployment_file(Path::new(path)), "{path} is no deployment file");
    assert_eq!(read(path, text), expected.join("\n"), "{path}:\n{text}");
}

/// A path of each family, so that a text reaches every reader.
const PATHS: &[&str] = &[
    "Procfile",
    "crontab",
    "Dockerfile",
    "compose.yml",
    "k8s/web.yaml",
    "template.yaml",
    "serverless.yml",
    "app.yaml",
    "heroku.yml",
    "render.yaml",
    "uwsgi.yaml",
    "etc/web.service",
    "supervisord.conf",
    "uwsgi.ini",
    "gunicorn.conf.py",
    "run.sh",
    "bin/start",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "package.json",
    "fly.toml",
    "railway.json",
    ".flaskenv",
    "Makefile",
];

/// Texts made of what these formats are made of, and of anything else.
fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "\n",
            "\n  ",
            "\t",
            " ",
            "\\\n",
            "'",
            "\"",
            "`",
            "$",
            "${",
            "}",
            "$(",
            ")",
            "(",
            "{{",
            "<<EOF",
            "<<",
            ">",
            "2>&1",
            "&&",
            "||",
            ";",
            "|",
            "&",
            "#",
            "=",
            ":",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            ",",
            "*a",
            "&a ",
            "%(",
            "é",
            "web: ",
            "FROM x AS y\n",
            "CMD ",
            "ENTRYPOINT [\"sh\", \"-c\", ",
            "ENV A=",
            "services:\n",
            "command: ",
            "[Service]\n",
            "ExecStart=",
            "[program:x]\n",
            "[uwsgi]\n",
            "module = ",
            "[project.scripts]\n",
            "console_scripts =\n",
            "a = \"b:c\"\n",
            "sh -c ",
            "env ",
            "timeout ",
            "uv run -m ",
            "python -m debugpy ",
            "su -c ",
            "cd ..",
            "export ",
            "run:\n",
            "wsgi_app = ",
            "$(dirname \"$0\")",
            "case x in\n",
            "apiVersion: v1\nkind: x\n",
            "containers:\n",
            "Resources:\n",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_gives_commands_or_an_error_with_a_line_of_the_file(text in texts()) {
        let lines = 2 + text.chars().filter(|c| "\n\r\u{85}\u{2028}\u{2029}".contains(*c)).count();
        for path in PATHS {
            match declared_commands(Path::new(path), &text) {
                Ok(commands) => prop_assert!(commands.iter().all(|c| c.line >= 1 && c.line <= lines), "{path}: {commands:?}"),
                Err(error) => prop_assert!(error.line <= lines, "{path}: {error}"),
            }
        }
    }

    #[test]
    fn unwrapping_any_words_comes_to_an_end(words in prop::collection::vec(texts(), 0..8)) {
        unwrap_command(&words);
    }

    #[test]
    fn any_path_is_a_deployment_file_or_not(path in any::<String>()) {
        is_deployment_file(Path::new(&path));
    }
}

#[test]
fn carriage_returns_and_a_byte_order_mark_are_no_part_of_a_command() {
    declares(
        "Procfile",
        "\u{feff}web: flask run\r\nworker: rq worker\r\n",
        &[r#"1:web ["flask", "run"]"#, r#"2:worker ["rq", "worker"]"#],
    );
}

#[test]
fn files_are_known_by_name_and_folder() {
    for path in [
        "deploy/shop.service",
        "Dockerfile.worker",
        "api/Procfile",
        "docker/web/start",
        "config/gunicorn.py",
        ".env.prod",
    ] {
        assert!(is_deployment_file(Path::new(path)), "{path}");
    }
    for path in [
        "shop/app.py",
        "shop/data/table.yml",
        ".github/workflows/test.yml",
        "Dockerfile.dockerignore",
        "shop/start",
        "",
    ] {
        assert!(!is_deployment_file(Path::new(path)), "{path}");
    }
}
