//! The wizard on a real terminal: a pseudo-terminal that the test types on.

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use crate::Project;

/// Milliseconds: longer than any answer takes, even on a busy machine.
const PATIENCE: u64 = 60_000;

const OFFER: &str = "Take all of it? [Y/n/q] ";

impl Project {
    /// The wizard on a terminal of this kind.
    fn wizard(&self, arguments: &[&str], term: &str) -> PtySession {
        let mut command = self.command(env!("CARGO_BIN_EXE_sentry-codemod"));
        command.arg("-i").args(arguments).env("TERM", term);
        spawn_command(command, Some(PATIENCE)).unwrap()
    }
}

/// Waits for the question, and answers it. What was shown before it.
#[track_caller]
fn answer(session: &mut PtySession, question: &str, answer: &str) -> String {
    let shown = session.exp_string(question).unwrap();
    session.send_line(answer).unwrap();
    shown
}

/// Answers all questions of the Flask application up to the last one. The diff that was shown.
#[track_caller]
fn answer_all(session: &mut PtySession, [recommended, profiling, metrics, pii, dsn]: [&str; 5]) -> String {
    answer(session, OFFER, recommended);
    answer(session, "Add profiling? [y/N/q] ", profiling);
    answer(session, "Add metrics? [y/N/q] ", metrics);
    answer(session, "with secrets filtered? [Y/n/q] ", pii);
    answer(session, "Which? [1-2, q; 1] ", dsn);
    session.exp_string("Write these 2 files? [y/N/q] ").unwrap()
}

