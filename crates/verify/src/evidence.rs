//! What arrived at the ingest, in the order in which it is asked about. Read [`Evidence`].

use std::collections::BTreeSet;

use ingest::{CheckIn, Event, Item, Transaction};

use crate::facts::Hit;
use crate::session::Sent;

/// The items of a run.
pub(crate) struct Evidence<'a> {
    events: Vec<Event<'a>>,
    transactions: Vec<Transaction<'a>>,
    check_ins: Vec<CheckIn<'a>>,
    profilers: BTreeSet<&'a str>,
    logs: Vec<&'a str>,
}

/// What arrived of one probe.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    /// The message that the handler sends without the framework's help.
    pub(crate) message: bool,
    /// Who reported the error.
    pub(crate) mechanisms: Vec<String>,
    /// Names of the transactions of its trace.
    pub(crate) transactions: Vec<String>,
    /// What was logged.
    pub(crate) log: bool,
    /// A profile of the transaction.
    pub(crate) profile: bool,
    /// The body of the request, with the error; `None` when it had none.
    pub(crate) body: Option<bool>,
}

impl<'a> Evidence<'a> {
    /// Sorts what arrived.
    pub(crate) fn new(items: &'a [Item]) -> Self {
        Self {
            events: items.iter().filter_map(Item::event).collect(),
            transactions: items.iter().filter_map(Item::transaction).collect(),
            check_ins: items.iter().filter_map(Item::check_in).collect(),
            profilers: items.iter().filter_map(|item| item.profile_chunk()?.profiler_id).collect(),
            logs: items.iter().flat_map(Item::log_entries).filter_map(|entry| entry.body).collect(),
        }
    }

    /// What arrived of the probe that was hit; `sent` is how it was sent, when it was a request.
    pub(crate) fn of(&self, hit: &Hit, sent: Option<&Sent>) -> Arrived {
        let nonce = hit.nonce.as_str();
        let message = format!("sentry-codemod-verify-message {nonce}");
        let messages: Vec<&Event> = self.events.iter().filter(|event| event.message == Some(&message)).collect();
        let errors: Vec<&Event> = self.events.iter().filter(|event| event.exception_value == Some(nonce)).collect();
        // By the trace that was sent along first of all: an application's `before_send` may drop every event.
        let traces: BTreeSet<&str> = messages.iter().chain(&errors).filter_map(|event| event.trace_id).collect();
        let traces: BTreeSet<&str> = traces.into_iter().chain(sent.map(|sent| sent.trace.as_str())).collect();
        let transactions: Vec<&Transaction> =
            self.transactions.iter().filter(|one| one.trace_id.is_some_and(|trace| traces.contains(trace))).collect();
        let has_body = |event: &&Event| event.request_body.is_some_and(|body| body.to_string().contains(nonce));
        Arrived {
            message: !messages.is_empty(),
            mechanisms: errors.iter().map(|event| event.mechanism.unwrap_or("none").to_owned()).collect(),
            transactions: transactions.iter().map(|one| one.name.unwrap_or_default().to_owned()).collect(),
            log: self.logs.iter().any(|line| line.contains(nonce)),
            profile: transactions.iter().any(|one| one.profiler_id.is_some_and(|id| self.profilers.contains(id))),
            body: sent.filter(|sent| sent.has_body).map(|_| errors.iter().any(has_body)),
        }
    }

    /// The first transaction of a trace.
    pub(crate) fn transaction_of(&self, trace: &str) -> Option<&str> {
        self.transactions.iter().find(|one| one.trace_id == Some(trace)).and_then(|one| one.name)
    }

    /// The first error of a trace, and who reported it.
    pub(crate) fn error_of(&self, trace: &str) -> Option<String> {
        let error = self.events.iter().find(|event| event.trace_id == Some(trace) && event.exception_type.is_some())?;
        Some(format!("{} ({})", error.exception_type?, error.mechanism.unwrap_or("none")))
    }

    /// The states of a monitor that were reported.
    pub(crate) fn statuses_of(&self, slug: &str) -> BTreeSet<&str> {
        self.check_ins
            .iter()
            .filter(|check_in| check_in.slug == Some(slug))
            .filter_map(|check_in| check_in.status)
            .collect()
    }

    /// Every check-in, as monitor and state.
    pub(crate) fn check_ins(&self) -> BTreeSet<(&str, &str)> {
        self.check_ins.iter().filter_map(|check_in| Some((check_in.slug?, check_in.status?))).collect()
    }
}
