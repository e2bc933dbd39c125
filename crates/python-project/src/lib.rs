//! A Python project on disk: its files, its modules, the processes it runs and what each does when it starts.
//!
//! This crate knows no framework and no SDK: the names that mean something come in as a [`Vocabulary`].
//! Read [`Workspace`] first, then [`Trace`](trace::Trace).

pub mod trace;

mod bare;
mod clock;
pub mod commands;
mod deployment;
mod import_scan;
mod launch;
pub mod lint;
mod problem;
pub mod process;
pub mod project;
mod sketch;
mod vocabulary;
mod walk;
mod workspace;

pub use bare::{BareCommand, bare_commands};
pub use clock::{ClockCommand, clock_commands};
pub use problem::Problem;
pub use vocabulary::{Launcher, Meaning, ObjectId, Target, Vocabulary};
pub use walk::{Words, read};
pub use workspace::{File, FileId, Module, Resolved, Workspace};
