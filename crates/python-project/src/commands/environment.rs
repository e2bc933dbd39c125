//! `.env` files: the variables that name what to load. Never keeps any other: those files hold secrets.

use std::path::Path;

use super::place::{Place, set_env};
use super::variables::assignment;
use super::{DeclaredCommand, Declares, Trust};

/// The variables whose values are module names, by the programs that read them at start.
const MODULE_VARIABLES: &[&str] = &["DJANGO_SETTINGS_MODULE", "FLASK_APP"];

/// One declaration for the file, when it names a module.
pub(super) fn commands(path: &Path, text: &str, trust: Trust) -> Vec<DeclaredCommand> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut found: Option<Place> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let Some((variable, value)) = assignment(line.strip_prefix("export ").unwrap_or(line).trim_start()) else {
            continue;
        };
        if MODULE_VARIABLES.contains(&variable) {
            let place = found.get_or_insert_with(|| Place::new(&name, number, trust.max(Trust::Script)));
            set_env(&mut place.env, variable, value.trim().trim_matches(['"', '\'']));
        }
    }
    found.into_iter().map(|place| place.declare(Declares::Environment)).collect()
}
