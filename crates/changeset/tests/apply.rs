//! Files on a disk: what apply and undo write, keep and refuse.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test prepares and inspects files, and may fail")]

use std::fs;
use std::path::PathBuf;

use changeset::{Applied, ApplyError, Changeset, FileChange, Reason, StateDir, UndoError, Undone, apply, undo};

/// A project in a temporary folder, and its state in another.
struct Sandbox {
    root: PathBuf,
    state: StateDir,
    _folder: tempfile::TempDir,
}

impl Sandbox {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("project");
        fs::create_dir(&root).unwrap();
        let sandbox = Self { state: StateDir::at(folder.path().join("state")), root, _folder: folder };
        for (path, content) in files {
            sandbox.write(path, content);
        }
        sandbox
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn write(&self, path: &str, content: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), content).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn apply(&self, changes: Vec<FileChange>) -> Result<Applied, ApplyError> {
        apply(&Changeset::new(&self.root, changes).unwrap(), &self.state)
    }

    fn undo(&self) -> Result<Undone, UndoError> {
        undo(&self.root, &self.state)
    }

    /// Every file with its content, and nothing else: no temporary file may be left.
    fn tree(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for item in fs::read_dir(folder).unwrap() {
                let path = item.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let content = fs::read(&path).unwrap();
                    let name = path.strip_prefix(&self.root).unwrap().to_owned();
                    files.push((name, String::from_utf8_lossy(&content).into_owned()));
                }
            }
        }
        files.sort();
        files
    }

    /// Applies `1` -> `2` to `bad.py` together with a good file; nothing may happen, and the message is given back.
    fn refusal_of_bad_py(&self) -> String {
        self.write("good.py", "1");
        let before = self.tree();
        let error = self.apply(vec![changed("good.py", "1", "2"), changed("bad.py", "1", "2")]).unwrap_err();
        assert!(matches!(error, ApplyError::Refused(_)), "{error}");
        assert_eq!(self.tree(), before);
        error.to_string()
    }
}

fn changed(path: &str, before: &str, after: &str) -> FileChange {
    FileChange { path: path.into(), before: Some(before.into()), after: Some(after.into()), mode: 0o644 }
}

fn paths(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(PathBuf::from).collect()
}

#[test]
fn files_are_changed_created_and_deleted_and_it_can_be_undone() {
    let sandbox = Sandbox::with(&[("src/app.py", "old"), ("raven.cfg", "dsn"), ("other", "as it is")]);
    let before = sandbox.tree();
    let applied = sandbox
        .apply(vec![
            changed("src/app.py", "old", "new"),
            FileChange::created("src/empty.py", ""),
            FileChange::deleted("raven.cfg", b"dsn".to_vec(), 0o644),
        ])
        .unwrap();
    assert_eq!(applied.files, paths(&["raven.cfg", "src/app.py", "src/empty.py"]));
    assert!(applied.undo_record.unwrap().is_file());
    let after = [("other", "as it is"), ("src/app.py", "new"), ("src/empty.py", "")];
    assert_eq!(sandbox.tree(), after.map(|(path, content)| (path.into(), content.into())));

    let undone = sandbox.undo().unwrap();
    assert_eq!(undone.restored, paths(&["raven.cfg", "src/app.py"]));
    assert_eq!(undone.removed, paths(&["src/empty.py"]));
    assert_eq!(sandbox.tree(), before);
    assert!(matches!(sandbox.undo(), Err(UndoError::Nothing)));
}

#[test]
fn nothing_to_change_keeps_the_undo_record() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.apply(vec![changed("a", "1", "2")]).unwrap();
    assert_eq!(sandbox.apply(vec![changed("a", "2", "2")]).unwrap(), Applied { files: vec![], undo_record: None });
    assert_eq!(sandbox.undo().unwrap().restored, paths(&["a"]));
}

