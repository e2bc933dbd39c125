//! What a file's import statements name, read from its lines: enough to know where imports lead, ten times cheaper than parsing.
//! A line of a docstring may be taken for an import; nothing is lost by following one too many. Read [`imported_names`] first.

/// A name that an import statement mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportedName {
    /// The number of leading dots.
    pub(crate) level: usize,
    /// The dotted module, possibly empty after dots; for `from a import b` there is one entry for `a` and one for `a.b`.
    pub(crate) module: String,
    /// Whether `module` may be an attribute rather than a module.
    pub(crate) is_member: bool,
    /// Whether the statement stands at the beginning of its line: it runs whenever the module does.
    pub(crate) at_top: bool,
}

/// The names in the order of the file.
pub(crate) fn imported_names(text: &[u8]) -> Vec<ImportedName> {
    let text = String::from_utf8_lossy(text);
    let mut names = Vec::new();
    let mut rest = &*text;
    while !rest.is_empty() {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = rest[..end].trim_start_matches([' ', '\t', '\u{c}', '\u{feff}']);
        let at_top = line.len() == end;
        if let Some(modules) = line.strip_prefix("import ") {
            names.extend(
                modules
                    .split([';', '#'])
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .map(first_word)
                    .filter(|module| !module.is_empty())
                    .map(|module| ImportedName { level: 0, module: module.to_owned(), is_member: false, at_top }),
            );
        } else if let Some((module, members)) = line.strip_prefix("from ").and_then(|from| from.split_once(" import")) {
            // In parentheses the names may go on over several lines.
            let list = match members.trim_start().strip_prefix('(') {
                Some(_) => {
                    let from = end - members.len() + members.find('(').unwrap_or(0) + 1;
                    &rest[from..rest[from..].find(')').map_or(rest.len(), |at| from + at)]
                }
                None => members,
            };
            from_names(module.trim(), list, at_top, &mut names);
        }
        rest = &rest[end..];
    }
    names
}

fn from_names(module: &str, members: &str, at_top: bool, names: &mut Vec<ImportedName>) {
    let level = module.len() - module.trim_start_matches('.').len();
    let module = &module[level..];
    if module.contains(char::is_whitespace) {
        return;
    }
    names.push(ImportedName { level, module: module.to_owned(), is_member: false, at_top });
    for line in members.lines() {
        let code = line.split('#').next().unwrap_or_default();
        for member in code.split(',').map(first_word).filter(|member| !member.is_empty() && *member != "*") {
            let module = if module.is_empty() { member.to_owned() } else { format!("{module}.{member}") };
            names.push(ImportedName { level, module, is_member: true, at_top });
        }
    }
}

fn first_word(text: &str) -> &str {
    let word = text.split_whitespace().next().unwrap_or_default();
    if word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.' || c == '*') { word } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str) -> Vec<String> {
        let shown = |name: &ImportedName| {
            format!("{}{}{}", ".".repeat(name.level), name.module, if name.at_top { "" } else { "?" })
        };
        imported_names(text.as_bytes()).iter().map(shown).collect()
    }

    #[test]
    fn every_form_of_import_is_seen() {
        assert_eq!(scanned("import a.b as c, d\nimport e; x = 1\n"), ["a.b", "d", "e"]);
        assert_eq!(
            scanned("from a import b as c, d  # e\nfrom . import f\nfrom ..g import h\n"),
            ["a", "a.b", "a.d", ".", ".f", "..g", "..g.h"]
        );
        assert_eq!(scanned("from a import (\n    b,  # why, ever\n    c,\n)\nimport d\n"), ["a", "a.b", "a.c", "d"]);
        assert_eq!(scanned("try:\n    import a\nexcept E:\n    from b import *\n"), ["a?", "b?"]);
        assert_eq!(scanned("# import a\nimportant = 1\nfrom_x = 2\n"), Vec::<String>::new());
    }
}
