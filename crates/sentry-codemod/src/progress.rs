//! A sign of life on stderr while a long reading goes on. Read [`Progress`] first.

use std::io::IsTerminal;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::arguments::Verbosity;

/// Work that is done sooner shows no sign.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the sign moves.
const TICK: Duration = Duration::from_millis(100);

/// Shown on a terminal from the second second on, and taken away when this is dropped.
pub(crate) struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to wait, unless nobody would see the sign or nobody wants it.
    pub(crate) fn of(what: &'static str, verbosity: Verbosity) -> Self {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if verbosity == Verbosity::Quiet || is_dumb || !std::io::stderr().is_terminal() {
            return Self { running: None };
        }
        let (done, is_done) = channel();
        let thread = std::thread::spawn(move || {
            if is_done.recv_timeout(PATIENCE) != Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                return;
            }
            let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
            let bar = ProgressBar::new_spinner()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
                .with_message(what)
                .with_elapsed(PATIENCE);
            bar.enable_steady_tick(TICK);
            // Nothing is ever sent: the other end goes away.
            _ = is_done.recv();
            bar.finish_and_clear();
        });
        Self { running: Some((done, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.running.take() {
            drop(done);
            _ = thread.join();
        }
    }
}
