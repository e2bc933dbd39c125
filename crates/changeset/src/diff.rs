//! A changeset as one unified diff that `git apply` takes. Read [`unified_diff`] first. Never touches the disk.
//!
//! Bytes in, bytes out: a line ends at LF and nowhere else, so carriage returns, NUL and bytes of any encoding come
//! through as they are.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Component, Path};

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use crate::change::{Changeset, FileChange};

/// How many unchanged lines surround a change.
const CONTEXT: usize = 3;

/// What a line of a diff is, for whoever colours it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// `diff --git`, the mode of a new or deleted file, `---` and `+++`.
    Header,
    /// `@@ -1,4 +1,5 @@`
    Hunk,
    /// An unchanged line.
    Context,
    /// A line that goes away.
    Removed,
    /// A line that comes.
    Added,
    /// `\ No newline at end of file`, said of the line above.
    NoNewline,
}

/// One line of a diff with its leading sign and its LF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What the line is.
    pub kind: LineKind,
    /// The line itself. Put together, the bytes of all lines are the diff.
    pub bytes: Vec<u8>,
}

/// The diff of all changes; empty when there are none.
///
/// `prefix` is where the changeset's root lies in the git work tree (see
/// [`path_in_work_tree`](crate::path_in_work_tree)), empty when it is the top of one or there is none. It matters: `git
/// apply` reads the paths of such a diff from the top of the work tree, even when it is run further down, and passes
/// over files that it cannot find there without an error.
pub fn unified_diff(changeset: &Changeset, prefix: &Path) -> Vec<u8> {
    diff_lines(changeset, prefix).flat_map(|line| line.bytes).collect()
}

/// The same diff line by line, each with its kind.
pub fn diff_lines(changeset: &Changeset, prefix: &Path) -> impl Iterator<Item = DiffLine> {
    changeset.changes().iter().flat_map(move |change| file_diff(change, prefix))
}

/// The diff of one file, line by line.
pub fn file_diff(change: &FileChange, prefix: &Path) -> Vec<DiffLine> {
    let old = split_lines(change.before.as_deref().unwrap_or_default());
    let new = split_lines(change.after.as_deref().unwrap_or_default());
    let hunks = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT);

    let mut lines = header(change, &slashed(&prefix.join(&change.path)), !hunks.is_empty());
    for hunk in &hunks {
        lines.push(DiffLine { kind: LineKind::Hunk, bytes: hunk_header(hunk) });
        for op in hunk {
            push_op(&mut lines, op, &old, &new);
        }
    }
    lines
}

/// The lines of a text, each with its LF; the last one may lack it.
fn split_lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|&byte| byte == b'\n').collect()
}

/// The lines above the first hunk. A new or deleted file that is empty has no hunk, and then no `---` and `+++` either.
fn header(change: &FileChange, path: &[u8], has_hunks: bool) -> Vec<DiffLine> {
    let (old, new) = (quoted(b"a/", path), quoted(b"b/", path));
    // git keeps one bit of the mode: executable or not.
    let mode = if change.mode & 0o100 == 0 { "100644" } else { "100755" };
    let mut lines = vec![[b"diff --git ", &old[..], b" ", &new].concat()];
    match (&change.before, &change.after) {
        (None, _) => lines.push(format!("new file mode {mode}").into_bytes()),
        (_, None) => lines.push(format!("deleted file mode {mode}").into_bytes()),
        (Some(_), Some(_)) => {}
    }
    if has_hunks {
        lines.push(file_line(b"--- ", change.before.as_ref().map(|_| old)));
        lines.push(file_line(b"+++ ", change.after.as_ref().map(|_| new)));
    }
    lines.into_iter().map(|bytes| DiffLine { kind: LineKind::Header, bytes: [&bytes[..], b"\n"].concat() }).collect()
}

/// `--- a/path`. A tab marks the end of a name with a space in it, or `patch` takes what follows the space for a date.
fn file_line(sign: &[u8], name: Option<Vec<u8>>) -> Vec<u8> {
    let name = name.unwrap_or_else(|| b"/dev/null".to_vec());
    let end: &[u8] = if name.contains(&b' ') { b"\t" } else { b"" };
    [sign, &name, end].concat()
}

fn hunk_header(hunk: &[DiffOp]) -> Vec<u8> {
    let span = |range: fn(&DiffOp) -> Range<usize>| {
        let start = hunk.first().map_or(0, |op| range(op).start);
        let end = hunk.last().map_or(0, |op| range(op).end);
        // Lines count from 1; an empty span is named by the line above it.
        let first = if start == end { start } else { start + 1 };
        format!("{first},{}", end - start)
    };
    format!("@@ -{} +{} @@\n", span(DiffOp::old_range), span(DiffOp::new_range)).into_bytes()
}

