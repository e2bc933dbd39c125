//! What `verify` has found out. Only data; read [`Report`], then [`ProcessReport`].

use serde::Serialize;

/// What was seen of all commands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What it comes to.
    pub verdict: Verdict,
    /// The commands, in the order in which they were started.
    pub commands: Vec<CommandReport>,
    /// Every Python process of them.
    pub processes: Vec<ProcessReport>,
    /// What is missing that belongs to no single process.
    pub missing: Vec<Missing>,
    /// The check-ins that arrived.
    pub check_ins: Vec<CheckIn>,
    /// Paths of the application that were requested.
    pub requested: Vec<Requested>,
    /// What is said of the copy, when one was verified.
    pub copy: Option<Copied>,
    /// Processes that could not be stopped.
    pub survivors: usize,
    /// How long it took.
    pub seconds: f64,
}

/// How much is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that is switched on has arrived, from the framework itself.
    Proven,
    /// Nothing was asked of it, or it could not be asked.
    NotProven,
    /// Something is missing.
    Degraded,
    /// Neither an error of the framework nor a transaction arrived.
    Silent,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandReport {
    /// How it was typed, without secrets.
    pub command: String,
    /// Why it could not be asked; `None` where it was.
    pub reason: Option<Reason>,
    /// Its exit code when it ended before it was stopped, -1 for a signal.
    pub exit_code: Option<i32>,
    /// The last lines that it wrote, without secrets; only where it could not be asked.
    pub output: Vec<String>,
}

/// Why a command could not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It ended first.
    Ended,
    /// The probe is not in it.
    NotLoaded,
    /// It does not listen, and is no worker that the probe knows.
    NotReady,
    /// It answers, but nothing that the probe knows.
    NotReached,
    /// Ctrl-C.
    Interrupted,
}

/// One Python process.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProcessReport {
    /// Its number.
    pub pid: u32,
    /// That of its parent.
    pub parent: u32,
    /// The command that it descends from, counted from 0.
    pub command: usize,
    /// Its own command line, without secrets.
    pub arguments: Vec<String>,
    /// `web`, `worker`, `beat`, or `other` for one of which nothing was asked.
    pub role: &'static str,
    /// The framework that took the probes.
    pub framework: Option<String>,
    /// How much is proven.
    pub verdict: Verdict,
    /// How many probes it took.
    pub probes: usize,
    /// The init that is in force, if there is one.
    pub init: Option<Init>,
    /// The version of its SDK.
    pub sdk: Option<String>,
    /// Who reported the error.
    pub error: Option<String>,
    /// The name of the transaction.
    pub transaction: Option<String>,
    /// Whether what was logged arrived; `None` when it is switched off.
    pub logs: Option<bool>,
    /// Whether a profile arrived; `None` when it is switched off.
    pub profile: Option<bool>,
    /// Whether the error brought the body of its request; `None` where none is expected.
    pub body: Option<bool>,
    /// What is missing, and why.
    pub missing: Vec<Missing>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// The init that is in force in a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Init {
    /// `file:line`, from the folder of the command on where it lies below.
    pub place: String,
    /// Whether it ran in the process from which this one was forked.
    pub inherited: bool,
    /// How often init ran.
    pub count: usize,
    /// Whether it came before the framework's objects.
    pub order: Order,
}

/// Where init stands among what was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Before the first framework object.
    Before,
    /// After one of them, which is a fault with some frameworks only.
    After,
}

/// Something that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Why, in a word.
    pub cause: Cause,
    /// What and why, in a sentence.
    pub message: String,
}

/// Why something did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Init never ran in a process that serves requests.
    NoInit,
    /// Init never ran in a worker or a scheduler.
    WorkerWithoutInit,
    /// Init raised.
    InitError,
    /// Init ran after the framework object that it has to come before.
    InitAfterObject,
    /// Init ran when the first request was already there.
    InitInRequest,
    /// There is no DSN.
    EmptyDsn,
    /// The framework needs the SDK's middleware around it.
    MiddlewareMissing,
    /// The framework's integration is not there.
    IntegrationMissing,
    /// The application handles all errors itself, or drops events.
    DroppedByApplication,
    /// Something arrived, and not by the framework's integration.
    NotInstrumented,
    /// Something that is switched on did not arrive, for a reason that could not be seen.
    NothingArrived,
    /// The beat or the worker does not report on scheduled tasks.
    NoCheckIn,
}

/// A check-in that arrived.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CheckIn {
    /// The monitor.
    pub slug: String,
    /// `in_progress`, `ok` or `error`.
    pub status: String,
}

/// A path of the application that was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Requested {
    /// The path.
    pub path: String,
    /// The status that came back.
    pub status: Option<u16>,
    /// The transaction of that request.
    pub transaction: Option<String>,
    /// The error of that request, and who reported it.
    pub error: Option<String>,
}

/// What is said of the copy that was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Files that the plan changes and that no process has loaded.
    pub not_loaded: Vec<String>,
    /// Files outside of the copy that ran although they belong to the project.
    pub foreign: Vec<String>,
}

impl Cause {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::NoInit,
        Self::WorkerWithoutInit,
        Self::InitError,
        Self::InitAfterObject,
        Self::InitInRequest,
        Self::EmptyDsn,
        Self::MiddlewareMissing,
        Self::IntegrationMissing,
        Self::DroppedByApplication,
        Self::NotInstrumented,
        Self::NothingArrived,
        Self::NoCheckIn,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoInit => "no-init",
            Self::WorkerWithoutInit => "worker-without-init",
            Self::InitError => "init-error",
            Self::InitAfterObject => "init-after-object",
            Self::InitInRequest => "init-in-request",
            Self::EmptyDsn => "empty-dsn",
            Self::MiddlewareMissing => "middleware-missing",
            Self::IntegrationMissing => "integration-missing",
            Self::DroppedByApplication => "dropped-by-application",
            Self::NotInstrumented => "not-instrumented",
            Self::NothingArrived => "nothing-arrived",
            Self::NoCheckIn => "no-check-in",
        }
    }
}

impl Verdict {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::NotProven => "not proven",
            Self::Degraded => "degraded",
            Self::Silent => "silent",
        }
    }
}
