//! The line for `SENTRY_DSN` in the files that show which variables a project reads. Read [`env_examples`] first.
//! Never touches a file that holds values: `.env` itself is nobody's business.

use std::path::Path;

use changeset::Edit;
use python_project::Workspace;

use crate::facts::Facts;
use crate::fix::{FileEdits, Keeps};

/// Names of files that are copied to `.env` and filled in.
const NAMES: [&str; 8] = [
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "env.sample",
    "example.env",
    "sample.env",
];

/// Whether a file shows which variables a project reads, by its name.
pub fn is_env_example(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| NAMES.contains(&name))
}

/// A line at the end of each such file beside the project, unless it speaks of the variable already.
pub(super) fn env_examples(workspace: &Workspace, facts: &Facts) -> Vec<FileEdits> {
    let beside = |path: &Path| path.parent() == Some(facts.project.folder.as_path());
    let paths = workspace.other_files().map(|file| &file.path).filter(|path| beside(path) && is_env_example(path));
    let edits = paths.filter_map(|path| {
        let bytes = workspace.read(path).ok()?;
        let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains("SENTRY_DSN"))?;
        Some(FileEdits { path: path.clone(), edits: vec![line(text)], keeps: Keeps::Bytes })
    });
    edits.collect()
}

/// `SENTRY_DSN=` as the other lines are written: with their line ending, with `export` when all have it, with their spaces and quotes.
fn line(text: &str) -> Edit {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let assignments: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with('#') && line.contains('=')).collect();
    let all = |test: &dyn Fn(&str) -> bool| !assignments.is_empty() && assignments.iter().all(|line| test(line));
    let export = if all(&|line| line.starts_with("export ")) { "export " } else { "" };
    let equals = if all(&|line| line.contains(" = ") || line.ends_with(" =")) { " =" } else { "=" };
    let quoted = assignments.iter().find(|line| line.ends_with("=\"\"") || line.ends_with("=''"));
    let value = quoted.map_or("", |line| &line[line.len() - 2..]);
    let line = format!("{export}SENTRY_DSN{equals}{value}");
    // A file without a last newline stays without.
    let line = if text.is_empty() || text.ends_with('\n') { line + ending } else { format!("{ending}{line}") };
    Edit::insert(text.len(), line)
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    #[test]
    fn the_line_is_written_as_the_others_are() {
        for (before, after) in [
            ("", "SENTRY_DSN=\n"),
            ("A=1\n", "A=1\nSENTRY_DSN=\n"),
            ("# names\nA=\nB=x", "# names\nA=\nB=x\nSENTRY_DSN="),
            ("A=1\r\n", "A=1\r\nSENTRY_DSN=\r\n"),
            ("export A=1\nexport B=\n", "export A=1\nexport B=\nexport SENTRY_DSN=\n"),
            ("A = 1\n", "A = 1\nSENTRY_DSN =\n"),
            ("A=\"\"\n", "A=\"\"\nSENTRY_DSN=\"\"\n"),
        ] {
            let edit = super::line(before);
            let written = changeset::apply_edits(before.as_bytes(), &[edit]).expect("one insertion");
            assert_eq!(String::from_utf8(written).expect("text"), after);
        }
    }

    #[test]
    fn files_beside_the_project_get_it_once_and_with_the_init() {
        let app = ("app.py", "from flask import Flask\napp = Flask(__name__)\n");
        let requirements = ("requirements.txt", "flask\n");
        let written =
            planned(&[app, requirements, (".env.example", "A=1\n"), ("deep/.env.example", "A=1\n"), (".env", "A=1\n")]);
        assert_eq!(written.added(".env.example"), "SENTRY_DSN=\n");
        assert_eq!(written.diff.matches("SENTRY_DSN=").count(), 1, "{}", written.diff);
        let known = planned(&[app, requirements, (".env.dist", "# SENTRY_DSN=\n")]);
        assert_eq!(known.added(".env.dist"), "");
        assert_eq!(planned(&[requirements, (".env.dist", "A=\n")]).diff, "");
    }
}
