//! What is wrong or left to a person, with a code, a place and the next step. Read [`Diagnostic`] first.

use crate::facts::Location;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Which kind of finding it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where; `None` when it concerns the project as a whole.
    pub place: Option<Location>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not report, or breaks.
    Error,
    /// Something reports less than it could.
    Warning,
    /// Something to know or to do by hand.
    Note,
}

/// The kinds of findings. The words are what `# sentry-codemod: ignore[...]` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A process runs no init, and no place for one could be decided.
    NoInit,
    /// A process starts without init; the change puts one there.
    MissingInit,
    /// A dependency file does not ask for the SDK as the programs need it; the change does.
    MissingRequirement,
    /// A further file without whose change Sentry is set up in part only.
    MissingPart,
    /// The client before the SDK is still there.
    RavenLeftOver,
    /// The requirement has to be added by hand.
    RequirementByHand,
    /// A lock file has to be refreshed.
    StaleLock,
    /// A file could not be read or understood.
    UnreadableFile,
    /// An option could not be written for the SDK that the project has.
    SdkOption,
    /// An init stands in a module that nothing known loads, so that nobody can say whether it runs.
    UnreachedInit,
    /// Something is built that nothing known runs.
    NotStarted,
    /// The SDK's middleware has to be put around the application by hand.
    MiddlewareByHand,
    /// The SDK has to be told of the event loop by hand.
    ListenerByHand,
    /// A worker has to be pointed at a settings module by hand.
    SettingsFileByHand,
    /// A job that the clock starts has to be handed to the SDK by hand.
    MonitorByHand,
    /// Sentry has to be told when jobs are expected.
    MonitorSchedule,
    /// A library needs a decision that only its user can make.
    LibraryAdvice,
    /// Init stands where guides put it, because the user said so.
    DocumentedPlacement,
    /// A comment that keeps hands off a place where nothing was to be done.
    UnusedIgnore,
}

impl Code {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoInit => "no-init",
            Self::MissingInit => "missing-init",
            Self::MissingRequirement => "missing-requirement",
            Self::MissingPart => "missing-part",
            Self::RavenLeftOver => "raven-left-over",
            Self::RequirementByHand => "requirement-by-hand",
            Self::StaleLock => "stale-lock",
            Self::UnreadableFile => "unreadable-file",
            Self::SdkOption => "sdk-option",
            Self::UnreachedInit => "unreached-init",
            Self::NotStarted => "not-started",
            Self::MiddlewareByHand => "middleware-by-hand",
            Self::ListenerByHand => "listener-by-hand",
            Self::SettingsFileByHand => "settings-file-by-hand",
            Self::MonitorByHand => "monitor-by-hand",
            Self::MonitorSchedule => "monitor-schedule",
            Self::LibraryAdvice => "library-advice",
            Self::DocumentedPlacement => "documented-placement",
            Self::UnusedIgnore => "unused-ignore",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}
