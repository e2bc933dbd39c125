//! The virtual environments of a suite: one for each lock file, made on first use, kept below `target` until the lock changes.
//! Read [`Locks::environment`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// One environment is made at a time, and two trials of a group make one.
static MAKING: Mutex<()> = Mutex::new(());

/// Written last, so an installation that was cut off is not taken for a whole one.
const COMPLETE: &str = "complete";

/// The lock files of one suite.
pub(crate) struct Locks {
    /// The folder of the suite in `tests`.
    pub(crate) suite: &'static str,
}

impl Locks {
    /// The environment with the packages of `tests/SUITE/locks/GROUP.txt`.
    ///
    /// # Errors
    /// When there is no lock of that name, no Python that fits it, or the installation fails; with pip's own words.
    pub(crate) fn environment(&self, group: &str) -> Result<PathBuf, String> {
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = self.folder().join(format!("{group}.txt"));
        let text = fs::read(&lock).map_err(|error| format!("`{}`: {error}", lock.display()))?;
        let python = std::env::var("RUNTIME_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let version = output(
            Command::new(&python).args(["-c", "import sys; print(sys.version); assert sys.version_info >= (3, 11)"]),
        )
        .map_err(|error| format!("the locks are for Python 3.11 or newer; name one in RUNTIME_PYTHON\n{error}"))?;
        let key = Sha256::new().chain_update(&text).chain_update(version).finalize();
        let key: String = key.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let environment = self.environments().join(format!("{group}-{key}"));
        if !environment.join(COMPLETE).exists() {
            make(&environment, &python, &lock)?;
            fs::write(environment.join(COMPLETE), "").map_err(|error| error.to_string())?;
        }
        Ok(environment)
    }

    /// A lock names versions and hashes; where packages come from is for the machine to say.
    ///
    /// # Errors
    /// When a lock holds an address.
    pub(crate) fn check(&self) -> Result<(), String> {
        for entry in fs::read_dir(self.folder()).map_err(|error| error.to_string())? {
            let path = entry.map_err(|error| error.to_string())?.path();
            let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
            if let Some(line) = text.lines().find(|line| line.contains("://")) {
                return Err(format!("`{}` names an index: {line}", path.display()));
            }
        }
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(self.suite).join("locks")
    }

    fn environments(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("../{}-venvs", self.suite))
    }
}

fn make(environment: &Path, python: &str, lock: &Path) -> Result<(), String> {
    output(Command::new(python).args(["-m", "venv", "--clear"]).arg(environment))?;
    let python = environment.join("bin/python");
    let with_uv = Command::new("uv")
        .args(["pip", "install", "--compile-bytecode", "--require-hashes", "--python"])
        .arg(&python)
        .arg("-r")
        .arg(lock)
        .output();
    match with_uv {
        Ok(uv) if uv.status.success() => Ok(()),
        // Without uv, or with one that cannot reach the index, pip does the same and says what it lacks.
        _ => output(Command::new(&python).args(["-m", "pip", "install", "--require-hashes", "-r"]).arg(lock)).map(drop),
    }
}

/// What a command writes to stdout.
fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    Ok(output.stdout)
}
