//! What Sentry needs from a project, and the smallest edits that give it: rules, facts, recommendation, plan, rewrite.
//!
//! This crate never touches the disk but through [`Workspace`](python_project::Workspace). Read [`Catalogue`] first, then [`plan`](plan::plan).

pub mod addition;
pub mod also;
pub mod catalogue;
pub mod choices;
pub mod crons;
pub mod diagnostic;
pub mod doctor;
pub mod dsn;
pub mod existing;
pub mod facts;
pub mod fix;
#[cfg(test)]
mod fixture;
pub mod idiom;
pub mod init_call;
pub mod libraries;
pub mod nearest;
mod notes;
pub mod placement;
pub mod plan;
pub mod privacy;
pub mod recommend;
mod requirement;
pub mod rewrite;
pub mod sdk;
pub mod suppression;
mod version;

pub use catalogue::{Catalogue, RuleError};
pub use choices::Choices;
pub use diagnostic::{Code, Diagnostic, Severity};
pub use facts::{Facts, Location};
pub use fix::{Applicability, Fix};
pub use plan::Plan;
pub use recommend::Recommendation;
