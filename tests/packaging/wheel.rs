//! The wheel, as pip, pipx and uv install it. Read [`wheel`], then the trials.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Failed;
use tempfile::TempDir;

use crate::shop::Shop;
use crate::{root, said, succeed, tool};

const VERSION: &str = concat!("sentry-codemod ", env!("CARGO_PKG_VERSION"));

/// The wheel, made once from the source distribution, as pip makes it where none is published.
pub(crate) fn wheel() -> Result<&'static Path, String> {
    static WHEEL: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    WHEEL.get_or_init(build).as_deref().map_err(Clone::clone)
}

/// The folder of the wheel, for `--find-links`.
pub(crate) fn links() -> Result<&'static Path, String> {
    Ok(wheel()?.parent().unwrap())
}

/// Builds below `target`, and with the dependencies that a release build has left there.
fn build() -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let (sources, wheels) = (target.join("packaging/source"), target.join("packaging/wheels"));
    for folder in [&sources, &wheels] {
        drop(fs::remove_dir_all(folder));
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    succeed(Command::new(tool("maturin")?).args(["sdist", "--out"]).arg(&sources).current_dir(root()))?;
    let archive = only_file(&sources)?;
    // The times in the archive are those of the sources, which cargo would take for those of its last build.
    succeed(Command::new("tar").args(["-x", "-m", "-f"]).arg(&archive).current_dir(&sources))?;
    let source = archive.to_str().unwrap().trim_end_matches(".tar.gz");
    let path = std::env::join_paths(
        [tool("")?].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let mut pip = Command::new(tool("python")?);
    pip.args(["-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir"]).arg(&wheels).arg(source);
    succeed(pip.env("CARGO_TARGET_DIR", target).env("PATH", path.unwrap()))?;
    only_file(&wheels)
}

/// The one file of a folder.
fn only_file(folder: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    match files.as_slice() {
        [file] => Ok(file.clone()),
        _ => Err(format!("one file is expected: {files:?}")),
    }
}

/// A fresh virtual environment.
struct Fresh {
    folder: TempDir,
}

impl Fresh {
    fn new() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        succeed(Command::new(tool("python")?).args(["-m", "venv"]).arg(folder.path()))?;
        Ok(Self { folder })
    }

    fn bin(&self, name: &str) -> PathBuf {
        self.folder.path().join("bin").join(name)
    }

    fn pip(&self, words: &[&str]) -> Result<String, String> {
        succeed(Command::new(self.bin("python")).args(["-m", "pip"]).args(words))
    }

    /// Its files, save those that running makes.
    fn files(&self) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.file_name() {
            Some(name) if name == "__pycache__" => {}
            _ if path.is_dir() && !path.is_symlink() => collect(&path, files),
            _ => drop(files.insert(path)),
        }
    }
}

/// In a fresh environment: the program and the module say the same, and uninstalling leaves the environment as it was.
pub(crate) fn installs_runs_and_goes() -> Result<(), Failed> {
    let (fresh, shop) = (Fresh::new()?, Shop::without_sentry());
    let before = fresh.files();
    fresh.pip(&["install", "--no-index", wheel()?.to_str().unwrap()])?;
    assert_eq!(succeed(Command::new(fresh.bin("sentry-codemod")).arg("--version"))?.trim(), VERSION);

    let checked = said(shop.command(fresh.bin("sentry-codemod")).arg("--check"))?;
    assert!(checked.0 == 1 && checked.1.contains("+    \"sentry-sdk[celery,flask]"), "{checked:?}");
    let as_module = said(shop.command(fresh.bin("python")).args(["-m", "sentry_codemod", "--check"]))?;
    assert_eq!(as_module, checked);

    fresh.pip(&["uninstall", "--yes", "sentry-codemod"])?;
    assert_eq!(fresh.files(), before);
    Ok(())
}

/// `pip install --target` puts the program beside the package, where no environment knows of it.
pub(crate) fn runs_from_a_folder_of_packages() -> Result<(), Failed> {
    let fresh = Fresh::new()?;
    let packages = fresh.folder.path().join("packages");
    fresh.pip(&["install", "--no-index", "--target", packages.to_str().unwrap(), wheel()?.to_str().unwrap()])?;
    let mut python = Command::new(fresh.bin("python"));
    python.args(["-m", "sentry_codemod", "--version"]).env("PYTHONPATH", &packages);
    assert_eq!(succeed(&mut python)?.trim(), VERSION);
    Ok(())
}

/// Without an installation of one's own.
pub(crate) fn uvx_and_pipx_run_it() -> Result<(), Failed> {
    let shop = Shop::with_sentry();
    let mut uvx = shop.command(tool("uv")?);
    uvx.args(["tool", "run", "--offline", "--from"]).arg(wheel()?).args(["sentry-codemod", "--version"]);
    assert!(succeed(&mut uvx)?.contains(VERSION));
    let mut pipx = shop.command(tool("pipx")?);
    pipx.args(["run", "--pip-args=--no-index", "--spec"]).arg(wheel()?).args(["sentry-codemod", "--check"]);
    assert!(succeed(&mut pipx)?.contains("nothing to change"));
    Ok(())
}

/// An installation that has lost its program.
pub(crate) fn says_where_the_program_should_have_been() -> Result<(), Failed> {
    let fresh = Fresh::new()?;
    fresh.pip(&["install", "--no-index", wheel()?.to_str().unwrap()])?;
    fs::remove_file(fresh.bin("sentry-codemod"))?;
    let (code, said) = said(Command::new(fresh.bin("python")).args(["-m", "sentry_codemod", "--version"]))?;
    assert!(code == 2 && said.contains(fresh.bin("sentry-codemod").to_str().unwrap()), "{said}");
    Ok(())
}
