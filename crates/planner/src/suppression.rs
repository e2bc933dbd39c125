//! Comments by which a user keeps hands off: `# sentry-codemod: ignore` on a line or at the top of a file, with the codes of findings
//! in brackets for these alone. Read [`Ignore`] first.

use crate::diagnostic::Code;

const MARK: &str = "# sentry-codemod: ignore";

/// One such comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// Its line, from 1.
    pub line: usize,
    /// The findings that are meant; empty for everything, edits too.
    codes: Vec<String>,
    /// Whether it stands above all code: then the whole file is meant.
    pub whole_file: bool,
}

impl Ignore {
    /// Whether edits of the place are unwanted, not only words about it.
    pub fn forbids_edits(&self) -> bool {
        self.codes.is_empty()
    }

    /// Whether a finding of this code at this line is unwanted.
    pub fn covers(&self, code: Code, line: usize) -> bool {
        let meant = self.codes.is_empty() || self.codes.iter().any(|known| known == code.as_str());
        meant && (self.whole_file || self.line == line)
    }
}

/// The comments of a file, in order.
pub fn ignores(text: &str) -> Vec<Ignore> {
    let mut found = Vec::new();
    let mut above_code = true;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        above_code &= line.is_empty() || line.starts_with('#');
        if let Some((_, rest)) = line.split_once(MARK) {
            let codes = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or("", |(codes, _)| codes);
            let codes = codes.split(',').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect();
            found.push(Ignore { line: number + 1, codes, whole_file: above_code });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_above_all_code_means_the_file() {
        let found = ignores("#!/usr/bin/python\n# sentry-codemod: ignore\nimport os\n");
        assert!(found[0].whole_file && found[0].forbids_edits() && found[0].covers(Code::NoInit, 99));
    }

    #[test]
    fn a_comment_behind_code_means_its_line_and_its_codes() {
        let found = ignores("import os\napp = Flask()  # sentry-codemod: ignore[not-started, no-init]\n");
        assert!(found[0].covers(Code::NotStarted, 2) && !found[0].covers(Code::NotStarted, 1));
        assert!(!found[0].covers(Code::RavenLeftOver, 2) && !found[0].forbids_edits());
    }
}
