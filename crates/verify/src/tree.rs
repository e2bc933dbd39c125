//! The commands of a run and all that descends from them: started, watched, stopped. Read [`Tree`].
//!
//! No shell is involved. This is the one place where commands of the user's are started.
#![allow(clippy::disallowed_methods, reason = "this is where verify starts processes")]

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::members::{self, Member};
use crate::session::{COMMAND, Session, create_file};
use crate::watchdog::Watchdog;
use crate::{VerifyError, mask};

/// A leader that was told to stop stops its workers in order, and the SDK sends what it holds.
const GRACE: Duration = Duration::from_secs(6);
/// For those that the leader has left behind.
const LAST_BREATH: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// The commands that were started. Dropping it stops everything.
pub(crate) struct Tree {
    token: String,
    leaders: Vec<Leader>,
    watchdog: Watchdog,
}

/// One command.
pub(crate) struct Leader {
    /// How it was typed, without secrets.
    pub(crate) command: String,
    child: Child,
    /// How it ended, once it has.
    pub(crate) ended: Option<ExitStatus>,
}

impl Tree {
    /// An empty tree, watched by `watchdog` from now on, which also removes `folders` should this process be killed.
    ///
    /// # Errors
    /// When the watchdog cannot be started.
    pub(crate) fn new(session: &Session, watchdog: &[OsString], folders: &[&Path]) -> Result<Self, VerifyError> {
        let watchdog = Watchdog::start(watchdog, &session.token, folders)
            .map_err(|error| VerifyError::Prepare { what: "the watchdog", error })?;
        Ok(Self { token: session.token.clone(), leaders: Vec::new(), watchdog })
    }

    /// Starts a command in `folder`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(&mut self, session: &Session, command: &[OsString], folder: &Path) -> Result<(), VerifyError> {
        let words: Vec<String> = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let number = self.leaders.len();
        let child = self.spawn(session, command, folder, number).map_err(|error| {
            let command = words.first().cloned().unwrap_or_default();
            match error.kind() {
                io::ErrorKind::NotFound => VerifyError::NotFound(command),
                _ => VerifyError::Start { command, error },
            }
        })?;
        self.leaders.push(Leader { command: mask(&words.join(" ")), child, ended: None });
        Ok(())
    }

    fn spawn(&self, session: &Session, words: &[OsString], folder: &Path, number: usize) -> io::Result<Child> {
        let output = create_file(&session.output_path(number))?;
        let (program, arguments) = words.split_first().ok_or(io::ErrorKind::NotFound)?;
        Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .envs(session.variables().iter().map(|(name, value)| (name, value)))
            .env(COMMAND, number.to_string())
            // A second address that the SDK would send to.
            .env_remove("SENTRY_SPOTLIGHT")
            // A group of its own: the terminal's Ctrl-C reaches verify alone, which then stops the group in order.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
    }

    /// The commands so far.
    pub(crate) fn leaders(&self) -> &[Leader] {
        &self.leaders
    }

    /// The living processes of all commands.
    pub(crate) fn members(&self) -> Vec<Member> {
        members::of(&self.token)
    }

    /// The living processes of the command of this number.
    pub(crate) fn members_of(&self, command: usize) -> Vec<Member> {
        self.members().into_iter().filter(|member| member.command == command).collect()
    }

    /// Whether nothing of the command of this number runs any more.
    pub(crate) fn has_ended(&mut self, command: usize) -> bool {
        let leader = &mut self.leaders[command];
        leader.is_gone() && self.members_of(command).is_empty()
    }

    /// Stops everything: each leader alone at first, then what is left of them, then by force. Says how many could not be stopped.
    pub(crate) fn stop(&mut self) -> usize {
        for leader in self.leaders.iter_mut().rev().filter_map(|leader| (!leader.is_gone()).then_some(leader)) {
            let _ = kill_process(leader.pid(), Signal::TERM);
        }
        if !self.are_gone_within(GRACE) {
            stop_members(&self.token);
        }
        let survivors = self.members().len();
        if survivors == 0 {
            self.watchdog.dismiss();
        }
        survivors
    }

    fn are_gone_within(&mut self, time: Duration) -> bool {
        within(time, || {
            let leaders_gone = self.leaders.iter_mut().all(Leader::is_gone);
            leaders_gone && members::of(&self.token).is_empty()
        })
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // Nothing is left where a run came to its end; this is for errors and panics.
        self.stop();
    }
}

impl Leader {
    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Whether it has ended; remembers how.
    pub(crate) fn is_gone(&mut self) -> bool {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended.is_some()
    }
}

/// Stops all that carries this token: politely first, then by force.
pub(crate) fn stop_members(token: &str) {
    for (signal, patience) in [(Signal::TERM, LAST_BREATH), (Signal::KILL, LAST_BREATH), (Signal::KILL, LAST_BREATH)] {
        let members = members::of(token);
        for member in &members {
            let _ = kill_process(member.pid, signal);
        }
        if members.is_empty() || within(patience, || members::of(token).is_empty()) {
            return;
        }
    }
}

/// Whether something becomes true in time.
fn within(time: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + time;
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= end {
            return false;
        }
        thread::sleep(PAUSE);
    }
}