#[test]
fn applied_twice_is_refused_and_undo_still_works() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    sandbox.apply(vec![changed("a", "1", "2")]).unwrap();
    let again = sandbox.apply(vec![changed("a", "1", "2")]).unwrap_err();
    assert_eq!(again.to_string(), "nothing was written:\n  `a` has changed since it was read; run again");
    sandbox.undo().unwrap();
    assert_eq!(sandbox.read("a"), "1");
}

#[test]
fn only_the_last_of_two_applies_is_undone() {
    let sandbox = Sandbox::with(&[("a", "1"), ("b", "1")]);
    sandbox.apply(vec![changed("a", "1", "2")]).unwrap();
    sandbox.apply(vec![changed("b", "1", "2")]).unwrap();
    assert_eq!(sandbox.undo().unwrap().restored, paths(&["b"]));
    assert_eq!((sandbox.read("a"), sandbox.read("b")), ("2".into(), "1".into()));
    assert!(matches!(sandbox.undo(), Err(UndoError::Nothing)));
}

#[test]
fn nothing_was_ever_applied() {
    let sandbox = Sandbox::with(&[]);
    assert!(matches!(sandbox.undo(), Err(UndoError::Nothing)));
    assert!(!sandbox.root.parent().unwrap().join("state").exists());
}

#[test]
fn undo_names_each_file_that_was_changed_since_and_writes_none() {
    let sandbox = Sandbox::with(&[("a", "1"), ("b", "1"), ("c", "1")]);
    let new = FileChange::created("new", "x");
    sandbox.apply(vec![changed("a", "1", "2"), changed("b", "1", "2"), changed("c", "1", "2"), new]).unwrap();
    sandbox.write("b", "mine");
    fs::remove_file(sandbox.path("c")).unwrap();
    sandbox.write("new", "mine too");
    let before = sandbox.tree();
    let text = sandbox.undo().unwrap_err().to_string();
    assert_eq!(sandbox.tree(), before);
    assert_eq!(
        text,
        "nothing was written:\
         \n  `b` has changed since the last apply; put that change aside, then undo\
         \n  `c` is not there any more; put it back, or run again\
         \n  `new` has changed since the last apply; put that change aside, then undo"
    );
    // Once they are what the apply left, undo works.
    for (path, content) in [("b", "2"), ("c", "2"), ("new", "x")] {
        sandbox.write(path, content);
    }
    sandbox.undo().unwrap();
    assert_eq!(sandbox.tree().len(), 3);
}

#[test]
fn a_damaged_undo_record_is_named() {
    let sandbox = Sandbox::with(&[("a", "1")]);
    let record = sandbox.apply(vec![changed("a", "1", "2")]).unwrap().undo_record.unwrap();
    fs::write(&record, "{}\n").unwrap();
    let text = sandbox.undo().unwrap_err().to_string();
    assert!(text.starts_with(&format!("cannot read `{}`", record.display())), "{text}");
    assert_eq!(sandbox.read("a"), "2");
}

#[test]
fn changed_since_it_was_read() {
    let sandbox = Sandbox::with(&[("bad.py", "edited meanwhile")]);
    assert!(sandbox.refusal_of_bad_py().ends_with("`bad.py` has changed since it was read; run again"));
}

#[test]
fn vanished_since_it_was_read() {
    let sandbox = Sandbox::with(&[]);
    assert!(sandbox.refusal_of_bad_py().contains("`bad.py` is not there any more"));
}

#[test]
fn a_folder_where_a_file_was() {
    let sandbox = Sandbox::with(&[("bad.py/inside", "")]);
    assert!(sandbox.refusal_of_bad_py().contains("`bad.py` is not a regular file"));
}

#[test]
fn a_new_file_that_is_there_already() {
    let sandbox = Sandbox::with(&[("new.py", "mine")]);
    let error = sandbox.apply(vec![FileChange::created("new.py", "x")]).unwrap_err();
    assert!(error.to_string().contains("`new.py` is already there"));
    assert_eq!(sandbox.read("new.py"), "mine");
}

