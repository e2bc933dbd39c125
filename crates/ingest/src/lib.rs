//! A Sentry ingest on loopback: envelopes in, items out.
//!
//! It listens on a free port of 127.0.0.1, takes what an SDK sends, and keeps every item, also those of a type it has never heard of.
//! It never dials out and knows nothing of Python. Read [`Ingest`] first, then [`Item`].

mod body;
mod envelope;
mod server;
mod views;

pub use body::{BodyError, MAX_BODY};
pub use envelope::{Envelope, EnvelopeError, Item, Payload};
pub use server::{Ingest, Received, Refusal};
pub use views::{CheckIn, DiscardedEvent, Event, LogEntry, ProfileChunk, Transaction};
