//! With git, and without.

use crate::{APP, Project};

impl Project {
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
        let output = self.command("git").args(who).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The Flask application, committed.
    fn committed() -> Self {
        let project = Self::flask();
        project.git(&["init", "--quiet"]);
        project.git(&["add", "."]);
        project.git(&["commit", "--quiet", "--message", "start"]);
        project
    }
}

#[test]
fn committed_project() {
    let project = Project::committed();
    assert_eq!(project.run(&["--apply"]).code, 0);
    assert_eq!(project.git(&["status", "--short"]), " M app.py\n M requirements.txt\n");
}

#[test]
fn file_with_uncommitted_changes_is_not_written() {
    let project = Project::committed();
    project.write("app.py", format!("{APP}\n# half a thought\n"));
    let before = project.tree();
    project.run(&["--apply"]).fails(2, "uncommitted changes in `app.py`; nothing was written");
    assert!(project.tree() == before);
    assert_eq!(project.run(&["--dry-run"]).code, 0);

    assert_eq!(project.run(&["--apply", "--allow-dirty"]).code, 0);
    assert!(project.read("app.py").ends_with("\n# half a thought\n"));
}

#[test]
fn uncommitted_changes_elsewhere_do_not_matter() {
    let project = Project::committed();
    project.write("notes.txt", "buy milk\n");
    project.write("other.py", "x = 1\n");
    assert_eq!(project.run(&["--apply"]).code, 0);
}

#[test]
fn file_that_git_ignores_is_not_dirty() {
    let project = Project::flask();
    project.git(&["init", "--quiet"]);
    project.write(".git/info/exclude", "requirements.txt\n");
    project.git(&["add", "app.py"]);
    project.git(&["commit", "--quiet", "--message", "start"]);
    assert_eq!(project.run(&["--apply"]).code, 0);
}

#[test]
fn repository_without_a_commit() {
    let project = Project::flask();
    project.git(&["init", "--quiet"]);
    project.run(&["--apply"]).fails(2, "--allow-dirty");
    assert_eq!(project.run(&["--apply", "--allow-dirty"]).code, 0);
}

#[test]
fn no_git_on_the_path() {
    let project = Project::committed();
    let program = env!("CARGO_BIN_EXE_sentry-codemod");
    let output = project.command(program).arg("--apply").env("PATH", "").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn diff_of_a_folder_applies_from_the_top_of_the_repository() {
    let project = Project::of(&[("services/web/app.py", APP), ("services/web/requirements.txt", "flask\n")]);
    project.git(&["init", "--quiet"]);
    let diff = project.run(&["services/web"]).diff();
    assert!(diff.starts_with("diff --git a/services/web/app.py b/services/web/app.py\n"), "{diff}");
}

#[test]
fn linked_work_tree() {
    let project = Project::committed();
    project.git(&["worktree", "add", "--quiet", "../linked"]);
    project.write("../linked/app.py", format!("{APP}\n# half a thought\n"));
    project.run(&["--apply", "../linked"]).fails(2, "`app.py`");
    assert_eq!(project.run(&["--apply", "--allow-dirty", "../linked"]).code, 0);
    assert!(project.read("../linked/app.py").contains("sentry_sdk.init("));
    assert_eq!(project.git(&["status", "--short"]), "");
}