fn push_op(lines: &mut Vec<DiffLine>, op: &DiffOp, old: &[&[u8]], new: &[&[u8]]) {
    if op.tag() == DiffTag::Equal {
        old[op.old_range()].iter().for_each(|line| push_line(lines, LineKind::Context, b' ', line));
    } else {
        old[op.old_range()].iter().for_each(|line| push_line(lines, LineKind::Removed, b'-', line));
        new[op.new_range()].iter().for_each(|line| push_line(lines, LineKind::Added, b'+', line));
    }
}

fn push_line(lines: &mut Vec<DiffLine>, kind: LineKind, sign: u8, line: &[u8]) {
    let complete = line.ends_with(b"\n");
    let end: &[u8] = if complete { b"" } else { b"\n" };
    lines.push(DiffLine { kind, bytes: [&[sign], line, end].concat() });
    if !complete {
        lines.push(DiffLine { kind: LineKind::NoNewline, bytes: b"\\ No newline at end of file\n".to_vec() });
    }
}

/// The path with `/` between its names on every platform.
fn slashed(path: &Path) -> Vec<u8> {
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.as_encoded_bytes()),
        _ => None,
    });
    names.collect::<Vec<_>>().join(&b'/')
}

/// The name as git writes it: as it is, or as a C string where it holds a quote, a backslash, a control character or
/// bytes that are no UTF-8.
fn quoted(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    let plain = |text: &str| !text.chars().any(|c| c.is_control() || c == '"' || c == '\\');
    if std::str::from_utf8(path).is_ok_and(plain) {
        return [prefix, path].concat();
    }
    let mut name = String::from("\"");
    for &byte in prefix.iter().chain(path) {
        match byte {
            b'"' | b'\\' => name.extend(['\\', char::from(byte)]),
            b'\n' => name.push_str("\\n"),
            b'\r' => name.push_str("\\r"),
            b'\t' => name.push_str("\\t"),
            b' '..=b'~' => name.push(char::from(byte)),
            // Writing to a String does not fail.
            _ => _ = write!(name, "\\{byte:03o}"),
        }
    }
    name.push('"');
    name.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(changes: Vec<FileChange>) -> String {
        let changeset = Changeset::new("/r", changes).unwrap();
        String::from_utf8(unified_diff(&changeset, Path::new(""))).unwrap()
    }

    fn change(path: &str, before: &str, after: &str) -> FileChange {
        FileChange { path: path.into(), before: Some(before.into()), after: Some(after.into()), mode: 0o644 }
    }

    #[test]
    fn an_edit_with_three_lines_of_context() {
        assert_eq!(
            diff(vec![change("a/b.py", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n")]),
            "diff --git a/a/b.py b/a/b.py\n--- a/a/b.py\n+++ b/a/b.py\n\
             @@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn a_new_empty_executable_file_is_header_alone() {
        let empty = FileChange { mode: 0o755, ..FileChange::created("run", "") };
        assert_eq!(diff(vec![empty]), "diff --git a/run b/run\nnew file mode 100755\n");
    }

    #[test]
    fn new_and_deleted_files_with_a_space_in_the_name() {
        let changes = vec![FileChange::created("a b", "1\n2\n"), FileChange::deleted("c d", b"1\n".to_vec(), 0o755)];
        assert_eq!(
            diff(changes),
            "diff --git a/a b b/a b\nnew file mode 100644\n--- /dev/null\n+++ b/a b\t\n@@ -0,0 +1,2 @@\n+1\n+2\n\
             diff --git a/c d b/c d\ndeleted file mode 100755\n--- a/c d\t\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-1\n"
        );
    }

    #[test]
    fn nothing_to_change_is_an_empty_diff() {
        assert_eq!(diff(vec![change("a", "x", "x")]), "");
    }

    #[test]
    fn names_are_quoted_as_git_does() {
        for (path, name) in [
            (&b"plain.py"[..], "a/plain.py"),
            ("grün.py".as_bytes(), "a/grün.py"),
            (b"a\"b\\c", r#""a/a\"b\\c""#),
            (b"tab\there\n", r#""a/tab\there\n""#),
            (b"gr\xfcn.py", r#""a/gr\374n.py""#),
            (b"bell\x07", r#""a/bell\007""#),
        ] {
            assert_eq!(String::from_utf8(quoted(b"a/", path)).unwrap(), name);
        }
    }

    #[test]
    fn the_lines_know_what_they_are() {
        use LineKind::{Added, Context, Header, Hunk, NoNewline, Removed};
        let changeset = Changeset::new("/r", vec![change("a", "x\ny", "x\nz\n")]).unwrap();
        let kinds: Vec<_> = diff_lines(&changeset, Path::new("")).map(|line| line.kind).collect();
        assert_eq!(kinds, [Header, Header, Header, Hunk, Context, Removed, NoNewline, Added]);
    }

    #[test]
    fn paths_start_where_the_work_tree_does() {
        let changeset = Changeset::new("/r/web", vec![change("a", "1\n", "2\n")]).unwrap();
        let text = unified_diff(&changeset, Path::new("web"));
        assert!(text.starts_with(b"diff --git a/web/a b/web/a\n--- a/web/a\n"));
    }
}
