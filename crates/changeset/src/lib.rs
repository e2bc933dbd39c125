//! Edits as values, and the only place that writes files.
//!
//! An [`Edit`] is a span of the original bytes and what stands there afterwards.
//! This crate knows nothing of Python or of Sentry. Read [`Edit`] first.

mod edit;

pub use edit::{Edit, EditError, apply_edits};
