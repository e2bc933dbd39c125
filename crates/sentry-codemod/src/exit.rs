//! How the program ends. Read [`Exit`] first.

use std::process::ExitCode;

/// The meaning of the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Fine,
    /// `--check` found something to do, or a fix was applied with `--exit-non-zero-on-fix`.
    Findings,
    /// Usage, unreadable input, a failed write, a bug. Outranks findings.
    Failed,
    /// `verify` ran and could not prove anything.
    NotProven,
    /// Ctrl-C, as shells count it.
    Interrupted,
}

impl Exit {
    /// The same, or failure.
    pub(crate) fn or_failed(self, failed: bool) -> Self {
        if failed { Self::Failed } else { self }
    }

    /// The code that the shell sees.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }

    /// The same as a number.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Failed => 2,
            Self::NotProven => 3,
            Self::Interrupted => 130,
        }
    }
}

/// Makes a panic ask for a report.
pub(crate) fn report_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        crate::output::bug();
    }));
}
