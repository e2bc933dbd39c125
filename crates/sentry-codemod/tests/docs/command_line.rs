//! The reference of the command line, from the `--help` of the program and of each of its commands.

use std::process::Command;

use crate::pages::{assert_fresh, generated_from};

#[test]
fn the_command_line_page_is_what_help_says() {
    let program = help(&[]);
    let mut page = format!(
        "{}# Command line\n\nWhat `sentry-codemod --help` says.\n\n```text\n{program}\n```\n\n\
         The diff goes to stdout, everything else to stderr.\n",
        generated_from("`sentry-codemod --help` and that of its commands")
    );
    for command in commands(&program) {
        page += &format!("\n## sentry-codemod {command}\n\n```text\n{}\n```\n", help(&[command]));
    }
    assert_fresh("docs/reference/command-line.md", &page);
}

/// What `sentry-codemod COMMAND --help` says, without blanks at the ends of its lines.
fn help(command: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sentry-codemod"));
    let output = program.args(command).arg("--help").env_remove("COLUMNS").env("NO_COLOR", "1").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The names of the commands that the program's help lists, without the command that prints help.
fn commands(help: &str) -> impl Iterator<Item = &str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help")
}
