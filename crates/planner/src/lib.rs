//! What Sentry needs from a project, and the smallest edits that give it: rules, facts, recommendation, plan, rewrite.
//!
//! This crate never touches the disk. Read [`Catalogue`] first, then [`plan`](plan::plan).

pub mod catalogue;
pub mod placement;
pub mod sdk;

pub use catalogue::{Catalogue, RuleError};
