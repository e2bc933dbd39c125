//! The word `settings_file`: a module that a command is made to load, because it loads nothing of the project that init could stand in.
//! Read [`settings_files`] first.

use std::path::Path;

use changeset::{Edit, apply_edits};
use python_project::commands::declared_commands;
use python_project::{BareCommand, Workspace};

use super::Also;
use crate::catalogue::{Catalogue, SettingsFile};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{Facts, Location};
use crate::fix::{FileEdits, Keeps, NewFile};
use crate::init_call::InitCall;
use crate::recommend::{IntegrationCall, Recommendation};

/// A module with init where the commands start, and the option that names it on each command line.
///
/// ```text
/// worker: rq worker high    ->    worker: rq worker -c rq_settings high
/// ```
///
/// The option is written where the launcher's words stand on the declared line, once; elsewhere a finding says what to add. A module of
/// that name that is there already is taken when it speaks of the SDK, and otherwise left to its owner.
pub(super) fn settings_files(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    recommendation: &Recommendation,
) -> Also {
    let mut also = Also::default();
    for command in &facts.bare {
        let Some((_, wanted)) = catalogue.settings_file(&command.launcher) else { continue };
        let Some(folder) = &command.folder else {
            also.diagnostics.push(by_hand(command, wanted, "the folder that it starts in cannot be told"));
            continue;
        };
        let module = folder.join(&wanted.module).with_extension("py");
        match workspace.find(&module).map(|file| workspace.module(file)) {
            Some(Ok(module)) if module.source.text().contains("sentry_sdk") => {}
            Some(_) => {
                also.diagnostics.push(by_hand(command, wanted, &format!("{} is something else", module.display())));
                continue;
            }
            None => {
                let file = NewFile { text: text(command, wanted, recommendation), path: module };
                if !also.created.iter().any(|known| known.path == file.path) {
                    also.created.push(file);
                }
            }
        }
        match edit(workspace, command, wanted) {
            Some(edit) => add(&mut also.files, &command.path, edit),
            None => also.diagnostics.push(by_hand(command, wanted, "the command line is not written out in one place")),
        }
    }
    also
}

fn add(files: &mut Vec<FileEdits>, path: &Path, edit: Edit) {
    match files.iter_mut().find(|file| file.path == path) {
        Some(file) => file.edits.push(edit),
        None => files.push(FileEdits { path: path.to_owned(), edits: vec![edit], keeps: Keeps::Bytes }),
    }
}

fn by_hand(command: &BareCommand, wanted: &SettingsFile, reason: &str) -> Diagnostic {
    let SettingsFile { option, module } = wanted;
    Diagnostic::new(
        Code::SettingsFileByHand,
        format!("`{}` loads nothing that starts Sentry; {reason}", command.command),
        format!("start it as `{} {option} {module} ...`, with init in {module}.py", command.launcher.join(" ")),
    )
    .at(Location { path: command.path.clone(), line: command.line, column: 1 })
}

fn text(command: &BareCommand, wanted: &SettingsFile, recommendation: &Recommendation) -> String {
    let SettingsFile { option, module } = wanted;
    let classes = &recommendation.integrations;
    let import = |call: &IntegrationCall| format!("from {} import {}\n", call.module, call.class);
    let imports: String = classes.iter().map(import).collect();
    let call = InitCall {
        sdk: "sentry_sdk".to_owned(),
        guarded: false,
        arguments: recommendation.options.clone(),
        integrations: classes.iter().map(|call| call.of(&call.class)).collect(),
    };
    format!(
        "\"\"\"Settings that `{} {option} {module}` loads: they start Sentry in the worker.\"\"\"\n\nimport sentry_sdk\n{imports}\n{}",
        command.launcher.join(" "),
        call.block().trim_end().to_owned() + "\n",
    )
}

