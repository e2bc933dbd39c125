//! What is wrong or left to a person, with a code, a place and the next step. Read [`Diagnostic`] first, then [`Code`].

use crate::facts::Location;
use crate::fix::Fix;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where; `None` when it concerns the project as a whole.
    pub place: Option<Location>,
    /// The line and column behind its last character, for editors; in the file of `place`.
    pub end: Option<(usize, usize)>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The edits that mend it, where a rewrite can.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding about the project as a whole, as severe as its kind is.
    pub fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (message.into(), help.into());
        Self { code, severity: code.severity(), place: None, end: None, message, help, fix: None }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(self, place: Location) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same, up to a line and column.
    #[must_use]
    pub fn to(self, end: (usize, usize)) -> Self {
        Self { end: Some(end), ..self }
    }

    /// The same, as severe as it is here.
    #[must_use]
    pub fn as_severe_as(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The same, with what mends it.
    #[must_use]
    pub fn mended_by(self, fix: Option<Fix>) -> Self {
        Self { fix, ..self }
    }

    /// Whether the main run tells it too: what it found itself, and that something does not report or breaks.
    pub fn is_told_by_main_run(&self) -> bool {
        match self.code.stage() {
            Stage::Plan => true,
            Stage::Doctor => self.severity == Severity::Error,
            Stage::Planned => false,
        }
    }

    /// What findings are told in the order of.
    fn order(&self) -> (Severity, bool, &Option<Location>, Code, &str) {
        (self.severity, self.place.is_none(), &self.place, self.code, &self.message)
    }
}

/// In the order in which they are told: the gravest first, then by place, what has none last; each once.
pub fn in_order(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|one, other| one.order().cmp(&other.order()));
    diagnostics.dedup();
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

impl std::fmt::Display for Severity {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Where a kind of finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// From planning: what could not be done, or is left to a person. Every run tells it.
    Plan,
    /// From the doctor: what is wrong with the Sentry that is there. The main run tells errors alone.
    Doctor,
    /// From the doctor, and mended by the plan: the main run shows the change instead.
    Planned,
}

/// Makes [`Code`] of rows `Variant "word" severity stage "title"`, so that everything about a kind stands in one line.
macro_rules! codes {
    ($($variant:ident $word:literal $severity:ident $stage:ident $title:literal)*) => {
        /// The kinds of findings. The words are what `# sentry-codemod: ignore[...]` takes; each has a page under `docs/findings/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What it means, in one sentence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// How much it matters, as a rule.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// Where it comes from.
            pub const fn stage(self) -> Stage {
                match self { $(Self::$variant => Stage::$stage),* }
            }
        }
    };
}

