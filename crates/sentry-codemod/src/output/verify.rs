//! What `verify` has seen: a text of at most 80 columns for a person, JSON for a program. Read [`text`] first.

use super::terminal::say;
use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use serde::Serialize;
use verify::{CommandReport, Order, ProcessReport, Reason, Report, Verdict};

/// Counts changes of the form of the JSON that a reader has to know of.
const SCHEMA_VERSION: u32 = 1;

const WIDTH: usize = 80;
const INDENT: &str = "             ";
const BULLET: &str = "           ! ";
const NOTE: &str = "           . ";

/// How to look by hand.
const SNIPPET: &str = "\
Put this where a request or a job runs it, and trigger it:

    import sentry_sdk
    sentry_sdk.capture_message(\"sentry-codemod: the SDK works here\")
    raise RuntimeError(\"sentry-codemod: the framework is instrumented\")

Both have to be in Sentry, the error with your framework's name as its mechanism, and a transaction named by the route or the task.
When something is missing, look in this order:

1. sentry_sdk.init(debug=True, ...) prints what the SDK does on stderr.
2. Is SENTRY_DSN set in the environment of this very process? An empty DSN switches the SDK off without a word.
3. Does this process run init at all? `sentry_sdk.get_client().is_active()` says so; a worker is another process than the web server.
4. Does init run before the framework's object is built? Then errors and transactions carry the framework's name.
5. Is traces_sample_rate set? Without it there are no transactions.
";

/// Prints how to look by hand.
pub(crate) fn snippet() {
    anstream::print!("{SNIPPET}");
}

/// Says that the copy is the project as it is.
pub(crate) fn nothing_planned() {
    say!("nothing is planned for this project: the copy is the project as it is");
}

/// The report as JSON.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    #[serde(flatten)]
    report: &'a Report,
}

/// Prints the report for a program, on stdout.
///
/// # Errors
/// When stdout cannot be written.
pub(crate) fn json(report: &Report) -> Result<()> {
    let document = Document { schema_version: SCHEMA_VERSION, report };
    let text = serde_json::to_string_pretty(&document).context("the report is no JSON")?;
    anstream::println!("{text}");
    Ok(())
}

/// Tells the report to a person.
pub(crate) fn text(report: &Report) {
    for (number, command) in report.commands.iter().enumerate() {
        wrapped("", &command.command);
        for process in report.processes.iter().filter(|process| process.command == number && is_told(process)) {
            tell_process(process);
        }
        if let Some(reason) = command.reason {
            tell_reason(command, reason);
        }
    }
    for missing in &report.missing {
        bullet(&format!("{} [{}]", missing.message, missing.cause.as_str()));
    }
    for requested in &report.requested {
        wrapped(INDENT, &request(requested));
    }
    for check_in in &report.check_ins {
        wrapped(INDENT, &format!("check-in {}: {}", check_in.slug, check_in.status));
    }
    if let Some(copy) = &report.copy {
        for file in &copy.not_loaded {
            bullet(&format!("no process has loaded {file}, which the plan changes"));
        }
        for file in &copy.foreign {
            bullet(&format!("{file} ran, which is not the copy with the planned change"));
        }
    }
    if report.survivors > 0 {
        bullet(&format!("{} processes could not be stopped", report.survivors));
    }
    let style = style_of(report.verdict);
    say!("\n{style}{}{style:#}  {}", report.verdict.as_str(), summary(report));
}

/// Helpers of Python's own are of no interest.
fn is_told(process: &ProcessReport) -> bool {
    process.role != "other" || !process.arguments.iter().any(|argument| argument.contains("multiprocessing."))
}

/// What a process is and how it is judged, its init, what arrived, and what is missing.
fn tell_process(process: &ProcessReport) {
    let style = style_of(process.verdict);
    let framework = process.framework.as_deref().unwrap_or_default();
    let row = format!("{:<7} {framework:<12} pid {}", process.role, process.pid);
    say!("  {style}{:<10}{style:#} {row}", verdict(process));
    wrapped(INDENT, &init(process));
    if process.probes > 0 && process.init.is_some() {
        wrapped(INDENT, &arrived(process));
    }
    for missing in &process.missing {
        bullet(&format!("{} [{}]", missing.message, missing.cause.as_str()));
    }
    for note in &process.notes {
        wrapped(NOTE, note);
    }
}

fn verdict(process: &ProcessReport) -> &'static str {
    if process.role == "other" { "not asked" } else { process.verdict.as_str() }
}