#[test]
fn a_new_file_without_a_folder() {
    let sandbox = Sandbox::with(&[("file", "")]);
    for path in ["nowhere/new.py", "file/new.py"] {
        let error = sandbox.apply(vec![FileChange::created(path, "x")]).unwrap_err();
        assert!(matches!(error, ApplyError::Refused(_)), "{error}");
        assert!(error.to_string().contains(path));
    }
}

#[test]
fn every_refusal_is_named_at_once() {
    let sandbox = Sandbox::with(&[("a", "x"), ("b", "x")]);
    let ApplyError::Refused(refusals) =
        sandbox.apply(vec![changed("a", "1", "2"), changed("b", "1", "2")]).unwrap_err()
    else {
        panic!("not refused");
    };
    assert_eq!(refusals.iter().map(|refusal| refusal.path.clone()).collect::<Vec<_>>(), paths(&["a", "b"]));
    assert!(matches!(refusals[0].reason, Reason::Changed));
}

#[test]
fn a_root_that_is_not_there() {
    let sandbox = Sandbox::with(&[]);
    let changeset = Changeset::new(sandbox.path("gone"), vec![FileChange::created("a", "")]).unwrap();
    let error = apply(&changeset, &sandbox.state).unwrap_err();
    assert!(matches!(error, ApplyError::Root { .. }), "{error}");
}

