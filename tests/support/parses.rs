//! The second opinion on changed Python files. Read [`python_still_parses`].

use crate::support::Tree;

/// A second parser, of other people, reads each Python file that it could read before.
///
/// # Errors
/// The file that it reads no longer, and why.
pub(crate) fn python_still_parses(before: &Tree, after: &Tree) -> Result<(), String> {
    use rustpython_parser::{Parse, ast::Suite};

    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let parse = |bytes: &[u8]| Suite::parse(text(bytes).trim_start_matches('\u{feff}'), "module.py");
    for (path, (_, bytes)) in after.iter().filter(|(path, file)| before.get(*path) != Some(file)) {
        let is_python = path.extension().is_some_and(|extension| extension == "py" || extension == "wsgi");
        let parsed_before = before.get(path).is_none_or(|(_, bytes)| parse(bytes).is_ok());
        if let (true, true, Err(error)) = (is_python, parsed_before, parse(bytes)) {
            return Err(format!("{} parses no longer: {error}\n{}", path.display(), text(bytes)));
        }
    }
    Ok(())
}