#[track_caller]
fn code(session: &PtySession) -> i32 {
    match session.process().wait().unwrap() {
        WaitStatus::Exited(_, code) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn answers_do_what_the_flags_do() {
    let (asked, told) = (Project::flask(), Project::flask());
    let mut session = asked.wizard(&[], "xterm");
    answer_all(&mut session, ["", "y", "n", "n", "1"]);
    session.send_line("y").unwrap();
    let rest = session.exp_eof().unwrap();
    assert_eq!(code(&session), 0);
    for words in
        ["wrote app.py", "set SENTRY_DSN", "sentry-codemod undo", "sentry-codemod --apply --with profiling --no-pii"]
    {
        assert!(rest.contains(words), "{rest}");
    }
    assert_eq!(told.run(&["--apply", "--with", "profiling", "--no-pii"]).code, 0);
    assert!(asked.tree() == told.tree());
}

#[test]
fn nothing_but_return_until_the_last_question_is_the_recommendation() {
    let project = Project::flask();
    let before = project.tree();
    let mut session = project.wizard(&[], "xterm");
    let shown = answer_all(&mut session, ["", "", "", "", ""]);
    let diff = project.run(&[]).diff();
    assert!(without_colour(&shown).replace("\r\n", "\n").contains(&diff), "{shown}");
    session.send_line("").unwrap();
    assert!(session.exp_eof().unwrap().contains("nothing was written"));
    assert_eq!(code(&session), 0);
    assert!(project.tree() == before);
}

#[test]
fn recommendation_feature_by_feature_and_a_pasted_dsn() {
    let project = Project::flask();
    let mut session = project.wizard(&[], "xterm");
    answer(&mut session, OFFER, "n");
    answer(&mut session, "Keep tracing? [Y/n/q] ", "n");
    answer(&mut session, "Keep logs? [Y/n/q] ", "");
    // Profiling does nothing without tracing: it is not offered.
    answer(&mut session, "Add metrics? [y/N/q] ", "");
    answer(&mut session, "with secrets filtered? [Y/n/q] ", "");
    answer(&mut session, "Which? [1-2, q; 1] ", "2");
    answer(&mut session, "DSN: ", "nonsense");
    answer(&mut session, "https://PUBLIC_KEY@HOST/PROJECT_ID\r\nDSN: ", "https://abc@example.com/42");
    answer(&mut session, "Write these 2 files? [y/N/q] ", "y");
    session.exp_eof().unwrap();
    let app = project.read("app.py");
    assert!(app.contains("dsn=\"https://abc@example.com/42\"") && !app.contains("traces_sample_rate"), "{app}");
}

#[test]
fn proof_is_offered_and_frontends_are_named() {
    let project = Project::flask();
    project.write("Procfile", "web: gunicorn app:app\n");
    project.write("frontend/package.json", "{ \"dependencies\": { \"react\": \"19\" } }\n");
    let mut session = project.wizard(&[], "xterm");
    answer_all(&mut session, ["", "", "", "", ""]);
    session.send_line("y").unwrap();
    let shown = answer(&mut session, "Run `gunicorn app:app` now, and see what arrives? [y/N/q] ", "q");
    for words in ["take it back: sentry-codemod undo", "React", "prove it: sentry-codemod verify -- gunicorn app:app"] {
        assert!(shown.contains(words), "{shown}");
    }
    assert!(session.exp_eof().unwrap().contains("the same without questions: sentry-codemod --apply"));
    assert_eq!(code(&session), 0);
}

#[test]
fn proof_is_run_when_it_is_wanted() {
    let project = Project::flask();
    project.write("Procfile", "web: no-such-server app:app\n");
    project.write("sentry-codemod.toml", "[process]\nserver = \"python3 app.py\"\n");
    let mut session = project.wizard(&[], "xterm");
    answer_all(&mut session, ["", "", "", "", ""]);
    session.send_line("y").unwrap();
    answer(&mut session, "Run `python app.py` now, and see what arrives? [y/N/q] ", "y");
    // Nothing serves here, and Flask may not be installed: nothing can be proven, and that is what it says.
    let shown = session.exp_eof().unwrap();
    assert!(shown.contains("the same without questions"), "{shown}");
    assert_ne!(code(&session), 0, "{shown}");
}

#[test]
fn q_quits_at_every_question() {
    let questions =
        [OFFER, "Add profiling? [y/N/q] ", "secrets filtered? [Y/n/q] ", "Which? [1-2, q; 1] ", "2 files? [y/N/q] "];
    for last in questions {
        let project = Project::flask();
        let before = project.tree();
        let mut session = project.wizard(&[], "xterm");
        for question in
            [OFFER, "profiling? [y/N/q] ", "metrics? [y/N/q] ", "filtered? [Y/n/q] ", "q; 1] ", "files? [y/N/q] "]
        {
            if last.ends_with(question) {
                answer(&mut session, question, "q");
                break;
            }
            answer(&mut session, question, "");
        }
        assert!(session.exp_eof().unwrap().contains("nothing was written"));
        assert_eq!(code(&session), 0);
        assert!(project.tree() == before);
    }
}

#[test]
fn ctrl_c_leaves_the_tree_as_it_was() {
    let project = Project::flask();
    let before = project.tree();
    let mut session = project.wizard(&[], "xterm");
    answer_all(&mut session, ["", "", "", "", ""]);
    session.send_control('c').unwrap();
    assert_eq!(code(&session), 130);
    assert!(project.tree() == before);
}

#[test]
fn the_tutorial_shows_these_questions() {
    let project = Project::flask();
    let mut session = project.wizard(&[], "dumb");
    let mut shown = String::new();
    for question in [OFFER, "profiling? [y/N/q] ", "metrics? [y/N/q] ", "filtered? [Y/n/q] ", "q; 1] "] {
        shown += &answer(&mut session, question, "");
        shown += question;
    }
    let tutorial = include_str!("../../docs/tutorial.md");
    let block = tutorial.split("## Or be asked").nth(1).unwrap().split("```text\n").nth(1).unwrap();
    for line in block.split("```").next().unwrap().lines() {
        assert!(shown.contains(line), "`{line}` is not in:\n{shown}");
    }
}

#[test]
fn end_of_input_quits() {
    let project = Project::flask();
    let mut session = project.wizard(&[], "xterm");
    session.exp_string(OFFER).unwrap();
    session.send_control('d').unwrap();
    assert!(session.exp_eof().unwrap().contains("nothing was written"));
}

#[test]
fn files_that_are_not_committed_are_asked_for() {
    let project = Project::flask();
    project.git(&["init", "--quiet"]);
    let mut session = project.wizard(&[], "xterm");
    answer_all(&mut session, ["", "", "", "", ""]);
    session.send_line("y").unwrap();
    answer(&mut session, "Not committed: app.py, requirements.txt. Write all the same? [y/N/q] ", "y");
    assert!(session.exp_eof().unwrap().contains("sentry-codemod --apply --allow-dirty"));
    assert!(project.read("app.py").contains("sentry_sdk.init("));
}

#[test]
fn one_of_several_projects() {
    let project = Project::of(&[
        ("a/app.py", crate::APP),
        ("a/requirements.txt", "flask\n"),
        ("b/app.py", crate::APP),
        ("b/requirements.txt", "flask\n"),
    ]);
    let mut session = project.wizard(&[], "xterm");
    answer(&mut session, "Which? [1-3, q; 1] ", "3");
    answer_all(&mut session, ["", "", "", "", ""]);
    session.send_line("y").unwrap();
    assert!(session.exp_eof().unwrap().contains("sentry-codemod --apply ./b"));
    assert!(project.read("b/app.py").contains("sentry_sdk.init("));
    assert_eq!(project.read("a/app.py"), crate::APP);
}

#[test]
fn project_that_is_right_is_asked_nothing() {
    let project = Project::flask();
    project.run(&["--apply"]);
    let mut session = project.wizard(&[], "xterm");
    assert!(session.exp_eof().unwrap().contains("nothing to change"));
    assert_eq!(code(&session), 0);
}

#[test]
fn dumb_terminal_gets_plain_lines_of_80_columns() {
    let project = Project::flask();
    let mut session = project.wizard(&[], "dumb");
    let mut shown = session.exp_string(OFFER).unwrap();
    session.send_line("q").unwrap();
    shown.push_str(OFFER);
    shown.push_str(&session.exp_eof().unwrap());
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    let longest = shown.lines().map(|line| line.trim_end().chars().count()).max();
    assert!(longest <= Some(80), "{shown}");
}

#[test]
fn no_color_is_heeded() {
    let project = Project::flask();
    let mut command = project.command(env!("CARGO_BIN_EXE_sentry-codemod"));
    command.arg("-i").env("TERM", "xterm-256color").env("NO_COLOR", "1");
    let mut session = spawn_command(command, Some(PATIENCE)).unwrap();
    let shown = answer_all(&mut session, ["", "", "", "", ""]);
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    session.send_line("q").unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let project = Project::flask();
    let before = project.tree();
    project.run(&["-i"]).fails(2, "there is no terminal to ask on");
    assert!(project.tree() == before);
    project.run(&["-i", "--apply"]).fails(2, "cannot be used with");
}

/// A text without what colours it.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}
