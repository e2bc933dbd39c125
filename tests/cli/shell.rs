//! What the shell and `man` are given: completions, manual pages, and help that fits a terminal.
//!
//! Bash, zsh and `man` judge them where they are installed; where one is not, the test says so and passes.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::Project;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// The names of the commands, as `--help` lists them.
fn commands(project: &Project) -> Vec<String> {
    let help = project.run(&["--help"]).diff();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// What a program that may not be installed says to a text on its stdin.
fn asked(program: &str, arguments: &[&str], input: &[u8]) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80").env("MANROFFOPT", "");
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = started else {
        eprintln!("SKIPPED: there is no {program}");
        return None;
    };
    child.stdin.take().unwrap().write_all(input).unwrap();
    Some(child.wait_with_output().unwrap())
}

#[test]
fn completions_for_each_shell_know_every_command_and_option() {
    let project = Project::flask();
    for shell in SHELLS {
        let script = project.run(&["completions", shell]).diff();
        for word in commands(&project).iter().map(String::as_str).chain(["apply", "check", "measured"]) {
            // PowerShell and Elvish are given the options without the values.
            let is_value = word == "measured" && ["powershell", "elvish"].contains(&shell);
            assert!(is_value || script.contains(word), "{shell} is not told of {word}");
        }
    }
}

#[test]
fn bash_completes_commands_options_and_values() {
    let project = Project::flask();
    let script = project.run(&["completions", "bash"]).diff();
    let completed = |words: &[&str]| {
        let last = words.len() - 1;
        let session = format!(
            "{script}\nCOMP_WORDS=({})\nCOMP_CWORD={last}\n_sentry__codemod sentry-codemod '{}' '{}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
            words.join(" "),
            words[last],
            words[last - 1]
        );
        let said = asked("bash", &["--norc", "-s"], session.as_bytes())?;
        assert!(said.status.success() && said.stderr.is_empty(), "{said:?}");
        Some(String::from_utf8(said.stdout).unwrap())
    };
    for (words, answer) in [
        (&["sentry-codemod", "und"][..], "undo"),
        (&["sentry-codemod", "--app"], "--apply"),
        (&["sentry-codemod", "--placement", "doc"], "documented"),
        (&["sentry-codemod", "completions", "zs"], "zsh"),
    ] {
        if let Some(said) = completed(words) {
            assert!(said.lines().any(|line| line == answer), "{words:?} is completed to {said}");
        }
    }
}

#[test]
fn zsh_accepts_its_completions() {
    let script = Project::flask().run(&["completions", "zsh"]).stdout;
    if let Some(said) = asked("zsh", &["-f", "-n", "/dev/stdin"], &script) {
        assert!(said.status.success() && said.stderr.is_empty(), "{said:?}");
    }
}

#[test]
fn shell_that_is_not_known_is_answered_with_those_that_are() {
    Project::flask().run(&["completions", "tcsh"]).fails(2, "bash, elvish, fish, powershell, zsh");
}

#[test]
fn manual_pages_render_without_a_warning() {
    let project = Project::flask();
    let all = commands(&project);
    for command in all.iter().map(|name| vec!["man", name.as_str()]).chain([vec!["man"]]) {
        let page = project.run(&command);
        assert_eq!(page.code, 0, "{}", page.stderr);
        let Some(said) = asked("man", &["--warnings", "--local-file", "-"], &page.stdout) else { return };
        let text = String::from_utf8(said.stdout).unwrap();
        assert_eq!(String::from_utf8(said.stderr).unwrap(), "", "{command:?}");
        for section in ["NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES"] {
            assert!(text.contains(section), "{command:?} has no {section}:\n{text}");
        }
    }
}

#[test]
fn manual_page_of_a_command_that_is_none() {
    Project::flask().run(&["man", "unod"]).fails(2, "there is no command `unod`; the commands are ");
}

#[test]
fn help_fits_eighty_columns() {
    let project = Project::flask();
    for command in commands(&project).into_iter().chain([String::new()]) {
        for flag in ["-h", "--help"] {
            let words = [command.as_str(), flag];
            let mut run = project.command(env!("CARGO_BIN_EXE_sentry-codemod"));
            let run = run.args(words.iter().filter(|word| !word.is_empty())).env("COLUMNS", "80").output().unwrap();
            for line in String::from_utf8(run.stdout).unwrap().lines() {
                assert!(line.chars().count() <= 80, "{words:?} is wider than 80 columns:\n{line}");
            }
        }
    }
}
