//! The processes that descend from a run: those that carry its token in their environment. Read [`of`].
//!
//! This also finds those that left their group or lost their parent, and never a stranger who was given a number again.
#![allow(clippy::disallowed_methods, reason = "processes are looked up in /proc")]

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

use crate::session::{COMMAND, TOKEN};

/// A process of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its number.
    pub(crate) pid: Pid,
    /// The number of the command that it descends from.
    pub(crate) command: usize,
}

/// Whether this system can be asked.
pub(crate) fn are_known() -> bool {
    Path::new("/proc/self/environ").exists()
}

/// The living processes with this token.
pub(crate) fn of(token: &str) -> Vec<Member> {
    let mark = format!("{TOKEN}={token}");
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let member = |folder: PathBuf| {
        let pid = Pid::from_raw(folder.file_name()?.to_str()?.parse().ok()?)?;
        // A process that has ended and was not waited for has an empty one.
        let environment = fs::read(folder.join("environ")).ok()?;
        let mut variables = environment.split(|byte| *byte == 0);
        if !variables.clone().any(|variable| variable == mark.as_bytes()) {
            return None;
        }
        let number = |variable: &[u8]| {
            std::str::from_utf8(variable).ok()?.strip_prefix(COMMAND)?.strip_prefix('=')?.parse().ok()
        };
        Some(Member { pid, command: variables.find_map(number).unwrap_or(0) })
    };
    processes.filter_map(|entry| member(entry.path())).collect()
}
