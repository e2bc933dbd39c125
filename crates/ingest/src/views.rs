//! What the items mean: views of the JSON that SDKs send, borrowed from an [`Item`].
//!
//! A field is `None` when the SDK did not send it or sent something of another type; the item itself still has all of it.
//! Read [`Event`] first.

use serde_json::Value;

use crate::envelope::Item;

/// An error or a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'a> {
    /// Class name of the exception that was caught last: the outermost of a chain.
    pub exception_type: Option<&'a str>,
    /// Text of that exception.
    pub exception_value: Option<&'a str>,
    /// What caught it: the name of an integration, `logging`, `excepthook` ...
    pub mechanism: Option<&'a str>,
    /// Whether the program dealt with it itself.
    pub handled: Option<bool>,
    /// Name of the logger, when the event comes from one.
    pub logger: Option<&'a str>,
    /// The message, formatted.
    pub message: Option<&'a str>,
    /// `error`, `warning` ...
    pub level: Option<&'a str>,
    /// Name of the transaction it happened in.
    pub transaction: Option<&'a str>,
    /// The trace it belongs to, 32 hexadecimal digits.
    pub trace_id: Option<&'a str>,
    /// Address of the request it happened in.
    pub request_url: Option<&'a str>,
    /// Body of that request, as the SDK understood it.
    pub request_body: Option<&'a Value>,
}

/// One traced request, task or command.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction<'a> {
    /// Its name: a route, a task ...
    pub name: Option<&'a str>,
    /// Where the name comes from: `route`, `component`, `url`, `task` ...
    pub source: Option<&'a str>,
    /// What it is: `http.server`, `queue.task.celery` ...
    pub op: Option<&'a str>,
    /// The trace it belongs to, 32 hexadecimal digits.
    pub trace_id: Option<&'a str>,
    /// The span that caused it, in another process as a rule.
    pub parent_span_id: Option<&'a str>,
    /// The profiler that ran meanwhile; the same as in a [`ProfileChunk`].
    pub profiler_id: Option<&'a str>,
}

/// One structured log line.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry<'a> {
    /// The line, formatted.
    pub body: Option<&'a str>,
    /// `info`, `warn` ...
    pub level: Option<&'a str>,
    /// The trace it was written in.
    pub trace_id: Option<&'a str>,
}

/// A stretch of the continuous profiler's samples.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileChunk<'a> {
    /// The profiler of one process.
    pub profiler_id: Option<&'a str>,
    /// How many samples it holds.
    pub samples: usize,
}

/// A sign of life of a scheduled job.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckIn<'a> {
    /// The monitor's name.
    pub slug: Option<&'a str>,
    /// `in_progress`, `ok` or `error`.
    pub status: Option<&'a str>,
    /// The same for the beginning and the end of one run.
    pub id: Option<&'a str>,
    /// Schedule and limits, when the SDK creates the monitor.
    pub monitor_config: Option<&'a Value>,
}

/// Items that the SDK dropped instead of sending them.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscardedEvent<'a> {
    /// Why: `before_send`, `sample_rate`, `network_error` ...
    pub reason: Option<&'a str>,
    /// What: `error`, `transaction`, `log_item` ...
    pub category: Option<&'a str>,
    /// How many.
    pub quantity: u64,
}

impl Item {
    /// The document of an item of this type.
    fn document(&self, kind: &str) -> Option<&Value> {
        if self.kind == kind { self.json() } else { None }
    }

    /// This item as an event, if it is one.
    pub fn event(&self) -> Option<Event<'_>> {
        let event = self.document("event")?;
        let exception = event.pointer("/exception/values").and_then(Value::as_array).and_then(|chain| chain.last());
        let exception = exception.unwrap_or(&Value::Null);
        let message = ["/message", "/logentry/formatted", "/logentry/message"];
        Some(Event {
            exception_type: text(exception, "/type"),
            exception_value: text(exception, "/value"),
            mechanism: text(exception, "/mechanism/type"),
            handled: exception.pointer("/mechanism/handled").and_then(Value::as_bool),
            logger: text(event, "/logger"),
            message: message.iter().find_map(|path| text(event, path)),
            level: text(event, "/level"),
            transaction: text(event, "/transaction"),
            trace_id: text(event, "/contexts/trace/trace_id"),
            request_url: text(event, "/request/url"),
            request_body: event.pointer("/request/data"),
        })
    }

    /// This item as a transaction, if it is one.
    pub fn transaction(&self) -> Option<Transaction<'_>> {
        let transaction = self.document("transaction")?;
        Some(Transaction {
            name: text(transaction, "/transaction"),
            source: text(transaction, "/transaction_info/source"),
            op: text(transaction, "/contexts/trace/op"),
            trace_id: text(transaction, "/contexts/trace/trace_id"),
            parent_span_id: text(transaction, "/contexts/trace/parent_span_id"),
            profiler_id: text(transaction, "/contexts/profile/profiler_id"),
        })
    }

    /// The log lines in this item; none if it is of another type.
    pub fn log_entries(&self) -> Vec<LogEntry<'_>> {
        list(self.document("log"), "/items").map(LogEntry::read).collect()
    }

    /// This item as a profile chunk, if it is one.
    pub fn profile_chunk(&self) -> Option<ProfileChunk<'_>> {
        let chunk = self.document("profile_chunk")?;
        let samples = list(Some(chunk), "/profile/samples").count();
        Some(ProfileChunk { profiler_id: text(chunk, "/profiler_id"), samples })
    }

    /// This item as a check-in, if it is one.
    pub fn check_in(&self) -> Option<CheckIn<'_>> {
        let check_in = self.document("check_in")?;
        Some(CheckIn {
            slug: text(check_in, "/monitor_slug"),
            status: text(check_in, "/status"),
            id: text(check_in, "/check_in_id"),
            monitor_config: check_in.get("monitor_config"),
        })
    }

    /// What this client report says was dropped; nothing if the item is of another type.
    pub fn discarded_events(&self) -> Vec<DiscardedEvent<'_>> {
        list(self.document("client_report"), "/discarded_events").map(DiscardedEvent::read).collect()
    }
}

