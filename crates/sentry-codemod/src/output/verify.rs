//! What `verify` has seen: a text of at most 80 columns for a person, JSON for a program. Read [`text`] first.

use super::terminal::say;
use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use serde::Serialize;
use verify::{CommandReport, Order, ProcessReport, Reason, Report, Verdict};

/// Counts changes of the form of the JSON that a reader has to know of.
const SCHEMA_VERSION: u32 = 1;

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
        say!("{}", shortened(&command.command, 80));
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
        tell_requested(requested);
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

/// One row of what a process is and how it ended, one of what arrived, one for each thing that is missing.
fn tell_process(process: &ProcessReport) {
    let style = style_of(process.verdict);
    let init = process.init.as_ref().map_or("no init".to_owned(), |init| {
        let order = match (init.order, &process.framework) {
            (_, None) => "",
            (Order::Before, _) => ", before the framework",
            (Order::After, _) => ", after the framework",
        };
        format!("init {}{order}{}", init.place, if init.inherited { ", inherited" } else { "" })
    });
    let framework = process.framework.as_deref().unwrap_or("-");
    say!(
        "  {style}{:<10}{style:#} {:<7} {:<10} pid {:<7} {}",
        verdict(process),
        process.role,
        framework,
        process.pid,
        init
    );
    if process.probes > 0 {
        say!("             {}", arrived(process));
    }
    for missing in &process.missing {
        bullet(&format!("{} [{}]", missing.message, missing.cause.as_str()));
    }
    for note in &process.notes {
        wrapped("           . ", note);
    }
}

fn verdict(process: &ProcessReport) -> &'static str {
    if process.role == "other" { "not asked" } else { process.verdict.as_str() }
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
        process.transaction.as_deref().map_or("no".to_owned(), |name| shortened(name, 40)),
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
}

fn tell_requested(requested: &verify::Requested) {
    let status = requested.status.map_or("no answer".to_owned(), |status| status.to_string());
    say!(
        "  GET {}: {status}; transaction {}; error {}",
        requested.path,
        requested.transaction.as_deref().unwrap_or("no"),
        requested.error.as_deref().unwrap_or("no")
    );
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
    wrapped("           ! ", text);
}

/// The text in lines of at most 80 columns, the first with this mark and the others indented as far.
fn wrapped(mark: &str, text: &str) {
    let width = 80 - mark.len();
    let (mut line, mut lead) = (String::new(), mark.to_owned());
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            say!("{lead}{line}");
            lead = " ".repeat(mark.len());
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    say!("{lead}{line}");
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width - 3).chain("...".chars()).collect()
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
