//! A copy of the shop, the small project of the README, as a git repository that is all committed. Read [`Shop`] first.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::folder::copy;
use crate::{root, said, succeed};

/// The repository, and a home for what the programs that work on it keep.
pub(crate) struct Shop {
    temp: TempDir,
}

impl Shop {
    /// The shop as it is: it lacks Sentry.
    pub(crate) fn without_sentry() -> Self {
        let shop = Self { temp: tempfile::tempdir().unwrap() };
        copy(&root().join("tests/projects/shop"), &shop.root()).unwrap();
        shop.git(&["init", "--quiet", "--initial-branch=main"]);
        shop.commit("The shop");
        shop
    }

    /// The shop after `--apply`.
    pub(crate) fn with_sentry() -> Self {
        let shop = Self::without_sentry();
        succeed(shop.command(env!("CARGO_BIN_EXE_sentry-codemod")).arg("--apply")).unwrap();
        shop.commit("Sentry");
        shop
    }

    /// Its folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.temp.path().join("shop")
    }

    /// A folder beside it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        let folder = self.temp.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A command to run in it, which writes below the temporary folder and reads no settings of git's.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.root())
            .env("HOME", self.beside("home"))
            .env("XDG_STATE_HOME", self.beside("state"))
            .env("XDG_CACHE_HOME", self.beside("cache"))
            .env("XDG_DATA_HOME", self.beside("data"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CEILING_DIRECTORIES", self.temp.path());
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "shop").env(format!("GIT_{role}_EMAIL"), "shop@example.com");
        }
        command
    }

    /// Runs git, which succeeds; what it says.
    #[track_caller]
    pub(crate) fn git(&self, words: &[&str]) -> String {
        succeed(self.command("git").args(words)).unwrap()
    }

    /// Writes a file and has git track it.
    pub(crate) fn add(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).unwrap();
        self.git(&["add", "--all"]);
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--no-verify", "--message", message]);
    }

    /// Whether the program finds nothing to do.
    pub(crate) fn is_right(&self) -> bool {
        said(self.command(env!("CARGO_BIN_EXE_sentry-codemod")).arg("--check")).unwrap().0 == 0
    }
}
