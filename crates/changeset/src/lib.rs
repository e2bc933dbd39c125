//! Edits as values, and the only place that writes files.
//!
//! An [`Edit`] is a span of the original bytes and what stands there afterwards; a [`Changeset`] is every file of a run
//! before and after. It is shown by [`unified_diff`] or carried out by [`apply()`], all files or none, and taken back by
//! [`undo`]. What a killed process left half done, [`recover`] brings to an end. This crate knows nothing of Python or
//! of Sentry. Read [`Changeset`] first.

mod apply;
mod change;
mod diff;
mod edit;
mod path;

pub use apply::{
    Applied, ApplyError, Failure, Kind, Reason, RecordError, RecoverError, Recovered, Refusal, StateDir, UndoError,
    Undone, apply, interrupted, path_in_work_tree, recover, undo,
};
pub use change::{Changeset, ChangesetError, FileChange};
pub use diff::{DiffLine, LineKind, diff_lines, file_diff, unified_diff};
pub use edit::{Edit, EditError, apply_edits};
pub use path::resolve;
