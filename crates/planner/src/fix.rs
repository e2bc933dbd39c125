//! Edits that go together, and how sure they are. Read [`Fix`] first, then [`compatible`]. Never carries them out: that is `rewrite`.

use std::path::PathBuf;

use changeset::Edit;
use pep440_rs::Version;

/// How sure a fix is: what it promises to a person who applies it unseen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// What the program sends, and how it behaves otherwise, is as it was meant.
    #[default]
    Safe,
    /// It may not be what was meant, or moves a version that somebody chose; `--unsafe-fixes` applies it.
    Unsafe,
    /// It shows the way; it is never applied.
    DisplayOnly,
}

impl Applicability {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::DisplayOnly => "display-only",
        }
    }
}

/// Edits of several files that go together or not at all: an init without its requirement is an ImportError at start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fix {
    /// For each file its edits.
    pub files: Vec<FileEdits>,
    /// Files that are not there yet.
    pub created: Vec<NewFile>,
    /// How sure it is.
    pub applicability: Applicability,
    /// The oldest release of the SDK that knows what is written, where the project may have an older one.
    pub needs: Option<Version>,
    /// Commands that refresh what is generated from the files.
    pub commands: Vec<String>,
    /// The requirement as it reads then, and where.
    pub requirement: Option<(String, PathBuf)>,
}

/// A file to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// The edits of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdits {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// Spans of its bytes.
    pub edits: Vec<Edit>,
    /// What must still hold after them.
    pub keeps: Keeps,
}

/// What edits of a file must not lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeps {
    /// Every statement of a Python source.
    Statements {
        /// Expressions that may come around something in a statement, or become decorators.
        calls: Vec<String>,
    },
    /// Everything a manifest says: its own dialect has compared that.
    Requirements,
    /// The statements of a Python source, one for one; expressions in them may be others. Comes after the edits that add statements.
    Shape,
    /// Nothing: what is lost was meant to be. The file must still be Python.
    Syntax,
    /// Every byte of another file: something is put in, nothing taken away.
    Bytes,
}

impl Keeps {
    /// What may come around expressions beside new statements.
    pub(crate) fn calls(&self) -> Option<&Vec<String>> {
        if let Self::Statements { calls } = self { Some(calls) } else { None }
    }
}

impl Fix {
    /// Edits of one Python source that change expressions alone.
    pub fn of_expressions(path: PathBuf, edits: Vec<Edit>, applicability: Applicability) -> Self {
        let files = vec![FileEdits { path, edits, keeps: Keeps::Shape }];
        Self { files, applicability, ..Self::default() }
    }

    /// Whether it may be applied, with or without `--unsafe-fixes`.
    pub fn is_allowed(&self, unsafe_fixes: bool) -> bool {
        self.applicability <= if unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe }
    }

    /// Whether the two claim the same bytes of a file for different ends. What both want is wanted once.
    fn contradicts(&self, other: &Self) -> bool {
        self.files.iter().any(|file| {
            let same = other.files.iter().filter(|there| there.path == file.path);
            same.flat_map(|there| &there.edits).any(|there| file.edits.iter().any(|edit| overlap(edit, there)))
        })
    }
}

/// Whether two edits cannot both be made. Insertions at one place can.
fn overlap(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (&one.range, &other.range);
    let inside = |at: usize, range: &std::ops::Range<usize>| range.start < at && at < range.end;
    one != other
        && match (a.is_empty(), b.is_empty()) {
            (true, true) => false,
            (true, false) => inside(a.start, b),
            (false, true) => inside(b.start, a),
            (false, false) => a.start < b.end && b.start < a.end,
        }
}

/// The fixes that can be made together, and those that have to wait for another run because an earlier one changes the same bytes.
pub fn compatible<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> (Vec<&'a Fix>, Vec<&'a Fix>) {
    let (mut taken, mut waiting): (Vec<&Fix>, Vec<&Fix>) = (Vec::new(), Vec::new());
    for fix in fixes {
        let contradicts = taken.iter().any(|earlier| earlier.contradicts(fix));
        if contradicts { waiting.push(fix) } else { taken.push(fix) }
    }
    (taken, waiting)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(edits: Vec<Edit>) -> Fix {
        Fix::of_expressions("a.py".into(), edits, Applicability::Safe)
    }

    #[test]
    fn the_earlier_of_two_fixes_of_the_same_bytes_is_made() {
        let fixes = [
            fix(vec![Edit::replace(3..5, "x")]),
            fix(vec![Edit::replace(4..9, "y")]),
            fix(vec![Edit::insert(3, "z"), Edit::insert(5, "z")]),
            fix(vec![Edit::insert(4, "z")]),
            fix(vec![Edit::replace(3..5, "x")]),
        ];
        let (taken, waiting) = compatible(&fixes);
        assert_eq!(taken, [&fixes[0], &fixes[2], &fixes[4]]);
        assert_eq!(waiting, [&fixes[1], &fixes[3]]);
    }

    #[test]
    fn only_safe_fixes_are_applied_unasked() {
        let of = |applicability| Fix { applicability, ..Fix::default() };
        assert!(of(Applicability::Safe).is_allowed(false) && !of(Applicability::Unsafe).is_allowed(false));
        assert!(of(Applicability::Unsafe).is_allowed(true) && !of(Applicability::DisplayOnly).is_allowed(true));
    }
}