/// The option behind the launcher's words; only where the file then declares the same commands but for these two words.
fn edit(workspace: &Workspace, command: &BareCommand, wanted: &SettingsFile) -> Option<Edit> {
    let bytes = workspace.read(&command.path).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let added = [wanted.option.as_str(), wanted.module.as_str()];
    let edit = words_behind(text, command.line, &command.launcher, &added)?;
    let after = String::from_utf8(apply_edits(&bytes, std::slice::from_ref(&edit)).ok()?).ok()?;
    differs_by(&command.path, text, &after, &added).then_some(edit)
}

/// `words` behind the one place on the line where the launcher's words follow each other: as further words, or as further strings of a list.
fn words_behind(text: &str, line: usize, launcher: &[String], words: &[&str]) -> Option<Edit> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let line = text[start..].split_inclusive('\n').next()?;
    let mut ends =
        line.match_indices(launcher.first()?.as_str()).filter_map(|(at, _)| end_of_words(line, at, launcher));
    let (end, quote) = ends.next()?;
    if ends.next().is_some() {
        return None;
    }
    let added: String = match quote {
        Some(quote) => words.iter().map(|word| format!(", {quote}{word}{quote}")).collect(),
        None => words.iter().map(|word| format!(" {word}")).collect(),
    };
    Some(Edit::insert(start + end, added))
}

/// Where the words end that begin at `at`, each a word of its own; and the quote around each of them, if they are strings of a list.
fn end_of_words(line: &str, at: usize, words: &[String]) -> Option<(usize, Option<char>)> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let before = line[..at].chars().next_back();
    if before.is_some_and(is_word) {
        return None;
    }
    let first = words.first()?;
    let quote = before.filter(|c| matches!(c, '"' | '\'') && line[at + first.len()..].starts_with(*c));
    let mut end = at;
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            let rest = &line[end..];
            let gap = rest.find(|c: char| !c.is_whitespace() && (quote.is_none() || c != ','))?;
            end += gap;
            end += quote.map_or(0, |quote| usize::from(line[end..].starts_with(quote)));
            if gap == 0 {
                return None;
            }
        }
        line[end..].starts_with(word.as_str()).then_some(())?;
        end += word.len();
        if let Some(quote) = quote {
            line[end..].starts_with(quote).then_some(())?;
            end += quote.len_utf8();
        } else if line[end..].starts_with(is_word) {
            return None;
        }
    }
    Some((end, quote))
}