codes! {
    NoInit "no-init" Error Plan "a process runs no init, and no place for one could be decided"
    MissingInit "missing-init" Error Planned "a process starts without init; the change puts one there"
    InitNotLoaded "init-not-loaded" Error Planned "an init stands in a module that some process never loads"
    WorkerWithoutInit "worker-without-init" Error Planned "a worker starts without init, although others have one"
    MissingRequirement "missing-requirement" Error Planned "a dependency file does not ask for the SDK as the programs need it"
    MissingPart "missing-part" Error Planned "a further file without whose change Sentry is set up in part only"
    InitAfterObject "init-after-object" Error Doctor "an init runs after an object was built that does not report fully then"
    InitInLateHook "init-in-late-hook" Error Doctor "an init runs in a hook that comes too late"
    DoubleInit "double-init" Warning Doctor "two inits run in one process"
    HandlersRemoved "handlers-removed" Warning Doctor "a call after init takes away what init has put in"
    MiddlewareMissing "middleware-missing" Error Doctor "an application is not seen without the SDK's middleware around it"
    MiddlewareSuperfluous "middleware-superfluous" Note Doctor "the SDK's middleware stands around an application that an integration sees by itself"
    IntegrationMissing "integration-missing" Warning Doctor "an integration that the SDK does not enable by itself is not named"
    FeatureMissing "feature-missing" Warning Plan "an init lacks options of a feature that was asked for"
    FeatureUndecided "feature-undecided" Warning Plan "whether an init has the options of a feature that was asked for cannot be decided"
    ThreadsOff "threads-off" Warning Doctor "a server runs without the options that let the SDK's thread run"
    OptionGone "option-gone" Error Doctor "a command line has an option that its program does not take any more"
    GlobalScopeData "global-scope-data" Warning Doctor "data of one request stands on the scope that all requests share"
    FullSampleRate "full-sample-rate" Note Doctor "every request and job is traced"
    HealthChecksTraced "health-checks-traced" Note Doctor "requests of a health check are traced"
    FrontendWithoutSentry "frontend-without-sentry" Note Doctor "a frontend beside the project reports nothing"
    RavenLeftOver "raven-left-over" Error Plan "raven, the client before the SDK, is still there"
    RequirementByHand "requirement-by-hand" Warning Plan "the requirement has to be added by hand"
    StaleLock "stale-lock" Note Plan "a compiled file has to be made again"
    UnreadableFile "unreadable-file" Warning Plan "a file could not be read or understood"
    SdkOption "sdk-option" Note Plan "an option could not be written for the SDK that the project has"
    UnreachedInit "unreached-init" Note Plan "an init stands in a module that nothing known loads"
    NotStarted "not-started" Note Plan "something is built that nothing known runs"
    MiddlewareByHand "middleware-by-hand" Warning Plan "the SDK's middleware has to be put around the application by hand"
    ListenerByHand "listener-by-hand" Note Plan "the SDK has to be told of the event loop by hand"
    SettingsFileByHand "settings-file-by-hand" Warning Plan "a worker has to be pointed at a settings module by hand"
    MonitorByHand "monitor-by-hand" Note Plan "a job that the clock starts has to be handed to the SDK by hand"
    MonitorSchedule "monitor-schedule" Note Plan "Sentry has to be told when jobs are expected"
    LibraryAdvice "library-advice" Note Plan "a library needs a decision that only its user can make"
    DocumentedPlacement "documented-placement" Note Plan "init stands where guides put it, because the user said so"
    UnknownOption "unknown-option" Error Doctor "the SDK in force refuses an option of init: the program does not start"
    DeprecatedOption "deprecated-option" Warning Doctor "an option of init has a successor and will be refused"
    IneffectiveOption "ineffective-option" Warning Doctor "the SDK in force takes an option of init and does nothing with it"
    FloorTooLow "floor-too-low" Warning Doctor "the requirement admits an SDK that refuses what init is given"
    MalformedDsn "malformed-dsn" Error Doctor "the SDK refuses the DSN: the program does not start"
    EmptyDsn "empty-dsn" Warning Doctor "the DSN is empty, which switches Sentry off whatever the environment says"
    DsnInSource "dsn-in-source" Note Doctor "the DSN stands in the source instead of the environment"
    NoTraces "no-traces" Note Doctor "requests or jobs are not traced, because no sample rate is given"
    ProfilingWithoutTracing "profiling-without-tracing" Warning Doctor "profiles are asked for, and nothing that they could belong to"
    TwoProfilers "two-profilers" Warning Doctor "the old and the new profiler are both asked for, and only the old one runs"
    PrivacyDefault "privacy-default" Warning Doctor "the SDK in force sends people's data unless it is told not to"
    LogsStop "logs-stop" Warning Doctor "the SDK in force sends no log records unless an integration is written"
    DeprecatedName "deprecated-name" Warning Doctor "a name of the SDK has a successor and will be gone"
    RemovedName "removed-name" Error Doctor "the SDK in force has a name no more that the code uses"
    UnusedIgnore "unused-ignore" Note Plan "a comment keeps hands off a place where nothing was to be done"
}

impl Code {
    /// The code of that word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_are_told_first_and_each_once() {
        let note = Diagnostic::new(Code::StaleLock, "old", "");
        let error = Diagnostic::new(Code::NoInit, "none", "");
        let mut found = vec![note.clone(), error.clone(), note.clone()];
        in_order(&mut found);
        assert_eq!(found, [error, note]);
    }

    #[test]
    fn every_code_is_found_by_its_own_word() {
        assert!(Code::ALL.iter().all(|code| Code::named(code.as_str()) == Some(*code)));
        assert_eq!(Code::named("no-such-code"), None);
    }
}
