//! Commands that start a process without what the SDK needs, or with what is no more. Read [`needed`], then [`gone`].

use python_project::commands::is_deployment_file;
use python_project::process::{Origin, Process};

use super::Checkup;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::Location;

/// Programs that keep the SDK's thread from running unless they are told otherwise.
pub(super) fn needed(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let lacking = |(number, process): (usize, &Process)| {
        let Origin::Declared { path, line, .. } = &process.origin else { return None };
        if !checkup.facts.reaches_init(number)
            && !checkup.plan.sites.iter().any(|site| site.processes.contains(&number))
        {
            return None;
        }
        let (needs, _) = checkup.catalogue.options_of(&process.launcher);
        let missing = needs.iter().filter(|need| {
            let mut names = std::iter::once(&need.option).chain(&need.or);
            !names.any(|name| is_given(checkup, process, name))
        });
        let missing: Vec<String> = missing.map(|need| format!("`{}`", need.option)).collect();
        let message = format!(
            "`{}` runs without {}, which the SDK asks for: it sends from a thread",
            process.launcher,
            missing.join(" and ")
        );
        let help = "set it where the program's other options stand";
        let place = Location { path: path.clone(), line: *line, column: 1 };
        (!missing.is_empty()).then(|| Diagnostic::new(Code::ThreadsOff, message, help).at(place))
    };
    checkup.facts.processes.iter().enumerate().filter_map(lacking).collect()
}

/// Whether an option is given: on the command line, or in whatever other file speaks of the program.
fn is_given(checkup: &Checkup<'_>, process: &Process, option: &str) -> bool {
    let variable = format!("{}_{}", process.launcher, option.replace('-', "_")).to_uppercase();
    let files = checkup.workspace.files().map(|(_, file)| file.path.as_path());
    let mut texts = files.filter(|path| is_deployment_file(path)).filter_map(|path| checkup.workspace.read(path).ok());
    texts.any(|text| {
        let text = String::from_utf8_lossy(&text);
        text.contains(&process.launcher) && (has_word(&text, option) || text.contains(&variable))
    })
}

/// Whether the option stands in the text as a word of its own, in a line that is no comment.
fn has_word(text: &str, option: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])).any(|line| {
        line.match_indices(option).any(|(at, _)| {
            let before = line[..at].trim_end_matches('-').chars().next_back();
            let after = line[at + option.len()..].chars().next();
            before.is_none_or(|c| !is_part(c)) && after.is_none_or(|c| !is_part(c) && c != '-')
        })
    })
}

/// Options on command lines that the program does not take any more.
pub(super) fn gone(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let processes = checkup.facts.processes.iter().filter_map(|process| match &process.origin {
        Origin::Declared { path, line, .. } => Some((process.launcher.clone(), &process.command, path, *line)),
        _ => None,
    });
    let bare = checkup.facts.bare.iter().map(|bare| (bare.launcher.join(" "), &bare.command, &bare.path, bare.line));
    let finding = |(launcher, command, path, line): (String, &String, &std::path::PathBuf, usize)| {
        let (_, gone) = checkup.catalogue.options_of(&launcher);
        let is_given = |option: &str| command.split(' ').any(|word| word.split('=').next() == Some(option));
        let rule = gone.iter().find(|rule| is_given(&rule.option))?;
        let program = launcher.split(' ').next().unwrap_or(&launcher);
        let message = format!("`{}` is gone since {program} {}: the command does not start", rule.option, rule.since);
        let place = Location { path: path.clone(), line, column: 1 };
        Some(Diagnostic::new(Code::OptionGone, message, rule.instead.clone()).at(place))
    };
    processes.chain(bare).filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    #[test]
    fn a_server_whose_threads_do_not_run() {
        let app = (
            "app.py",
            "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(traces_sample_rate=0.1)\napp = Flask('a')\n",
        );
        let requirements = ("requirements.txt", "flask\nsentry-sdk\nuwsgi\n");
        let found = |files: &[(&str, &str)]| planned(&[&[app, requirements], files].concat()).all;
        assert_eq!(found(&[("Procfile", "web: uwsgi --http :80 --module app:app\n")]), ["threads-off"]);
        assert_eq!(found(&[("uwsgi.ini", "[uwsgi]\nmodule = app:app\n; enable-threads\n")]), ["threads-off"]);
        let both = "[uwsgi]\nmodule = app:app\nenable-threads = true\npy-call-uwsgi-fork-hooks = true\n";
        assert!(found(&[("uwsgi.ini", both)]).is_empty());
        assert!(found(&[("Procfile", "web: uwsgi --module app:app --threads 2 --lazy-apps\n")]).is_empty());
        assert!(found(&[("Procfile", "web: gunicorn app:app\n")]).is_empty());
    }

    #[test]
    fn an_option_that_the_program_does_not_take_any_more() {
        let jobs = ("jobs.py", "def job(): pass\n");
        let settings = ("rq_settings.py", "import sentry_sdk\nsentry_sdk.init(traces_sample_rate=0.1)\n");
        let requirements = ("requirements.txt", "rq\nsentry-sdk\n");
        let found =
            |command: &str| planned(&[jobs, settings, requirements, ("Procfile", &format!("worker: {command}\n"))]);
        assert!(found("rq worker --sentry-dsn=x -c rq_settings high").all.contains(&"option-gone"));
        assert!(found("rq worker --sentry-dsn x high").all.contains(&"option-gone"));
        assert!(!found("rq worker -c rq_settings high").all.contains(&"option-gone"));
    }
}
