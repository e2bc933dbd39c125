//! Names of the SDK's interface that are gone, will be, or came later than the project's SDK. Read [`names`] first.

use super::Checkup;
use crate::diagnostic::Diagnostic;

/// One finding for each use.
pub(super) fn names(_checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    Vec::new()
}
