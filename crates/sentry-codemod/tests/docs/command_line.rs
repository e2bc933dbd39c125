//! The reference of the command line, from `--help`.

use std::process::Command;

use crate::pages::{assert_fresh, generated_from};

#[test]
fn the_command_line_page_is_what_help_says() {
    let output = Command::new(env!("CARGO_BIN_EXE_sentry-codemod"))
        .arg("--help")
        .env_remove("COLUMNS")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let page = format!(
        "{}# Command line\n\nWhat `sentry-codemod --help` says.\n\n```text\n{}\n```\n\nThe diff goes to stdout, everything else to stderr.\n",
        generated_from("`sentry-codemod --help`"),
        lines.join("\n").trim_end()
    );
    assert_fresh("docs/reference/command-line.md", &page);
}