fn init(process: &ProcessReport) -> String {
    let Some(init) = &process.init else { return "no init".to_owned() };
    let order = match (init.order, &process.framework) {
        (_, None) => "",
        (Order::Before, _) => ", before the framework",
        (Order::After, _) => ", after the framework",
    };
    format!("init {}{order}{}", init.place, if init.inherited { ", before the fork" } else { "" })
}

fn arrived(process: &ProcessReport) -> String {
    let word = |arrived: Option<bool>| match arrived {
        None => "off",
        Some(true) => "yes",
        Some(false) => "no",
    };
    format!(
        "error {}; transaction {}; logs {}; profile {}",
        process.error.as_deref().unwrap_or("no"),
        process.transaction.as_deref().unwrap_or("no"),
        word(process.logs),
        word(process.profile)
    )
}

fn tell_reason(command: &CommandReport, reason: Reason) {
    let text = match reason {
        Reason::Ended => match command.exit_code {
            Some(code) => format!("it ended with exit code {code} before anything could be asked of it"),
            None => "it ended before anything could be asked of it".to_owned(),
        },
        Reason::NotLoaded => {
            "the probe is not in it: `python -E` or `-I`, a PYTHONPATH of its own, or a container".to_owned()
        }
        Reason::NotReady => {
            "it does not listen, and no worker in it is ready; is its broker up? More time: --ready-timeout".to_owned()
        }
        Reason::NotReached => "it answers, and no framework that verify knows took the probe".to_owned(),
        Reason::Interrupted => "interrupted before anything could be asked of it".to_owned(),
    };
    bullet(&text);
    for line in &command.output {
        say!("  | {line}");
    }
    if command.output.iter().any(|line| line.contains("No module named 'sentry_sdk'")) {
        bullet("sentry-sdk is not installed where this runs; install the requirement of the plan first");
    }
}

fn request(requested: &verify::Requested) -> String {
    let status = requested.status.map_or("no answer".to_owned(), |status| status.to_string());
    format!(
        "GET {}: {status}; transaction {}; error {}",
        requested.path,
        requested.transaction.as_deref().unwrap_or("no"),
        requested.error.as_deref().unwrap_or("no")
    )
}

fn summary(report: &Report) -> String {
    let asked = report.processes.iter().filter(|process| process.role != "other");
    let (proven, all) = (asked.clone().filter(|process| process.verdict == Verdict::Proven).count(), asked.count());
    let processes = if all == 1 { "process" } else { "processes" };
    match all {
        0 => format!("no process could be asked ({:.0} s)", report.seconds),
        _ => format!("{proven} of {all} {processes} reported everything that is switched on ({:.0} s)", report.seconds),
    }
}

fn bullet(text: &str) {
    wrapped(BULLET, text);
}

/// The text in lines of at most [`WIDTH`] columns, the first with this mark and the others indented as far.
fn wrapped(mark: &str, text: &str) {
    for line in wrap(mark, text) {
        say!("{line}");
    }
}

fn wrap(mark: &str, text: &str) -> Vec<String> {
    let room = WIDTH - mark.chars().count();
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').map(|word| ending(word, room)) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(&word);
            }
            Some(_) => lines.push(" ".repeat(WIDTH - room) + &word),
            None => lines.push(mark.to_owned() + &word),
        }
    }
    lines
}

/// The end of a word that is longer than `room`: of a path it says more than the beginning.
fn ending(word: &str, room: usize) -> String {
    let length = word.chars().count();
    if length <= room { word.to_owned() } else { "…".chars().chain(word.chars().skip(length - room + 1)).collect() }
}

fn style_of(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Proven => AnsiColor::Green,
        Verdict::NotProven => AnsiColor::Cyan,
        Verdict::Degraded => AnsiColor::Yellow,
        Verdict::Silent => AnsiColor::Red,
    };
    colour.on_default().bold()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_wrapped_and_long_paths_lose_their_beginning() {
        let path = "deep/".repeat(20) + "app.py:1";
        let lines = wrap(BULLET, &format!("init {path}, before the framework, and so it reports"));
        assert_eq!(lines[0], "           ! init");
        assert!(lines[1].starts_with("             …") && lines[1].ends_with("app.py:1,"), "{lines:?}");
        assert_eq!(lines[2], "             before the framework, and so it reports");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
    }
}
