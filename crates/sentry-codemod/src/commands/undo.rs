//! Takes back the last change. Read [`run`] first.

use anyhow::Result;
use changeset::StateDir;

use crate::arguments::UndoArguments;
use crate::exit::Exit;
use crate::inspection::Target;
use crate::output;

/// Puts every file back as it was before the last apply.
///
/// # Errors
/// When there is nothing to take back, a file was edited since, or one cannot be written; then nothing is.
pub(crate) fn run(arguments: &UndoArguments) -> Result<Exit> {
    let target = Target::of(&arguments.path)?;
    let state = StateDir::for_root(&target.root);
    let recovered = changeset::recover(&target.root, &state)?;
    output::recovered(recovered.as_ref());
    // What was interrupted is what is to be taken back, and not the change before it as well.
    if !recovered.is_some_and(|recovered| recovered.is_undone()) {
        output::undone(&changeset::undo(&target.root, &state)?);
    }
    Ok(Exit::Fine)
}
