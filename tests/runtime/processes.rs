//! Processes of a trial: started each in a group of its own, watched, and gone when the trial is over, whatever happened to it.
//! Read [`Stage`] first.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::application::Ready;

/// A cold start of a framework on a busy machine.
const START: Duration = Duration::from_secs(90);
/// A launcher that has been told to stop and lets its workers send what they hold.
const STOP: Duration = Duration::from_secs(10);
/// A process that is ending anyway.
const LAST_BREATH: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// Every process of a trial carries this variable, also one that left its group.
const MARK: &str = "SENTRY_CODEMOD_TRIAL";

/// Where processes run: a folder, a virtual environment, variables, and the processes started so far.
pub(crate) struct Stage {
    folder: PathBuf,
    outputs: PathBuf,
    variables: Vec<(&'static str, String)>,
    port: u16,
    running: Vec<Running>,
}

struct Running {
    command: String,
    child: Child,
    /// Kills the group when this suite itself is killed, which leaves it no time to do so.
    guard: Child,
    output: PathBuf,
}

/// Whether a Redis can be started on this machine.
pub(crate) fn redis_is_installed() -> bool {
    Command::new("redis-server").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A port of loopback that nothing listens on at the moment.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

impl Stage {
    /// A stage in `scratch/project`, where nothing runs yet and events go to `dsn`.
    ///
    /// # Errors
    /// When no port is free or no folder for the output can be made.
    pub(crate) fn new(scratch: &Path, environment: &Path, dsn: &str) -> io::Result<Self> {
        let outputs = scratch.join("outputs");
        fs::create_dir(&outputs)?;
        let port = free_port()?;
        let path = format!("{}:{}", environment.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let variables = vec![
            (MARK, scratch.display().to_string()),
            ("SENTRY_DSN", dsn.to_owned()),
            ("PORT", port.to_string()),
            ("SUITE", concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/runtime").to_owned()),
            ("PATH", path),
            ("VIRTUAL_ENV", environment.display().to_string()),
            ("PYTHONUNBUFFERED", "1".to_owned()),
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
            ("no_proxy", "127.0.0.1,localhost".to_owned()),
        ];
        Ok(Self { folder: scratch.join("project"), outputs, variables, port, running: Vec::new() })
    }

    /// The port that web servers are asked to listen on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The variables that every process gets.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.variables.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// A command with the values of the variables that it speaks of.
    pub(crate) fn expanded(&self, command: &str) -> String {
        self.variables().fold(command.to_owned(), |command, (name, value)| command.replace(&format!("${name}"), value))
    }

    /// Starts a Redis of its own, empty and without a file, whose address the commands find in `REDIS_URL`.
    ///
    /// # Errors
    /// When it is not installed or does not come up.
    pub(crate) fn start_redis(&mut self) -> Result<(), String> {
        if !redis_is_installed() {
            return Err("this row needs `redis-server`, which is not on PATH".to_owned());
        }
        let port = free_port().map_err(|error| error.to_string())?;
        self.variables.push(("REDIS_URL", format!("redis://127.0.0.1:{port}/0")));
        let command = format!("redis-server --bind 127.0.0.1 --port {port} --save '' --appendonly no");
        self.start(&command, &Ready::Log("Ready to accept connections".to_owned()))
    }

    /// Starts `command` and returns when it is ready.
    ///
    /// # Errors
    /// When it ends before it is ready or never is; with what it wrote.
    pub(crate) fn start(&mut self, command: &str, ready: &Ready) -> Result<(), String> {
        let number = self.running.len();
        let mut started = self.spawn(command, number).map_err(|error| format!("`{command}`: {error}"))?;
        let outcome = self.await_ready(&mut started, ready);
        self.running.push(started);
        outcome.map_err(|what| format!("`{command}` {what}\n{}", self.outputs()))
    }

    fn spawn(&self, command: &str, number: usize) -> io::Result<Running> {
        let output = self.outputs.join(format!("{number}.log"));
        let log = File::create(&output)?;
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec {command}")]).current_dir(&self.folder).process_group(0);
        shell.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        for (name, _) in std::env::vars_os() {
            // What a developer has set for Sentry or Python must not decide what arrives here.
            if name.to_string_lossy().starts_with("SENTRY_") || name == "PYTHONPATH" {
                shell.env_remove(name);
            }
        }
        let child = shell.envs(self.variables.iter().map(|(name, value)| (name, value))).spawn()?;
        let guard = guard(&child)?;
        Ok(Running { command: command.to_owned(), child, guard, output })
    }

    fn await_ready(&self, started: &mut Running, ready: &Ready) -> Result<(), String> {
        let end = Instant::now() + START;
        loop {
            let exit = started.child.try_wait().map_err(|error| error.to_string())?;
            match (ready, exit) {
                (Ready::Exit(code), Some(status)) => return expect_exit(status, *code),
                (_, Some(status)) => return Err(format!("ended before it was ready: {status}")),
                (Ready::Port, None) if listens(self.port) => return Ok(()),
                (Ready::Log(words), None) if started.text().contains(words) => return Ok(()),
                _ if Instant::now() > end => return Err(format!("is not ready after {} seconds", START.as_secs())),
                _ => thread::sleep(PAUSE),
            }
        }
    }

    /// Stops everything, the process started last first, each leader alone at first, so that it can stop its workers in order.
    ///
    /// # Errors
    /// When a process had to be killed after its leader was gone: the application leaves something behind.
    pub(crate) fn stop(&mut self) -> Result<(), String> {
        for running in self.running.iter_mut().rev() {
            running.stop();
        }
        let end = Instant::now() + LAST_BREATH;
        while !self.marked().is_empty() && Instant::now() < end {
            thread::sleep(PAUSE);
        }
        let left = self.marked();
        for pid in &left {
            let _ = kill_process(*pid, Signal::KILL);
        }
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("{} processes were left behind\n{}", left.len(), self.outputs()))
        }
    }

    /// Processes that carry this stage's mark. Only where there is a `/proc`; elsewhere the groups have to do.
    fn marked(&self) -> Vec<Pid> {
        let mark = format!("{MARK}={}", self.variables[0].1);
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let marked = processes.filter(|process| {
            let variables = fs::read(process.path().join("environ")).unwrap_or_default();
            variables.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
        });
        marked.filter_map(|process| Pid::from_raw(process.file_name().to_str()?.parse().ok()?)).collect()
    }

    /// The last lines that each process wrote.
    pub(crate) fn outputs(&self) -> String {
        let tail = |running: &Running| {
            let text = running.text();
            let lines: Vec<&str> = text.lines().collect();
            format!("--- {}\n{}\n", running.command, lines[lines.len().saturating_sub(40)..].join("\n"))
        };
        self.running.iter().map(tail).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // A trial that got this far without stopping has already failed for another reason.
        let _ = self.stop();
    }
}

/// A process that waits for a line and kills the group of `leader` when its input ends without one.
fn guard(leader: &Child) -> io::Result<Child> {
    let script = format!("read -r line || kill -s KILL -- -{}", leader.id());
    Command::new("sh").args(["-c", &script]).process_group(0).stdin(Stdio::piped()).stderr(Stdio::null()).spawn()
}

fn expect_exit(status: ExitStatus, code: i32) -> Result<(), String> {
    if status.code() == Some(code) { Ok(()) } else { Err(format!("ended with {status}, not with exit code {code}")) }
}

impl Running {
    fn text(&self) -> String {
        fs::read(&self.output).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn stop(&mut self) {
        let Some(leader) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else { return };
        if !self.ended_within(Duration::ZERO) {
            let _ = kill_process(leader, Signal::TERM);
        }
        if !self.ended_within(STOP) {
            let _ = kill_process_group(leader, Signal::TERM);
        }
        let _ = self.ended_within(LAST_BREATH);
        // The group outlives its leader as long as it has members; nobody else can have taken its number.
        let _ = kill_process_group(leader, Signal::KILL);
        let _ = self.child.wait();
        if let Some(mut line) = self.guard.stdin.take() {
            let _ = line.write_all(b"\n");
        }
        let _ = self.guard.wait();
    }

    fn ended_within(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        loop {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                return true;
            }
            if Instant::now() >= end {
                return false;
            }
            thread::sleep(PAUSE);
        }
    }
}