#[test]
fn without_a_place_for_the_journal_nothing_is_written() {
    let sandbox = Sandbox::with(&[("a", "1"), ("file", "")]);
    let state = StateDir::at(sandbox.path("file/state"));
    let changeset = Changeset::new(&sandbox.root, vec![changed("a", "1", "2")]).unwrap();
    let error = apply(&changeset, &state).unwrap_err();
    assert!(error.to_string().contains("there is no folder for the journal"), "{error}");
    assert_eq!(sandbox.read("a"), "1");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::path::Path;

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn modes_are_kept_on_the_way_there_and_back() {
        let modes = [0o600, 0o640, 0o644, 0o664, 0o755, 0o777, 0o4755];
        let names: Vec<_> = modes.iter().map(|mode| format!("f{mode:o}")).collect();
        let sandbox = Sandbox::with(&[]);
        for (name, mode) in names.iter().zip(modes) {
            sandbox.write(name, "1");
            set_mode(&sandbox.path(name), mode);
        }
        let found = || names.iter().map(|name| mode(&sandbox.path(name))).collect::<Vec<_>>();
        sandbox.apply(names.iter().map(|name| changed(name, "1", "2")).collect()).unwrap();
        assert_eq!(found(), modes);
        sandbox.undo().unwrap();
        assert_eq!(found(), modes);
    }

    #[test]
    fn a_new_file_gets_the_mode_it_asks_for() {
        let sandbox = Sandbox::with(&[]);
        let script = FileChange { mode: 0o700, ..FileChange::created("run", "") };
        sandbox.apply(vec![script]).unwrap();
        assert_eq!(mode(&sandbox.path("run")), 0o700);
    }

    #[test]
    fn a_deleted_file_comes_back_with_the_mode_it_had() {
        let sandbox = Sandbox::with(&[("run", "x")]);
        set_mode(&sandbox.path("run"), 0o666);
        sandbox.apply(vec![FileChange::deleted("run", b"x".to_vec(), 0o644)]).unwrap();
        sandbox.undo().unwrap();
        assert_eq!(mode(&sandbox.path("run")), 0o666);
    }

    #[test]
    fn the_owner_is_kept() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        // Only root can give a file away; for others the owner is their own before and after.
        let _ = std::os::unix::fs::chown(sandbox.path("a"), Some(12345), Some(23456));
        let owner = || fs::metadata(sandbox.path("a")).map(|meta| (meta.uid(), meta.gid())).unwrap();
        let before = owner();
        sandbox.apply(vec![changed("a", "1", "2")]).unwrap();
        assert_eq!((owner(), sandbox.read("a")), (before, "2".to_owned()));
    }

    /// Root may write anything: then the file is written and stays read-only.
    #[test]
    fn a_read_only_file_is_written_only_by_who_may() {
        let sandbox = Sandbox::with(&[("bad.py", "1")]);
        set_mode(&sandbox.path("bad.py"), 0o444);
        if std::fs::OpenOptions::new().write(true).open(sandbox.path("bad.py")).is_err() {
            assert!(sandbox.refusal_of_bad_py().contains("`bad.py` is read-only"));
        } else {
            sandbox.apply(vec![changed("bad.py", "1", "2")]).unwrap();
            assert_eq!((sandbox.read("bad.py").as_str(), mode(&sandbox.path("bad.py"))), ("2", 0o444));
        }
    }

    /// The temporary file beside the target cannot be made: everything stays as it was.
    #[test]
    fn nothing_is_written_into_a_folder_that_refuses_it() {
        let sandbox = Sandbox::with(&[("a", "1"), ("locked/a", "1")]);
        set_mode(&sandbox.path("locked"), 0o555);
        let result = sandbox.apply(vec![changed("a", "1", "2"), changed("locked/a", "1", "2")]);
        set_mode(&sandbox.path("locked"), 0o755);
        let expected = if result.is_err() { "1" } else { "2" };
        assert_eq!((sandbox.read("a").as_str(), sandbox.read("locked/a").as_str()), (expected, expected));
    }

    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let sandbox = Sandbox::with(&[]);
        // The standard library makes no pipes.
        let made = std::process::Command::new("mkfifo").arg(sandbox.path("bad.py")).status().unwrap();
        assert!(made.success());
        let error = sandbox.apply(vec![changed("bad.py", "1", "2")]).unwrap_err();
        assert!(error.to_string().contains("`bad.py` is not a regular file"), "{error}");
    }

    #[test]
    fn a_symbolic_link_stays_and_its_target_is_edited() {
        let sandbox = Sandbox::with(&[("real/settings.py", "1")]);
        symlink("real/settings.py", sandbox.path("settings.py")).unwrap();
        sandbox.apply(vec![changed("settings.py", "1", "2")]).unwrap();
        assert!(sandbox.path("settings.py").is_symlink());
        assert_eq!(sandbox.read("real/settings.py"), "2");
        assert_eq!(sandbox.undo().unwrap().restored, paths(&["settings.py"]));
        assert_eq!(sandbox.read("real/settings.py"), "1");
        assert!(sandbox.path("settings.py").is_symlink());
    }

    #[test]
    fn links_that_lead_out_of_the_project_are_refused() {
        let sandbox = Sandbox::with(&[]);
        let outside = sandbox.root.parent().unwrap().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("bad.py"), "1").unwrap();
        symlink(outside.join("bad.py"), sandbox.path("bad.py")).unwrap();
        assert!(sandbox.refusal_of_bad_py().contains("`bad.py` lies outside the project"));

        symlink(&outside, sandbox.path("folder")).unwrap();
        for change in [changed("folder/bad.py", "1", "2"), FileChange::created("folder/new.py", "")] {
            let error = sandbox.apply(vec![change]).unwrap_err();
            assert!(error.to_string().contains("lies outside the project"), "{error}");
        }
        assert_eq!(fs::read(outside.join("bad.py")).unwrap(), b"1");
    }

    #[test]
    fn links_to_nothing_and_to_themselves_are_refused() {
        let sandbox = Sandbox::with(&[]);
        symlink("nowhere", sandbox.path("dangling")).unwrap();
        symlink("loop", sandbox.path("loop")).unwrap();
        for path in ["dangling", "loop"] {
            let error = sandbox.apply(vec![changed(path, "1", "2")]).unwrap_err();
            assert!(matches!(error, ApplyError::Refused(_)), "{error}");
            assert!(sandbox.path(path).is_symlink());
        }
        let error = sandbox.apply(vec![FileChange::created("dangling", "")]).unwrap_err();
        assert!(error.to_string().contains("is already there"), "{error}");
    }

    #[test]
    fn a_link_is_not_deleted() {
        let sandbox = Sandbox::with(&[("real", "1")]);
        symlink("real", sandbox.path("link")).unwrap();
        let error = sandbox.apply(vec![FileChange::deleted("link", b"1".to_vec(), 0o644)]).unwrap_err();
        assert!(error.to_string().contains("is a symbolic link and cannot be deleted"), "{error}");
    }

    #[test]
    fn two_paths_to_one_file_are_refused() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        symlink("a", sandbox.path("b")).unwrap();
        fs::hard_link(sandbox.path("a"), sandbox.path("c")).unwrap();
        for other in ["b", "c"] {
            let error = sandbox.apply(vec![changed("a", "1", "2"), changed(other, "1", "2")]).unwrap_err();
            assert!(error.to_string().contains("is the same file as `a`"), "{error}");
        }
    }

    #[test]
    fn hard_links_stay_together() {
        let sandbox = Sandbox::with(&[("a", "a long line before\n")]);
        fs::hard_link(sandbox.path("a"), sandbox.path("twin")).unwrap();
        sandbox.apply(vec![changed("a", "a long line before\n", "short\n")]).unwrap();
        assert_eq!((sandbox.read("a"), sandbox.read("twin")), ("short\n".into(), "short\n".into()));
        assert_eq!(fs::metadata(sandbox.path("a")).unwrap().nlink(), 2);
        sandbox.undo().unwrap();
        assert_eq!(sandbox.read("twin"), "a long line before\n");
    }

    #[test]
    fn a_root_that_is_itself_a_link() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        let link = sandbox.root.parent().unwrap().join("link");
        symlink(&sandbox.root, &link).unwrap();
        let changeset = Changeset::new(&link, vec![changed("a", "1", "2")]).unwrap();
        apply(&changeset, &sandbox.state).unwrap();
        assert_eq!(sandbox.read("a"), "2");
        undo(&sandbox.root, &sandbox.state).unwrap();
    }

    #[test]
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    fn extended_attributes_are_kept() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};

        let sandbox = Sandbox::with(&[("a", "1")]);
        let path = sandbox.path("a");
        if setxattr(&path, "user.origin", b"shop", XattrFlags::empty()).is_err() {
            eprintln!("passed over: this file system keeps no attributes");
            return;
        }
        sandbox.apply(vec![changed("a", "1", "2")]).unwrap();
        let mut value = [0; 16];
        assert_eq!(getxattr(&path, "user.origin", &mut value[..]).unwrap(), 4);
        assert_eq!(&value[..4], b"shop");
        sandbox.undo().unwrap();
        assert_eq!(getxattr(&path, "user.origin", &mut value[..]).unwrap(), 4);
    }

    #[test]
    fn a_path_that_is_no_utf_8() {
        let sandbox = Sandbox::with(&[]);
        let path = PathBuf::from(OsString::from_vec(b"gr\xfcn.py".to_vec()));
        sandbox.apply(vec![FileChange::created(&path, "x")]).unwrap();
        assert_eq!(sandbox.undo().unwrap().removed, vec![path.clone()]);
        assert!(!sandbox.root.join(path).exists());
    }

    #[test]
    fn old_content_is_kept_from_other_eyes() {
        let sandbox = Sandbox::with(&[("a", "1")]);
        let record = sandbox.apply(vec![changed("a", "1", "2")]).unwrap().undo_record.unwrap();
        assert_eq!((mode(&record), mode(record.parent().unwrap())), (0o600, 0o700));
    }
}
