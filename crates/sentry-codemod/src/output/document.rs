//! The JSON document as types: what `--output-format json` prints, and what its published schema is made from.
//! Read [`Document`] first. Nothing is decided here, and nothing but serde is used.

use serde::Serialize;

/// The version of the form. A new field leaves it as it is; a field that goes or changes its meaning raises it.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// What one run of sentry-codemod found, planned and did.
///
/// Paths have `/` between their names and are relative to `root`, save in diffs, whose paths start at the top of the git work tree.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Document {
    /// The version of this form: 1. It is raised when a field goes or changes its meaning.
    pub schema_version: u32,
    /// The program that wrote the document.
    pub tool: Tool,
    /// What the run was asked to do.
    pub mode: Mode,
    /// The folder that was looked at, as an absolute path.
    pub root: String,
    /// Where `root` lies in its git work tree: empty at its top, `null` outside of git.
    pub path_in_work_tree: Option<String>,
    /// How the run ended, in numbers.
    pub summary: Summary,
    /// The projects below `root`, one for each folder with a dependency file.
    pub projects: Vec<Project>,
    /// What concerns no single project, such as a file that cannot be read.
    pub findings: Vec<Finding>,
    /// The files that change or have changed, each with its diff.
    pub changes: Vec<Change>,
    /// A pull request that says what the change does; `null` when nothing changes.
    pub pull_request: Option<PullRequest>,
}

/// The program that wrote the document.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// What a run was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Mode {
    /// To show the change.
    DryRun,
    /// To write it.
    Apply,
    /// To say whether there is one.
    Check,
    /// To say what there is.
    Detect,
    /// To say what is wrong with it.
    Doctor,
}

/// How a run ended, in numbers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Summary {
    /// The exit code of the run: 0 fine, 1 findings, 2 failed.
    pub exit_code: u8,
    /// Files in `changes`.
    pub files: usize,
    /// Findings whose change was written.
    pub fixed: usize,
    /// Findings whose change is ready and was not asked for.
    pub skipped: usize,
    /// Findings whose change is ready and was held back.
    pub blocked: usize,
    /// Findings whose change could not be written.
    pub failed: usize,
    /// Findings that only a person can deal with.
    pub by_hand: usize,
}

/// One project: what it is, what it deserves, what is to be done.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Project {
    /// Its name, by its dependency file or its folder.
    pub name: Option<String>,
    /// Its folder; empty for `root`.
    pub folder: String,
    /// Its dependency files.
    pub manifests: Vec<String>,
    /// The frameworks, task queues and schedulers whose objects it builds.
    pub systems: Vec<System>,
    /// Libraries that matter to Sentry.
    pub libraries: Vec<String>,
    /// The processes that it runs.
    pub processes: Vec<Process>,
    /// Sentry in the project as it stands.
    pub sentry: Sentry,
    /// What Sentry would do for it; `null` in a document of `detect`.
    pub recommendation: Option<Recommendation>,
    /// The change; `null` when there is none.
    pub plan: Option<Plan>,
    /// What is wrong with it, what the change mends, and what is left to a person.
    pub findings: Vec<Finding>,
}

/// A framework, task queue or scheduler in use.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct System {
    /// Its name.
    pub name: String,
    /// Its version, as lock files or dependency files say it.
    pub version: Option<String>,
    /// Where its objects are built.
    pub builds: Vec<Place>,
}

/// A process that the project runs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Process {
    /// Its name: `web`, `worker`, or that of its file.
    pub name: String,
    /// What it is for: `web`, `worker`, `scheduler`, `script`, `handler`; empty when nothing tells.
    pub role: String,
    /// The command that starts it, or is likely to.
    pub command: String,
    /// How it is known.
    pub origin: Origin,
    /// The line that declares it; `null` when none does.
    pub declared_at: Option<Place>,
    /// The module that it loads first.
    pub entry: String,
    /// Whether it has to report to Sentry.
    pub must_report: bool,
    /// Whether it starts Sentry as the project stands.
    pub starts_sentry: bool,
}

/// How a process is known.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Origin {
    /// A file declares it.
    Declared,
    /// A file of that name is a program by convention.
    Conventional,
    /// Something is built there that no other process builds.
    Inferred,
    /// The user pointed at its file.
    Pointed,
}