/// Whether the file declares the same commands afterwards, but for the words in one of them.
fn differs_by(path: &Path, before: &str, after: &str, words: &[&str]) -> bool {
    let (Ok(before), Ok(after)) = (declared_commands(path, before), declared_commands(path, after)) else {
        return false;
    };
    let mut differing = before.iter().zip(&after).filter(|(before, after)| before != after);
    let Some((old, new)) = differing.next() else { return false };
    let without: Vec<&String> = new.argv.iter().filter(|word| !words.contains(&word.as_str())).collect();
    before.len() == after.len()
        && differing.next().is_none()
        && new.argv.len() == old.argv.len() + words.len()
        && without.iter().copied().eq(&old.argv)
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    const JOBS: (&str, &str) = ("jobs.py", "def wash():\n    pass\n");
    const REQUIREMENTS: (&str, &str) = ("requirements.txt", "rq\n");

    #[test]
    fn the_command_names_a_module_that_starts_sentry() {
        let planned = planned(&[REQUIREMENTS, JOBS, ("Procfile", "worker: rq worker high low\n")]);
        assert!(planned.diff.contains("+worker: rq worker -c rq_settings high low\n"), "{}", planned.diff);
        let added = planned.added("rq_settings.py");
        assert!(added.starts_with("\"\"\"Settings that `rq worker -c rq_settings` loads"), "{}", planned.diff);
        assert!(added.contains("\nimport sentry_sdk\nsentry_sdk.init(\n"), "{}", planned.diff);
        assert_eq!(planned.added("requirements.txt"), "sentry-sdk[rq]>=2.70,<3\n");
    }

    #[test]
    fn every_place_that_writes_the_words_out_is_edited() {
        for (path, before, after) in [
            (
                "Dockerfile",
                "FROM python\nCMD [\"rq\", \"worker\", \"low\"]\n",
                "CMD [\"rq\", \"worker\", \"-c\", \"rq_settings\", \"low\"]",
            ),
            ("Dockerfile", "FROM python\nCMD rq worker\n", "CMD rq worker -c rq_settings"),
            (
                "compose.yaml",
                "services:\n  w:\n    image: x\n    command: rq worker\n",
                "    command: rq worker -c rq_settings",
            ),
            (
                "compose.yaml",
                "services:\n  w:\n    image: x\n    command: ['rq', 'worker']\n",
                "['rq', 'worker', '-c', 'rq_settings']",
            ),
            (
                "compose.yaml",
                "services:\n  w:\n    image: x\n    command: \"rq worker --url x\"\n",
                "\"rq worker -c rq_settings --url x\"",
            ),
            ("worker.sh", "#!/bin/sh\nexec rq worker \"$@\"\n", "exec rq worker -c rq_settings \"$@\""),
            ("Procfile", "worker: python -m rq worker\n", "python -m rq worker -c rq_settings"),
            ("Procfile", "a: rq worker\r\nb: rq  worker-pool low\r\n", "b: rq  worker-pool -c rq_settings low"),
        ] {
            let planned = planned(&[REQUIREMENTS, JOBS, (path, before)]);
            assert!(planned.diff.contains(after), "{path}: {}{}", planned.diff, planned.said);
            assert_eq!(planned.diff.matches("--- /dev/null").count(), 1, "{}", planned.diff);
        }
    }

    #[test]
    fn the_module_stands_where_the_command_starts() {
        let shop = ("worker/jobs.py", "import rq\n");
        for (path, text, module) in [
            ("Procfile", "w: cd worker && rq worker\n", "b/worker/rq_settings.py"),
            (
                "compose.yaml",
                "services:\n  w:\n    build: ./worker\n    command: rq worker\n",
                "b/worker/rq_settings.py",
            ),
            ("Dockerfile", "FROM python\nWORKDIR /srv\nCOPY . .\nCMD rq worker\n", "b/rq_settings.py"),
            ("worker/Procfile", "w: rq worker\n", "b/worker/rq_settings.py"),
            ("scripts/worker.sh", "rq worker\n", "b/rq_settings.py"),
        ] {
            let planned = planned(&[REQUIREMENTS, JOBS, shop, (path, text)]);
            assert!(planned.diff.contains(module), "{path}: {}{}", planned.diff, planned.said);
        }
        let either =
            planned(&[REQUIREMENTS, JOBS, shop, ("Dockerfile", "FROM python\nWORKDIR /worker\nCMD rq worker\n")]);
        assert!(either.said.contains("the folder that it starts in cannot be told"), "{}{}", either.diff, either.said);
    }

    #[test]
    fn what_is_not_written_out_is_left_to_a_person() {
        let compose = "services:\n  w:\n    image: x\n    command:\n      - rq\n      - worker\n";
        let split = planned(&[REQUIREMENTS, JOBS, ("compose.yaml", compose)]);
        assert!(split.said.contains("start it as `rq worker -c rq_settings ...`"), "{}{}", split.diff, split.said);
        let taken = planned(&[REQUIREMENTS, JOBS, ("Procfile", "w: rq worker\n"), ("rq_settings.py", "X = 1\n")]);
        assert!(taken.said.contains("rq_settings.py is something else"), "{}{}", taken.diff, taken.said);
        assert_eq!(taken.diff, "");
    }

    #[test]
    fn a_command_with_its_own_settings_is_left_alone() {
        let files = [REQUIREMENTS, JOBS, ("Procfile", "w: rq worker --config conf\n"), ("conf.py", "QUEUES = ['a']\n")];
        let planned = planned(&files);
        assert!(planned.diff.contains("b/conf.py") && !planned.diff.contains("rq_settings"), "{}", planned.diff);
    }
}
