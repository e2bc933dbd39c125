//! Input that no well-meaning program expects: the file is named, the rest goes on, nothing is lost.

use crate::{APP, Project};

impl Project {
    /// The application is handled whatever else lies about; the story says this of it.
    #[track_caller]
    pub(crate) fn is_handled_and(&self, words: &str) {
        let run = self.run(&[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.added_to("app.py").contains(&"sentry_sdk.init(".to_owned()), "{}{}", run.stderr, run.diff());
        assert!(run.stderr.contains(words), "`{words}` is not in:\n{}", run.stderr);
        let applied = self.run(&["--apply"]);
        assert_eq!(applied.code, 0, "{}", applied.stderr);
        assert_eq!(self.run(&[]).diff(), "");
    }
}

#[test]
fn python_2_beside() {
    let project = Project::flask();
    project.write("scripts/old.py", "from flask import Flask\nprint 'hello'\n");
    project.is_handled_and("scripts/old.py:2:7");
}

#[test]
fn bytes_that_are_no_text_beside() {
    let project = Project::flask();
    project.write("raw.py", b"from flask import Flask\nNAME = '\xff\xfe'\n");
    project.is_handled_and("raw.py");
}

#[test]
fn binary_named_py_beside() {
    let project = Project::flask();
    project.write("blob.py", b"\x7fELF\0\0 Flask \0\x01\x02");
    project.is_handled_and("blob.py");
}

#[test]
fn unknown_encoding_beside() {
    let project = Project::flask();
    project.write("odd.py", "# -*- coding: klingon -*-\nfrom flask import Flask\n");
    project.is_handled_and("odd.py");
}

#[test]
fn deep_nesting_beside() {
    let project = Project::flask();
    project.write("deep.py", format!("from flask import Flask\nx = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000)));
    project.is_handled_and("deep.py");
}

#[test]
fn very_long_chain_beside() {
    let project = Project::flask();
    project.write("long.py", format!("from flask import Flask\nx = 1{}\n", " + 1".repeat(20_000)));
    project.is_handled_and("");
}

#[test]
fn empty_file_beside() {
    let project = Project::flask();
    project.write("empty.py", "");
    project.is_handled_and("");
}

#[test]
fn broken_syntax_in_what_the_process_loads() {
    let project = Project::of(&[
        ("app.py", "from flask import Flask\n\napp = Flask(__name__\n"),
        ("requirements.txt", "flask\n"),
    ]);
    let before = project.tree();
    project.run(&[]).fails(2, "app.py:");
    project.run(&["--apply"]).fails(2, "app.py:");
    assert!(project.tree() == before);
}

#[test]
fn broken_syntax_in_a_module_that_the_process_imports() {
    let app = "from flask import Flask\n\nimport models\n\napp = Flask(__name__)\n";
    let project = Project::of(&[
        ("app.py", app),
        ("models.py", "from flask import Flask\nclass :\n"),
        ("requirements.txt", "flask\n"),
    ]);
    let run = project.run(&["--apply"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("models.py:2:7"), "{}", run.stderr);
    assert!(project.read("app.py").contains("sentry_sdk.init("), "the rest is handled");
}

#[test]
fn invalid_toml() {
    let project = Project::of(&[("app.py", APP), ("pyproject.toml", "[project\nname = \"shop\"\n")]);
    let before = project.read("pyproject.toml");
    let run = project.run(&["--apply"]);
    assert!(run.stderr.contains("pyproject.toml:1"), "{}", run.stderr);
    assert_eq!(project.read("pyproject.toml"), before);
}

#[test]
fn manifest_that_is_no_text() {
    let project = Project::flask();
    project.write("requirements.txt", b"flask # caf\xe9\n");
    let run = project.run(&["--apply"]);
    assert!(run.stderr.contains("requirements.txt"), "{}", run.stderr);
    assert!(run.code != 101, "{}", run.stderr);
}

/// UTF-16 is none of Python's encodings; a mark at the beginning says so.
#[test]
fn utf_16_beside() {
    let project = Project::flask();
    let text = "from flask import Flask\n".encode_utf16().flat_map(u16::to_le_bytes);
    project.write("wide.py", b"\xff\xfe".iter().copied().chain(text).collect::<Vec<u8>>());
    project.is_handled_and("");
}

#[test]
fn manifest_in_utf_16() {
    let project = Project::of(&[("app.py", APP)]);
    let text = "flask\n".encode_utf16().flat_map(u16::to_le_bytes);
    project.write("requirements.txt", b"\xff\xfe".iter().copied().chain(text).collect::<Vec<u8>>());
    let before = project.read_bytes("requirements.txt");
    let run = project.run(&["--apply"]);
    assert!(run.stderr.contains("requirements.txt"), "{}", run.stderr);
    assert_eq!(project.read_bytes("requirements.txt"), before);
}

#[test]
fn nul_bytes_in_a_module() {
    let project = Project::flask();
    project.write("nul.py", b"from flask import Flask\nx = '\0'\n\0\n");
    project.is_handled_and("");
}

#[test]
fn carriage_returns_alone_end_the_lines() {
    let project = Project::of(&[("app.py", &APP.replace('\n', "\r")), ("requirements.txt", "flask\n")]);
    assert_eq!(project.run(&["--apply"]).code, 0);
    let text = project.read("app.py");
    assert!(text.contains("\rsentry_sdk.init(\r") && !text.contains('\n'), "{text:?}");
    assert_eq!(project.run(&[]).diff(), "");
}

#[test]
fn byte_order_mark_stays_first() {
    let project = Project::of(&[("app.py", &format!("\u{feff}{APP}")), ("requirements.txt", "\u{feff}flask\n")]);
    assert_eq!(project.run(&["--apply"]).code, 0);
    for file in ["app.py", "requirements.txt"] {
        let text = project.read(file);
        assert!(text.starts_with('\u{feff}') && text.matches('\u{feff}').count() == 1, "{text:?}");
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::{APP, Project};

    #[test]
    fn links_in_circles() {
        let project = Project::flask();
        let at = |name: &str| project.root().join(name);
        symlink(".", at("again")).unwrap();
        symlink("right.py", at("left.py")).unwrap();
        symlink("left.py", at("right.py")).unwrap();
        symlink("no/such/file.py", at("gone.py")).unwrap();
        project.is_handled_and("");
    }

    #[test]
    fn link_to_a_module_is_left_alone() {
        let project = Project::of(&[("real/app.py", APP), ("requirements.txt", "flask\n")]);
        symlink("real/app.py", project.root().join("app.py")).unwrap();
        assert_eq!(project.run(&["--apply"]).code, 0);
        assert!(fs::symlink_metadata(project.root().join("app.py")).unwrap().is_symlink());
        assert!(project.read("real/app.py").contains("sentry_sdk.init("));
    }

    #[test]
    fn names_that_are_no_utf_8() {
        let project = Project::flask();
        let folder = project.root().join(OsStr::from_bytes(b"daten\xff"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("list.py"), "from flask import Flask\n").unwrap();
        fs::write(project.root().join(OsStr::from_bytes(b"caf\xe9.py")), "from flask import Flask\n").unwrap();
        project.is_handled_and("");
    }

    #[test]
    fn application_whose_name_is_no_utf_8() {
        let project = Project::of(&[("requirements.txt", "flask\n")]);
        let path = project.root().join(OsStr::from_bytes(b"caf\xe9.py"));
        fs::write(&path, APP).unwrap();
        let run = project.run(&["--apply"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(fs::read_to_string(path).unwrap().contains("sentry_sdk.init("));
    }

    #[test]
    fn pipe_and_socket_beside() {
        let project = Project::flask();
        let made = project.command("mkfifo").arg("queue.py").status();
        if made.is_ok_and(|status| status.success()) {
            project.is_handled_and("");
        }
    }

    #[test]
    fn read_only_file_is_written_by_who_may_and_else_nothing_is() {
        let project = Project::flask();
        let path = project.root().join("requirements.txt");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let may_write = fs::OpenOptions::new().append(true).open(&path).is_ok();
        let before = project.tree();
        let run = project.run(&["--apply"]);
        if may_write {
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o444);
        } else {
            run.fails(2, "requirements.txt");
            assert!(project.tree() == before);
        }
    }

    #[test]
    fn executable_stays_executable() {
        let project = Project::flask();
        let path = project.root().join("app.py");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        assert_eq!(project.run(&["--apply"]).code, 0);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
    }

    /// Root reads it all the same.
    #[test]
    fn unreadable_folder_beside() {
        let project = Project::flask();
        project.write("secret/app.py", "from flask import Flask\n");
        let path = project.root().join("secret");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        let is_unreadable = fs::read_dir(&path).is_err();
        let run = project.run(&[]);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(!is_unreadable || run.stderr.contains("secret"), "{}", run.stderr);
    }

    #[test]
    fn unreadable_file_beside() {
        let project = Project::flask();
        project.write("secret.py", "from flask import Flask\n");
        let path = project.root().join("secret.py");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        let is_unreadable = fs::read(&path).is_err();
        let run = project.run(&[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(!is_unreadable || run.stderr.contains("secret.py"), "{}", run.stderr);
    }
}