/// Sentry in a project as it stands.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Sentry {
    /// The release of sentry-sdk that is written for.
    pub sdk_version: String,
    /// Why this one.
    pub ground: Ground,
    /// The line or file that is the ground, where there is one.
    pub ground_at: Option<Place>,
    /// Calls of `sentry_sdk.init` that are there already.
    pub inits: Vec<Init>,
}

/// Why a release of sentry-sdk is written for.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Ground {
    /// The user said so.
    Chosen,
    /// A lock file has it.
    Locked,
    /// A dependency file asks for it.
    Declared,
    /// Nothing asks for sentry-sdk yet: the newest release known.
    Newest,
}

/// A call of `sentry_sdk.init`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Init {
    /// Where it stands, or below which place it goes.
    pub place: Place,
    /// The names of the processes that run it while they start.
    pub processes: Vec<String>,
}

/// What Sentry would do for a project.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Recommendation {
    /// The features that are switched on.
    pub features: Vec<Feature>,
    /// Names of features that can be had with `--with`.
    pub offered: Vec<String>,
    /// Whether what identifies people would be sent, secrets filtered.
    pub sends_pii: bool,
    /// The options that init gets.
    pub options: Vec<InitOption>,
    /// The integrations that are written, because the SDK does not enable them by itself.
    pub integrations: Vec<String>,
}

/// A feature and why.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Feature {
    /// The name that `--features` takes.
    pub name: String,
    /// The systems and libraries that ask for it; empty when every project has it.
    pub because_of: Vec<String>,
}

/// An option of `sentry_sdk.init`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct InitOption {
    /// Its name.
    pub name: String,
    /// A Python expression.
    pub value: String,
}

/// The change of a project, in words; `changes` of the document has the diffs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Plan {
    /// Where init goes.
    pub inits: Vec<Init>,
    /// The requirement on sentry-sdk as it would read; `null` when it stays as it is.
    pub requirement: Option<Requirement>,
    /// The files that it changes or makes.
    pub files: Vec<String>,
    /// How sure it is.
    pub applicability: Applicability,
    /// Commands that refresh what is generated from the changed files, to be run from `root`.
    pub commands: Vec<String>,
}

/// A requirement and where it stands.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Requirement {
    /// As it reads in the file.
    pub text: String,
    /// The file.
    pub path: String,
}

/// How sure a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Applicability {
    /// `--apply` makes it.
    Safe,
    /// It moves something that somebody chose: `--unsafe-fixes` makes it.
    Unsafe,
    /// It shows the way; it is never made.
    DisplayOnly,
}

/// Something that is wrong, that the change mends, or that is left to a person.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Finding {
    /// Its kind: a word that `# sentry-codemod: ignore[...]` takes.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Where; `null` when it concerns the project as a whole.
    pub place: Option<Place>,
    /// The place behind its last character, in the same file, where it is known.
    pub end: Option<Position>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// What became of it.
    pub status: Status,
    /// Why it is not fixed.
    pub reason: Option<String>,
    /// How sure its change is; `null` when there is none.
    pub applicability: Option<Applicability>,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Severity {
    /// Something does not report, or breaks.
    Error,
    /// Something reports less than it could.
    Warning,
    /// Something to know or to do by hand.
    Note,
}

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum Status {
    /// Its change was written.
    Fixed,
    /// Its change is ready; the run was not asked to write it.
    Skipped,
    /// Its change is ready and was held back.
    Blocked,
    /// Its change could not be written.
    Failed,
    /// There is no change for it: it is for a person.
    ByHand,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Place {
    /// The file.
    pub path: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// A line and a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

/// A file that changes.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Change {
    /// The file.
    pub path: String,
    /// Whether it is there already.
    pub kind: ChangeKind,
    /// The unified diff of this file, for `git apply`; bytes that are no UTF-8 stand as U+FFFD.
    pub diff: String,
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) enum ChangeKind {
    /// It gets other content.
    Modified,
    /// It is made.
    Added,
    /// It goes away.
    Deleted,
}

/// A pull request for the change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PullRequest {
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
}
