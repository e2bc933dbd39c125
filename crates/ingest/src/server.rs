//! The HTTP side of the ingest: a listener on loopback and the record of what it was sent.
//!
//! It answers as Sentry would and never calls out. Read [`Ingest`] first.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tiny_http::{Method, Request, Response, Server};

use crate::body::{self, BodyError};
use crate::envelope::{Envelope, EnvelopeError, Item};

/// An ingest that listens on a free port of 127.0.0.1 until it is dropped.
pub struct Ingest {
    server: Arc<Server>,
    dsn: String,
    record: Arc<Record>,
    listener: Option<JoinHandle<()>>,
}

/// One request to an endpoint of the ingest, in the order of arrival.
#[derive(Debug, Clone)]
pub struct Received {
    /// When its body had been read.
    pub at: Instant,
    /// What it carried, or why it was answered with an error.
    pub content: Result<Arc<Envelope>, Refusal>,
}

/// Why a request was answered with an error instead of being taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body could not be decoded.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The body is not an envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

/// The two endpoints of a project that SDKs post to.
#[derive(Clone, Copy)]
enum Endpoint {
    Envelope,
    Store,
}

#[derive(Default)]
struct Record {
    received: Mutex<Vec<Received>>,
    arrival: Condvar,
}

impl Ingest {
    /// Starts to listen.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be bound or no thread started.
    pub fn start() -> io::Result<Self> {
        let server = Arc::new(Server::http("127.0.0.1:0").map_err(io::Error::other)?);
        let dsn = format!("http://public@{}/1", server.server_addr());
        let record = Arc::new(Record::default());
        let listener = thread::Builder::new().name("ingest".to_owned()).spawn({
            let (server, record) = (Arc::clone(&server), Arc::clone(&record));
            move || listen(&server, &record)
        })?;
        Ok(Self { server, dsn, record, listener: Some(listener) })
    }

    /// The DSN that sends to this ingest.
    pub fn dsn(&self) -> &str {
        &self.dsn
    }

    /// All requests so far.
    pub fn received(&self) -> Vec<Received> {
        self.record.lock().clone()
    }

    /// The items of all envelopes taken so far.
    pub fn items(&self) -> Vec<Item> {
        let received = self.record.lock();
        let taken = received.iter().filter_map(|request| request.content.as_ref().ok());
        taken.flat_map(|envelope| envelope.items.iter().cloned()).collect()
    }

    /// Waits until `enough` says yes to all requests so far, asking once now and once after each arrival.
    /// The answer is no when `timeout` passes first.
    pub fn wait_for(&self, timeout: Duration, mut enough: impl FnMut(&[Received]) -> bool) -> bool {
        let received = self.record.lock();
        let waited = self.record.arrival.wait_timeout_while(received, timeout, |received| !enough(received));
        let (_received, outcome) = waited.unwrap_or_else(PoisonError::into_inner);
        !outcome.timed_out()
    }
}

impl Drop for Ingest {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(listener) = self.listener.take() {
            // It panicked if this is an error, and there is nobody left to tell.
            let _ = listener.join();
        }
    }
}

impl Record {
    /// A predicate of a caller may have panicked under this lock; the list itself is whole all the same.
    fn lock(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, received: Received) {
        self.lock().push(received);
        self.arrival.notify_all();
    }
}

/// Takes requests until the server is unblocked. Each gets a thread of its own, so a client that stalls holds up nobody.
fn listen(server: &Server, record: &Arc<Record>) {
    while let Ok(request) = server.recv() {
        let record = Arc::clone(record);
        thread::spawn(move || answer(request, &record));
    }
}

fn answer(mut request: Request, record: &Record) {
    let (status, text) = match endpoint(request.url()) {
        None => (404, r#"{"detail":"no such endpoint"}"#.to_owned()),
        Some(_) if *request.method() != Method::Post => (405, r#"{"detail":"only POST"}"#.to_owned()),
        Some(endpoint) => {
            let content = take(&mut request, endpoint).map(Arc::new);
            let answer = match &content {
                Ok(_) => (200, "{}".to_owned()),
                Err(refusal) => (refusal.status(), serde_json::json!({ "detail": refusal.to_string() }).to_string()),
            };
            record.add(Received { at: Instant::now(), content });
            answer
        }
    };
    // The client may be gone by now; what it sent is on record.
    let _ = request.respond(Response::from_string(text).with_status_code(status));
}

/// `/api/<project>/envelope/` or `/api/<project>/store/`, with or without the last slash, whatever the query.
fn endpoint(url: &str) -> Option<Endpoint> {
    let path = url.split('?').next()?;
    let (_project, endpoint) = path.strip_prefix("/api/")?.trim_end_matches('/').split_once('/')?;
    match endpoint {
        "envelope" => Some(Endpoint::Envelope),
        "store" => Some(Endpoint::Store),
        _ => None,
    }
}

fn take(request: &mut Request, endpoint: Endpoint) -> Result<Envelope, Refusal> {
    let encoding = request.headers().iter().find(|header| header.field.equiv("Content-Encoding"));
    let encoding = encoding.map_or(String::new(), |header| header.value.to_string());
    let body = body::decode(&encoding, request.as_reader())?;
    let envelope = match endpoint {
        Endpoint::Envelope => Envelope::parse(&body)?,
        Endpoint::Store => Envelope::of_event(&body)?,
    };
    Ok(envelope)
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Self::Body(BodyError::TooLarge) => 413,
            Self::Body(BodyError::UnknownEncoding(_)) => 415,
            Self::Body(BodyError::Unreadable(_)) | Self::Envelope(_) => 400,
        }
    }
}
