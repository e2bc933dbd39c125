//! Starts a project's own command against an ingest on loopback and says of each process whether Sentry works in it.
//!
//! It knows processes, the probe and what was seen; no rules, no plans. Read [`verify`], then [`Report`].
//!
//! # How it goes
//!
//! 1. A private folder holds the probe (Python, under `probe/`), and an [`ingest::Ingest`] listens on loopback.
//! 2. Each command is started in a process group of its own, with the folder first in `PYTHONPATH`, `SENTRY_DSN` at the ingest, and a
//!    random token in its environment, by which everything that descends from it is found again ([`members`]).
//! 3. The probe's `sitecustomize.py` runs in every Python of them. It watches `sentry_sdk.init` and puts a route or a task into each
//!    framework object that fails when it is asked to, inside the framework's own dispatch.
//! 4. A web server is found by its listening socket and sent requests ([`drive`]); a worker sends itself tasks on a private queue.
//! 5. The probe writes *facts* ([`facts`]), one JSON object a line in the folder; the SDK sends *items* to the ingest. Both carry the
//!    nonce of the request or task, and the trace it was sent with.
//! 6. Facts and items together are judged process by process ([`judge`]).
//! 7. Everything that carries the token is stopped ([`tree`]). A [`watchdog`] does the same when this process is killed.
//!
//! # The facts
//!
//! Every fact has `kind`, `command` (its number), `pid` and `ppid`; what else it has is said by [`facts::Fact`].
//! None holds a DSN, the value of a variable, or an object of the user's.
#![cfg(unix)]

mod copy;
mod drive;
mod evidence;
mod facts;
mod http;
mod judge;
mod mask;
mod members;
mod probe;
mod processes;
mod report;
mod session;
mod shots;
mod sockets;
mod tree;
mod watchdog;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

pub use copy::{CopyError, ProjectCopy, files_below};
pub use mask::mask;
pub use report::{
    Cause, CheckIn, CommandReport, Copied, Init, Missing, Order, ProcessReport, Reason, Report, Requested, Verdict,
};
pub use watchdog::watch;

use session::Session;
use tree::Tree;

/// What is to be verified, and how.
#[derive(Debug, Clone)]
pub struct Job {
    /// The commands, each a program and its arguments; the first is the one that was asked for.
    pub commands: Vec<Vec<OsString>>,
    /// The folder in which they run.
    pub folder: PathBuf,
    /// Paths of the application that are requested as well.
    pub urls: Vec<String>,
    /// How long it may take.
    pub limits: Limits,
    /// A command that runs [`watch`], in a process that outlives this one.
    pub watchdog: Vec<OsString>,
    /// What is said of a copy of the project, when one is verified.
    pub copy: Option<CopyOf>,
}

/// A copy of a project with a change that is planned.
#[derive(Debug, Clone)]
pub struct CopyOf {
    /// Its top folder: what runs has to lie below it.
    pub root: PathBuf,
    /// The top folder of the project that it is a copy of: what lies below it must not run.
    pub original: PathBuf,
    /// The temporary folder that holds it.
    pub scratch: PathBuf,
    /// Folders that modules are imported from, before those of installed packages.
    pub import_roots: Vec<PathBuf>,
    /// Files of it that the plan changes and that some process has to load, from `root` on.
    pub planned: Vec<PathBuf>,
}

/// How long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until a command is ready.
    pub ready: Duration,
    /// In all, save for the time that stopping takes.
    pub total: Duration,
}

/// Why nothing could be verified at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The program of a command is not there.
    #[error("`{0}` is not there; give the command as you would type it, without a shell's `&&`, `|` or `VAR=value`")]
    NotFound(String),
    /// A command could not be started.
    #[error("`{command}` cannot be started: {error}")]
    Start {
        /// Its program.
        command: String,
        /// The system's words.
        error: io::Error,
    },
    /// The system has no `/proc`, by which processes and their sockets are found.
    #[error("processes are found by `/proc`, which this system does not have")]
    NoProc,
    /// The private folder, the ingest or the watchdog could not be set up.
    #[error("cannot prepare {what}: {error}")]
    Prepare {
        /// Which of them.
        what: &'static str,
        /// The system's words.
        error: io::Error,
    },
}

/// Starts the commands of `job`, makes them fail on purpose, and judges what arrives. Ends early when `interrupted` becomes true.
///
/// When it returns, by whatever way, nothing that it started is left.
///
/// # Errors
/// When the commands cannot be started at all. A command that ends at once is part of the report.
pub fn verify(job: &Job, interrupted: &AtomicBool) -> Result<Report, VerifyError> {
    let begin = Instant::now();
    if !members::are_known() {
        return Err(VerifyError::NoProc);
    }
    let session = Session::new(job)?;
    let folders = [Some(session.folder()), job.copy.as_ref().map(|copy| copy.scratch.as_path())];
    let folders: Vec<&Path> = folders.into_iter().flatten().collect();
    let mut tree = Tree::new(&session, &job.watchdog, &folders)?;
    let driven = drive::drive(job, &session, &mut tree, interrupted)?;
    let survivors = tree.stop();
    let report = judge::judge(&session, &tree, &driven, &job.folder, job.copy.as_ref());
    Ok(Report { survivors, seconds: begin.elapsed().as_secs_f64(), ..report })
}
