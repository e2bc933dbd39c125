//! One Python file: its bytes, its text, its statements, and how lines are added to it without moving anything else.
//!
//! This crate knows neither the disk nor Sentry, and it is the only one that names a type of the ruff crates.
//! Read [`Source`] first, then [`Outline`](outline::Outline).

pub mod outline;
mod parse;
mod source;
mod stdlib;

pub use parse::ParseError;
pub use source::{DecodeError, Source};
pub use stdlib::is_standard_library;
