//! What a version constraint of any dialect says about the oldest version it lets in.

use std::str::FromStr;

use pep440_rs::Version;

/// The oldest version that the constraint names, by its lower bounds; `None` when it has none.
///
/// Reads PEP 440 (`>=2,<3`, `==2.1`, `~=2.1`) and Poetry's `^2.1`, `~2.1` and bare `2.1`.
pub(crate) fn lowest(specifier: &str) -> Option<Version> {
    clauses(specifier)
        .filter(|(operator, _)| !matches!(*operator, "<" | "<=" | "!="))
        .filter_map(|(_, version)| parse(version))
        .max()
}

/// Whether the constraint lets in one version alone.
pub(crate) fn is_exact(specifier: &str) -> bool {
    clauses(specifier).any(|(operator, version)| matches!(operator, "==" | "===" | "=") && !version.contains('*'))
}

fn clauses(specifier: &str) -> impl Iterator<Item = (&str, &str)> {
    specifier.split(',').map(str::trim).filter(|clause| !clause.is_empty()).map(|clause| {
        let end = clause.find(|c: char| !"=<>!~^".contains(c)).unwrap_or(clause.len());
        (&clause[..end], clause[end..].trim())
    })
}

fn parse(version: &str) -> Option<Version> {
    Version::from_str(version.trim_end_matches(".*").trim_end_matches('*')).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_bound_of_every_dialect_is_read() {
        for (specifier, floor) in [
            (">=2.40", Some("2.40")),
            ("==2.20.0", Some("2.20.0")),
            ("^2.45", Some("2.45")),
            ("<3,>=2", Some("2")),
            ("~=2.1", Some("2.1")),
            ("2.*", Some("2")),
            ("<3", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(lowest(specifier), floor.map(|text| text.parse().expect("a version")), "{specifier}");
        }
        assert!(is_exact("==2.1") && !is_exact("==2.*") && !is_exact(">=2.1"));
    }
}
