//! Real `git apply` takes every diff and arrives at the bytes that the changeset wants.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test prepares files, runs git, and may fail")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use changeset::{Changeset, FileChange, unified_diff};
use proptest::prelude::*;

fn changed(path: impl AsRef<OsStr>, before: impl AsRef<[u8]>, after: impl AsRef<[u8]>) -> FileChange {
    let (before, after) = (Some(before.as_ref().to_vec()), Some(after.as_ref().to_vec()));
    FileChange { path: PathBuf::from(path.as_ref()), before, after, mode: 0o644 }
}

fn numbered(lines: usize) -> String {
    (0..lines).map(|line| format!("line {line}\n")).collect()
}

/// Writes the files as they are before, feeds the diff to git, and compares.
fn assert_git_arrives(situation: &str, changes: Vec<FileChange>) {
    let tree = tempfile::tempdir().unwrap();
    for change in &changes {
        let path = tree.path().join(&change.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if let Some(before) = &change.before {
            fs::write(&path, before).unwrap();
            set_mode(&path, change.mode);
        }
    }
    let changeset = Changeset::new(tree.path(), changes).unwrap();
    let diff = unified_diff(&changeset, Path::new(""));
    let problem = git_apply(tree.path(), tree.path(), &diff);
    assert_eq!(problem, "", "{situation}:\n{}", String::from_utf8_lossy(&diff));
    for change in changeset.changes() {
        let path = tree.path().join(&change.path);
        assert_eq!(fs::read(&path).ok(), change.after, "{situation}: {}", path.display());
        if change.after.is_some() {
            assert_eq!(is_executable(&path), change.mode & 0o100 != 0, "{situation}");
        }
    }
}

/// What git complains about; nothing when it took the patch.
fn git_apply(top: &Path, cwd: &Path, diff: &[u8]) -> String {
    let patch = tempfile::NamedTempFile::new().unwrap();
    fs::write(patch.path(), diff).unwrap();
    let output = Command::new("git")
        .args(["apply", "--whitespace=nowarn"])
        .arg(patch.path())
        .current_dir(cwd)
        .env("GIT_CEILING_DIRECTORIES", top.parent().unwrap())
        // No configuration of whoever runs the tests.
        .env("HOME", top)
        .env("XDG_CONFIG_HOME", top)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    false
}

#[test]
fn odd_contents() {
    let cases: &[(&str, &[u8], &[u8])] = &[
        ("CRLF", b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
        ("mixed line ends", b"a\r\nb\nc\r\n", b"a\r\nb\nx\nc\r\n"),
        ("LF becomes CRLF", b"a\nb\n", b"a\r\nb\r\n"),
        ("lone CR inside a line", b"a\rb\nc\n", b"a\rb\nC\n"),
        ("a file of lone CRs", b"a\rb\rc", b"a\rB\rc"),
        ("CR is the last byte", b"a\nb\r", b"a\nc\r"),
        ("Latin-1", b"# gr\xfcn\nx = 1\n", b"# gr\xfcn\nx = '\xe9'\n"),
        ("UTF-8 with a byte order mark", b"\xef\xbb\xbfx\n", b"\xef\xbb\xbfy\n"),
        ("UTF-16", b"\xff\xfea\0\n\0b\0\n\0", b"\xff\xfea\0\n\0c\0\n\0"),
        ("NUL in a line", b"a\0b\nc\n", b"a\0b\nd\n"),
        ("no last newline before", b"a\nb", b"a\nb\n"),
        ("no last newline after", b"a\nb\n", b"a\nb"),
        ("no last newline on either side, last line changed", b"a\nb", b"a\nc"),
        ("no last newline on either side, first line changed", b"a\nb", b"c\nb"),
        ("no last newline, line appended", b"a\nb", b"a\nb\nc"),
        ("one line without newline", b"a", b"b"),
        ("becomes empty", b"a\nb\n", b""),
        ("was empty", b"", b"a\n"),
        ("was empty, no last newline after", b"", b"a"),
        ("a lone newline goes away", b"\n", b""),
        ("blank lines and trailing blanks", b"a  \n\n\n\t\n", b"a\n\n \n\t\n"),
        ("lines that look like a diff", b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n", b"-- a/x\n+++ b/x\n@@ -1 +1 @@\n-\n"),
        ("a line that looks like the newline note", b"\\ No newline at end of file\n", b"\\ No newline at end of file"),
        ("form feeds and vertical tabs", b"a\x0cb\x0b\n\x0c\n", b"a\x0cb\x0b\n\x0c\nc\n"),
        ("U+2028 and NEL end no line", "a\u{2028}b\u{85}c\n".as_bytes(), "a\u{2028}b\u{85}d\n".as_bytes()),
    ];
    for (situation, before, after) in cases {
        assert_git_arrives(situation, vec![changed("f.py", before, after)]);
    }
}

#[test]
fn several_hunks() {
    let before = numbered(60);
    let after = before.replace("line 3\n", "").replace("line 30\n", "a\nb\n").replace("line 59\n", "line 59");
    assert_git_arrives("far apart", vec![changed("f", &before, after)]);
    let near = before.replace("line 10\n", "x\n").replace("line 17\n", "y\n");
    assert_git_arrives("six lines apart, one hunk", vec![changed("f", &before, near)]);
    let apart = before.replace("line 10\n", "x\n").replace("line 18\n", "y\n");
    assert_git_arrives("seven lines apart", vec![changed("f", &before, apart)]);
    assert_git_arrives("first and last line", vec![changed("f", &before, format!("top\n{before}end\n"))]);
}

#[test]
fn files_that_come_and_go() {
    let script = FileChange { mode: 0o755, ..FileChange::created("run.sh", "#!/bin/sh\n") };
    let empty_script = FileChange { mode: 0o755, ..FileChange::created("empty.sh", "") };
    let edited_script = FileChange { mode: 0o755, ..changed("edit.sh", "a\n", "b\n") };
    for (situation, change) in [
        ("new", FileChange::created("a/new.py", "x = 1\n")),
        ("new without last newline", FileChange::created("new.py", "x = 1")),
        ("new and empty", FileChange::created("pkg/__init__.py", "")),
        ("new and empty, with a space", FileChange::created("my pkg/a file", "")),
        ("new and executable", script),
        ("new, empty and executable", empty_script),
        ("deleted", FileChange::deleted("old.py", b"x\n".to_vec(), 0o644)),
        ("deleted without last newline", FileChange::deleted("old.py", b"x".to_vec(), 0o644)),
        ("deleted and executable", FileChange::deleted("old.sh", b"x\n".to_vec(), 0o755)),
        ("deleted and empty", FileChange::deleted("old", Vec::new(), 0o644)),
        ("executable and edited", edited_script),
    ] {
        assert_git_arrives(situation, vec![change]);
    }
}

#[test]
fn odd_paths() {
    for path in
        ["a b.py", "dir with space/f", " lead", "trail ", "grün/日本.py", "a'b", "-dash", "a => b", "b/b/a", "x..y"]
    {
        assert_git_arrives(path, vec![changed(path, "1\n", "2\n"), FileChange::created(format!("{path}.new"), "x\n")]);
    }
}

#[test]
#[cfg(unix)]
fn paths_that_only_unix_has() {
    use std::os::unix::ffi::OsStrExt;
    let names: [&[u8]; 8] =
        [b"q\"uote", b"back\\slash", b"tab\tbed", b"new\nline", b"cr\r", b"bell\x07", b"gr\xfcn.py", b"a \xff \"b\""];
    for name in names {
        let path = OsStr::from_bytes(name);
        assert_git_arrives(&path.to_string_lossy(), vec![changed(path, "1\n", "2\n")]);
        assert_git_arrives(&path.to_string_lossy(), vec![FileChange::created(path, "")]);
    }
}

#[test]
fn one_diff_of_many_files() {
    let changes = vec![
        changed("pyproject.toml", "[project]\r\nname = 'x'\r\n", "[project]\r\nname = 'x'\r\ndeps = []\r\n"),
        changed("src/app.py", "app = Flask()", "init()\napp = Flask()"),
        FileChange::created("src/observability.py", ""),
        FileChange::deleted("raven.cfg", b"x".to_vec(), 0o644),
        changed("z z.txt", numbered(20), numbered(21)),
    ];
    assert_git_arrives("many files", changes);
}

#[test]
fn a_root_below_the_top_of_a_work_tree() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path().canonicalize().unwrap().join("services/web");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("f"), "1\n").unwrap();
    let init = Command::new("git").args(["init", "--quiet"]).current_dir(tree.path()).status().unwrap();
    assert!(init.success());

    let changeset = Changeset::new(&root, vec![changed("f", "1\n", "2\n")]).unwrap();
    let prefix = changeset::path_in_work_tree(&root).unwrap();
    assert_eq!(git_apply(tree.path(), &root, &unified_diff(&changeset, &prefix)), "");
    assert_eq!(fs::read(root.join("f")).unwrap(), b"2\n");
}

/// Lines that meet again, so that the diff has something to find, of the bytes that make trouble.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![5 => Just(b'\n'), 3 => Just(b'a'), 1 => Just(b'\r'), 1 => Just(0), 1 => any::<u8>()];
    prop::collection::vec(byte, 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_become_any_bytes(before in text(), after in text()) {
        // git calls an empty patch an error.
        prop_assume!(before != after);
        assert_git_arrives("random", vec![changed("f", before, after)]);
    }
}