impl<'a> LogEntry<'a> {
    fn read(entry: &'a Value) -> Self {
        Self { body: text(entry, "/body"), level: text(entry, "/level"), trace_id: text(entry, "/trace_id") }
    }
}

impl<'a> DiscardedEvent<'a> {
    fn read(entry: &'a Value) -> Self {
        let quantity = entry.get("quantity").and_then(Value::as_u64).unwrap_or(0);
        Self { reason: text(entry, "/reason"), category: text(entry, "/category"), quantity }
    }
}

fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path).and_then(Value::as_str)
}

fn list<'a>(document: Option<&'a Value>, path: &str) -> impl Iterator<Item = &'a Value> {
    document.and_then(|document| document.pointer(path)).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::envelope::Payload;

    fn item(kind: &str, document: Value) -> Item {
        Item { kind: kind.to_owned(), headers: serde_json::Map::new(), payload: Payload::Json(document) }
    }

    #[test]
    fn an_error_in_a_request() {
        let error = item(
            "event",
            json!({
                "level": "error",
                "exception": {"values": [
                    {"type": "KeyError", "value": "cause"},
                    {"type": "ShopError", "value": "no stock", "mechanism": {"type": "flask", "handled": false}},
                ]},
                "transaction": "buy",
                "contexts": {"trace": {"trace_id": "abc"}},
                "request": {"url": "http://localhost/buy", "data": {"order": 7}},
            }),
        );
        let event = error.event().unwrap();
        assert_eq!((event.exception_type, event.exception_value), (Some("ShopError"), Some("no stock")));
        assert_eq!((event.mechanism, event.handled, event.level), (Some("flask"), Some(false), Some("error")));
        assert_eq!((event.transaction, event.trace_id), (Some("buy"), Some("abc")));
        assert_eq!((event.request_url, event.request_body), (Some("http://localhost/buy"), Some(&json!({"order": 7}))));
    }

    #[test]
    fn a_message_wherever_the_sdk_puts_it() {
        for document in [
            json!({"message": "hello"}),
            json!({"logentry": {"message": "hello"}}),
            json!({"logentry": {"message": "%s", "formatted": "hello"}}),
        ] {
            let message = item("event", document);
            let event = message.event().unwrap();
            assert_eq!((event.message, event.exception_type, event.mechanism), (Some("hello"), None, None));
        }
    }

    #[test]
    fn a_transaction() {
        let task = item(
            "transaction",
            json!({
                "transaction": "shop.ship",
                "transaction_info": {"source": "task"},
                "contexts": {
                    "trace": {"op": "queue.task.celery", "trace_id": "abc", "parent_span_id": "def"},
                    "profile": {"profiler_id": "p1"},
                },
            }),
        );
        let expected = Transaction {
            name: Some("shop.ship"),
            source: Some("task"),
            op: Some("queue.task.celery"),
            trace_id: Some("abc"),
            parent_span_id: Some("def"),
            profiler_id: Some("p1"),
        };
        assert_eq!(task.transaction(), Some(expected));
    }

    #[test]
    fn logs_profiles_check_ins_and_reports() {
        let log = item("log", json!({"items": [{"body": "a", "level": "info", "trace_id": "abc"}, {"body": "b"}]}));
        let bodies: Vec<_> = log.log_entries().iter().map(|entry| entry.body).collect();
        assert_eq!(bodies, [Some("a"), Some("b")]);

        let chunk = item("profile_chunk", json!({"profiler_id": "p1", "profile": {"samples": [{}, {}]}}));
        assert_eq!(chunk.profile_chunk(), Some(ProfileChunk { profiler_id: Some("p1"), samples: 2 }));

        let config = json!({"schedule": {"type": "crontab", "value": "* * * * *"}});
        let check_in = item(
            "check_in",
            json!({"monitor_slug": "nightly", "status": "ok", "check_in_id": "1", "monitor_config": config}),
        );
        let expected =
            CheckIn { slug: Some("nightly"), status: Some("ok"), id: Some("1"), monitor_config: Some(&config) };
        assert_eq!(check_in.check_in(), Some(expected));

        let report = item(
            "client_report",
            json!({"discarded_events": [{"reason": "before_send", "category": "error", "quantity": 2}]}),
        );
        let expected = DiscardedEvent { reason: Some("before_send"), category: Some("error"), quantity: 2 };
        assert_eq!(report.discarded_events(), [expected]);
    }

    #[test]
    fn documents_of_another_shape_have_no_fields() {
        for document in [json!(null), json!([]), json!({"exception": 7, "request": [], "items": {"body": 1}})] {
            assert_eq!(item("event", document.clone()).event().unwrap().exception_type, None);
            assert_eq!(item("log", document.clone()).log_entries(), []);
            assert_eq!(item("transaction", document.clone()).event(), None);
            assert_eq!(item("client_report", document).discarded_events(), []);
        }
    }
}
