//! The watchdog: a process that stops a run's commands and removes its folder when verify itself was killed. Read [`watch`].
//!
//! It is told the token and the folders, one a line, and then waits: a last line dismisses it, an end without one sends it to work.
#![allow(clippy::disallowed_methods, reason = "this is where verify starts processes")]

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::session::FOLDER;
use crate::tree::stop_members;

const DISMISSED: &str = "dismissed";

/// The other end of it.
pub(crate) struct Watchdog {
    child: Child,
    input: Option<ChildStdin>,
}

impl Watchdog {
    /// Starts `command`, which has to run [`watch`] on its stdin.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(command: &[OsString], token: &str, folders: &[&Path]) -> io::Result<Self> {
        let (program, arguments) = command.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir("/")
            // What ends verify's group, such as Ctrl-C, must not end its watchdog.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(input, "{token}")?;
        for folder in folders {
            writeln!(input, "{}", folder.display())?;
        }
        Ok(Self { child, input: Some(input) })
    }

    /// Tells it that nothing is left to do.
    pub(crate) fn dismiss(&mut self) {
        if let Some(mut input) = self.input.take() {
            let _ = writeln!(input, "{DISMISSED}");
            drop(input);
            let _ = self.child.wait();
        }
    }
}

/// Waits on `input` for the run to end; when it ends without a word, stops its processes and removes its folders.
pub fn watch(input: impl BufRead) {
    let mut lines: Vec<String> = input.lines().map_while(Result::ok).collect();
    if lines.last().is_none_or(|line| line == DISMISSED) {
        return;
    }
    stop_members(&lines.remove(0));
    let is_ours = |folder: &Path| folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FOLDER));
    for folder in lines.iter().map(Path::new).filter(|folder| is_ours(folder)) {
        let _ = fs::remove_dir_all(folder);
    }
}
