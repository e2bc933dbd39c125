//! One run of `verify`: its private folder, its ingest, its token, and the probes that were sent. Read [`Session`].
#![allow(clippy::disallowed_methods, reason = "facts and output are read from a folder of verify's own")]

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ingest::Ingest;
use tempfile::TempDir;

use crate::facts::{self, Line};
use crate::{Job, VerifyError, probe};

/// How the names of the temporary folders begin.
pub(crate) const FOLDER: &str = "sentry-codemod-verify-";
/// The variable that holds the token: what carries it was started by this run.
pub(crate) const TOKEN: &str = "SENTRY_CODEMOD_VERIFY_TOKEN";
/// The variable that holds the number of the command.
pub(crate) const COMMAND: &str = "SENTRY_CODEMOD_VERIFY_COMMAND";

/// What one run owns. Dropping it removes the folder.
pub(crate) struct Session {
    /// The ingest that `SENTRY_DSN` points at.
    pub(crate) ingest: Ingest,
    /// 64 random bits in hexadecimal digits: part of each probe path, queue name and environment.
    pub(crate) token: String,
    folder: TempDir,
    variables: Vec<(&'static str, OsString)>,
    sent: Mutex<BTreeMap<String, Sent>>,
}

/// A probe that was sent to a web server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// The number of the command that it was sent to.
    pub(crate) command: usize,
    /// The trace that went along.
    pub(crate) trace: String,
    /// Whether it had a body.
    pub(crate) has_body: bool,
    /// Whether it asked to pass by the user's own middleware.
    pub(crate) is_bare: bool,
    /// The status that came back, when one did.
    pub(crate) status: Option<u16>,
}

impl Session {
    /// Prepares the folder and starts the ingest.
    ///
    /// # Errors
    /// When either cannot be had.
    pub(crate) fn new(job: &Job) -> Result<Self, VerifyError> {
        let prepare = |what| move |error| VerifyError::Prepare { what, error };
        // Only its owner may enter it: command lines in the facts can hold secrets.
        let folder = tempfile::Builder::new().prefix(FOLDER).tempdir().map_err(prepare("a folder"))?;
        let probe_folder = folder.path().join("probe");
        probe::write(&probe_folder).map_err(prepare("the probe"))?;
        let ingest = Ingest::start().map_err(prepare("the ingest"))?;
        let token = random_hex();
        let variables = variables(job, folder.path(), &probe_folder, &token, &ingest);
        Ok(Self { ingest, token, folder, variables, sent: Mutex::default() })
    }

    /// The private folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The variables that every command gets.
    pub(crate) fn variables(&self) -> &[(&'static str, OsString)] {
        &self.variables
    }

    /// The file that takes what the command of this number writes.
    pub(crate) fn output_path(&self, command: usize) -> PathBuf {
        self.folder.path().join(format!("output-{command}.log"))
    }

    /// What the command of this number has written so far.
    pub(crate) fn output(&self, command: usize) -> String {
        let bytes = fs::read(self.output_path(command)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What the probe has seen so far.
    pub(crate) fn facts(&self) -> Vec<Line> {
        facts::read(&fs::read_to_string(self.folder.path().join("facts.jsonl")).unwrap_or_default())
    }

    /// Notes a probe that is sent, or what came back.
    pub(crate) fn note(&self, nonce: &str, sent: Sent) {
        self.lock().insert(nonce.to_owned(), sent);
    }

    /// The probes so far, by nonce.
    pub(crate) fn sent(&self) -> BTreeMap<String, Sent> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn variables(job: &Job, folder: &Path, probe: &Path, token: &str, ingest: &Ingest) -> Vec<(&'static str, OsString)> {
    let address = ingest.dsn().split('@').nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let import_roots = job.copy.iter().flat_map(|copy| copy.import_roots.iter().cloned());
    let inherited = std::env::var_os("PYTHONPATH").filter(|path| !path.is_empty());
    let inherited = inherited.iter().flat_map(std::env::split_paths).map(|folder| counterpart(job, folder));
    let python_path =
        std::iter::once(probe.to_owned()).chain(import_roots).chain(inherited).map(PathBuf::into_os_string);
    let python_path: Vec<OsString> = python_path.collect();
    // The SDK obeys HTTP_PROXY.
    let no_proxy = |name| {
        let others = std::env::var(name).ok().filter(|others| !others.is_empty());
        others.into_iter().chain(["127.0.0.1,localhost".to_owned()]).collect::<Vec<_>>().join(",").into()
    };
    let planned =
        job.copy.iter().flat_map(|copy| copy.planned.iter().map(|file| copy.root.join(file).into_os_string()));
    let planned: Vec<OsString> = planned.collect();
    vec![
        (TOKEN, token.into()),
        ("SENTRY_CODEMOD_VERIFY_RUN", folder.into()),
        ("SENTRY_CODEMOD_VERIFY_INGEST", address.into()),
        ("SENTRY_CODEMOD_VERIFY_PLANNED", planned.join(OsStr::new(":"))),
        ("SENTRY_DSN", ingest.dsn().into()),
        ("PYTHONPATH", python_path.join(OsStr::new(":"))),
        ("PYTHONUNBUFFERED", "1".into()),
        ("PYTHONDONTWRITEBYTECODE", "1".into()),
        ("NO_PROXY", no_proxy("NO_PROXY")),
        ("no_proxy", no_proxy("no_proxy")),
    ]
}

/// The same folder in the copy, where there is one.
fn counterpart(job: &Job, folder: PathBuf) -> PathBuf {
    let in_copy = job.copy.as_ref().and_then(|copy| Some(copy.root.join(folder.strip_prefix(&copy.original).ok()?)));
    in_copy.filter(|folder| folder.is_dir()).unwrap_or(folder)
}

/// 64 random bits. The keys of a `RandomState` come from the system.
pub(crate) fn random_hex() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// Reads a text file of the system, empty when there is none.
pub(crate) fn system_text(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// An empty file for what a command writes.
pub(crate) fn create_file(path: &Path) -> io::Result<fs::File> {
    fs::File::create(path)
}
