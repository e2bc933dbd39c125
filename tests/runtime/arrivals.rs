//! What must arrive, and what of it has not. Read [`Arrivals`] first; it never waits and never starts anything.

use std::fmt;

use ingest::{CheckIn, Event, Item, Transaction};
use serde::Deserialize;

/// What an application with Sentry in the right place sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrivals {
    #[serde(default)]
    pub(crate) errors: Vec<ExpectedError>,
    #[serde(default)]
    pub(crate) transactions: Vec<ExpectedTransaction>,
    /// Log lines, of which these words must be a part.
    #[serde(default)]
    pub(crate) logs: Vec<String>,
    #[serde(default)]
    pub(crate) check_ins: Vec<ExpectedCheckIn>,
    /// Names of transactions that must belong to one trace, such as a request and the task it enqueues.
    #[serde(default)]
    pub(crate) one_trace: Vec<String>,
}

/// An error; fields that are not given may be anything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedError {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// What caught it: the integration's own mechanism, not a logger that happened to see it.
    pub(crate) mechanism: String,
    pub(crate) transaction: Option<String>,
    /// Words that must be in the request's body.
    pub(crate) body: Option<String>,
}

/// A transaction, by the name it must have. A `*` in it stands for the port.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedTransaction {
    pub(crate) name: String,
    pub(crate) source: String,
}

/// A check-in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedCheckIn {
    pub(crate) slug: String,
    pub(crate) status: String,
}

/// The parts that [`Arrivals`] has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    Errors,
    Transactions,
    Logs,
    CheckIns,
    OneTrace,
}

/// Something that has not arrived.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) part: Part,
    /// What it is, for a person to read.
    pub(crate) what: String,
}

impl Arrivals {
    /// What is not among `items`.
    pub(crate) fn missing(&self, items: &[Item]) -> Vec<Missing> {
        let events: Vec<Event> = items.iter().filter_map(Item::event).collect();
        let transactions: Vec<Transaction> = items.iter().filter_map(Item::transaction).collect();
        let check_ins: Vec<CheckIn> = items.iter().filter_map(Item::check_in).collect();
        let logged = |words: &str| {
            let bodies = items.iter().flat_map(Item::log_entries).filter_map(|entry| entry.body);
            bodies.into_iter().any(|body| body.contains(words))
        };

        let mut missing = Vec::new();
        let mut miss = |part, what: String| missing.push(Missing { part, what });
        for error in self.errors.iter().filter(|error| !events.iter().any(|event| error.is(event))) {
            miss(Part::Errors, error.to_string());
        }
        for expected in &self.transactions {
            if !transactions.iter().any(|transaction| expected.is(transaction)) {
                miss(Part::Transactions, expected.to_string());
            }
        }
        for words in self.logs.iter().filter(|words| !logged(words)) {
            miss(Part::Logs, format!("log line with `{words}`"));
        }
        for expected in &self.check_ins {
            if !check_ins.iter().any(|check_in| expected.is(check_in)) {
                miss(Part::CheckIns, expected.to_string());
            }
        }
        if !share_a_trace(&self.one_trace, &transactions) {
            miss(Part::OneTrace, format!("one trace for `{}`", self.one_trace.join("` and `")));
        }
        missing
    }
}

/// Whether a transaction's name is the expected one; where frameworks name it by address, the port differs from run to run.
fn is_named(name: Option<&str>, expected: &str) -> bool {
    let (head, tail) = expected.split_once('*').unwrap_or((expected, ""));
    let rest = name.and_then(|name| name.strip_prefix(head));
    rest.is_some_and(|rest| if expected.contains('*') { rest.ends_with(tail) } else { rest.is_empty() })
}

/// Whether some trace has a transaction of each name.
fn share_a_trace(names: &[String], transactions: &[Transaction]) -> bool {
    let in_trace = |trace: Option<&str>, name: &String| {
        transactions.iter().any(|other| other.trace_id == trace && other.name == Some(name.as_str()))
    };
    names.is_empty() || transactions.iter().any(|one| names.iter().all(|name| in_trace(one.trace_id, name)))
}

impl ExpectedError {
    fn is(&self, event: &Event) -> bool {
        let has_words =
            |words: &String| event.request_body.is_some_and(|body| body.to_string().contains(words.as_str()));
        event.exception_type == Some(&self.kind)
            && event.mechanism == Some(&self.mechanism)
            && self.transaction.as_deref().is_none_or(|name| is_named(event.transaction, name))
            && self.body.as_ref().is_none_or(has_words)
    }
}

impl ExpectedTransaction {
    fn is(&self, transaction: &Transaction) -> bool {
        is_named(transaction.name, &self.name) && transaction.source == Some(&self.source)
    }
}

impl ExpectedCheckIn {
    fn is(&self, check_in: &CheckIn) -> bool {
        check_in.slug == Some(&self.slug) && check_in.status == Some(&self.status)
    }
}

impl fmt::Display for ExpectedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` caught by `{}`", self.kind, self.mechanism)?;
        if let Some(transaction) = &self.transaction {
            write!(f, " in `{transaction}`")?;
        }
        if let Some(body) = &self.body {
            write!(f, " with `{body}` in the request's body")?;
        }
        Ok(())
    }
}

impl fmt::Display for ExpectedTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transaction `{}` ({})", self.name, self.source)
    }
}

impl fmt::Display for ExpectedCheckIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "check-in `{}` ({})", self.slug, self.status)
    }
}

/// One line for each thing that arrived, for a person who wonders why something else did not.
pub(crate) fn listing(items: &[Item]) -> String {
    let mut lines = String::new();
    for item in items {
        lines.push_str(&line(item));
        lines.push('\n');
    }
    lines
}

fn line(item: &Item) -> String {
    if let Some(event) = item.event() {
        return format!(
            "event        type={:?} mechanism={:?} logger={:?} message={:?} transaction={:?} trace={:?} body={:?}",
            event.exception_type,
            event.mechanism,
            event.logger,
            event.message,
            event.transaction,
            event.trace_id,
            event.request_body.map(ToString::to_string),
        );
    }
    if let Some(transaction) = item.transaction() {
        return format!(
            "transaction  name={:?} source={:?} op={:?} trace={:?}",
            transaction.name, transaction.source, transaction.op, transaction.trace_id
        );
    }
    if let Some(check_in) = item.check_in() {
        return format!("check_in     slug={:?} status={:?}", check_in.slug, check_in.status);
    }
    if item.kind == "log" {
        let bodies: Vec<_> = item.log_entries().iter().filter_map(|entry| entry.body).collect();
        return format!("log          {bodies:?}");
    }
    item.kind.clone()
}
