//! Brings each command to the point where it can be asked, asks it, and waits for what comes of it. Read [`drive`].

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::facts::{Fact, Line};
use crate::report::Reason;
use crate::session::Session;
use crate::shots::{Door, Outcome, Shots};
use crate::tree::Tree;
use crate::{Job, VerifyError, judge, sockets};

const PAUSE: Duration = Duration::from_millis(100);
/// The SDK sends what was logged in batches, every five seconds.
const QUIET: Duration = Duration::from_secs(7);
/// As long, when no process has called init: for one that is still about to.
const HOPELESS: Duration = Duration::from_secs(2);
/// A cold start of a process in a pool has taken nine seconds.
const LONGEST_WAIT: Duration = Duration::from_secs(40);
/// Requests at a time; the handler keeps its process busy, so that the next one goes to another.
const BATCH: usize = 4;
const BATCHES: usize = 4;
const STAGGER: Duration = Duration::from_millis(80);
const BATCH_WAIT: Duration = Duration::from_secs(10);
/// How often a server that answers is tried in all ways.
const ROUNDS: usize = 3;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Driven {
    /// For each command why it could not be asked; `None` where it was.
    pub(crate) reasons: Vec<Option<Reason>>,
    /// The paths of the application that were requested, and the nonce of each request.
    pub(crate) requested: Vec<(String, String)>,
}

/// A command that can be asked.
enum Ready {
    /// A web server, and the way in.
    Web(Door),
    /// A worker that has sent itself tasks, or a beat that has sent one.
    Worker,
}

/// What all steps look at.
struct Run<'a> {
    session: &'a Session,
    tree: &'a mut Tree,
    shots: Shots<'a>,
    interrupted: &'a AtomicBool,
    end: Instant,
}

/// Starts the commands one after the other, each when the one before is ready, and asks them.
///
/// # Errors
/// When one cannot be started.
pub(crate) fn drive(
    job: &Job,
    session: &Session,
    tree: &mut Tree,
    interrupted: &AtomicBool,
) -> Result<Driven, VerifyError> {
    let end = Instant::now() + job.limits.total;
    let mut run = Run { session, tree, shots: Shots::new(session), interrupted, end };
    let mut driven = Driven::default();
    let mut doors = Vec::new();
    for (number, command) in job.commands.iter().enumerate() {
        if interrupted.load(Ordering::Relaxed) {
            driven.reasons.push(Some(Reason::Interrupted));
            continue;
        }
        run.tree.start(session, command, &job.folder)?;
        let ready = run.await_ready(number, end.min(Instant::now() + job.limits.ready));
        driven.reasons.push(ready.as_ref().err().copied());
        if let Ok(Ready::Web(door)) = ready {
            doors.push((number, door));
        }
    }
    for (number, door) in &doors {
        run.spread(*number, door);
    }
    if let Some((_, door)) = doors.first() {
        driven.requested = job.urls.iter().map(|path| (path.clone(), run.request(door, path))).collect();
    }
    if driven.reasons.iter().any(Option::is_none) {
        run.settle(&driven);
    }
    Ok(driven)
}

impl Run<'_> {
    /// Waits until the command of this number can be asked: until a probe has reached it, or it says that it is ready.
    fn await_ready(&mut self, number: usize, deadline: Instant) -> Result<Ready, Reason> {
        let mut rounds = 0;
        loop {
            if let Some(ready) = self.readiness(number) {
                return Ok(ready);
            }
            if self.interrupted.load(Ordering::Relaxed) {
                return Err(Reason::Interrupted);
            }
            if self.tree.has_ended(number) {
                // What it wrote last has been read when it is asked once more.
                return self.readiness(number).ok_or(Reason::Ended);
            }
            if Instant::now() >= deadline || rounds == ROUNDS {
                return Err(self.unready(number));
            }
            rounds += usize::from(self.try_doors(number, deadline));
            thread::sleep(PAUSE);
        }
    }

    fn readiness(&self, number: usize) -> Option<Ready> {
        let own = |line: &&Line| line.command == number;
        self.session.facts().iter().filter(own).find_map(|line| match &line.fact {
            Fact::WorkerReady { .. } | Fact::Beat { .. } => Some(Ready::Worker),
            Fact::Hit(hit) => self.shots.door(&hit.nonce).map(Ready::Web),
            _ => None,
        })
    }

    /// Sends a probe through each door in turn, until one reaches the handler. Says whether all of them were answered by something else.
    fn try_doors(&mut self, number: usize, deadline: Instant) -> bool {
        let addresses = sockets::listening(&self.tree.members_of(number));
        let mut answered = false;
        for address in addresses {
            for door in Door::all(&address, number, &self.session.facts()) {
                let nonce = self.shots.fire(&door);
                let outcome = loop {
                    let is_over = Instant::now() >= deadline || self.interrupted.load(Ordering::Relaxed);
                    match self.shots.outcome(&nonce) {
                        Outcome::Pending if !is_over && !self.is_hit(&nonce) && !self.tree.has_ended(number) => {
                            thread::sleep(PAUSE)
                        }
                        outcome => break outcome,
                    }
                };
                if self.readiness(number).is_some() || outcome == Outcome::Pending {
                    return false;
                }
                if outcome == Outcome::Failed {
                    break;
                }
                answered = true;
            }
        }
        answered
    }

    fn is_hit(&self, nonce: &str) -> bool {
        self.session.facts().iter().any(|line| matches!(&line.fact, Fact::Hit(hit) if hit.nonce == nonce))
    }

    fn unready(&self, number: usize) -> Reason {
        let members = self.tree.members_of(number);
        let is_probed = self.session.facts().iter().any(|line| line.command == number);
        match sockets::listening(&members).is_empty() {
            _ if !is_probed => Reason::NotLoaded,
            true => Reason::NotReady,
            false => Reason::NotReached,
        }
    }

    /// Sends more probes, until no process answers that has not answered before.
    fn spread(&mut self, number: usize, door: &Door) {
        let mut known = BTreeSet::new();
        for _ in 0..BATCHES {
            let nonces: Vec<String> = (0..BATCH)
                .map(|_| {
                    thread::sleep(STAGGER);
                    self.shots.fire(door)
                })
                .collect();
            let end = self.end.min(Instant::now() + BATCH_WAIT);
            while nonces.iter().any(|nonce| self.shots.outcome(nonce) == Outcome::Pending) && !self.is_over(end) {
                thread::sleep(PAUSE);
            }
            let facts = self.session.facts();
            let hit = facts.iter().filter(|line| line.command == number && matches!(line.fact, Fact::Hit(_)));
            let pids: BTreeSet<u32> = hit.map(|line| line.pid).collect();
            if known == pids || self.is_over(self.end) {
                return;
            }
            known = pids;
        }
    }

    /// Requests a path of the application itself, by GET; gives the nonce of the request.
    fn request(&mut self, door: &Door, path: &str) -> String {
        let nonce = self.shots.request(door, path);
        let end = self.end.min(Instant::now() + LONGEST_WAIT);
        while self.shots.outcome(&nonce) == Outcome::Pending && !self.is_over(end) {
            thread::sleep(PAUSE);
        }
        nonce
    }

    /// Waits until everything has arrived, or nothing more does.
    fn settle(&mut self, driven: &Driven) {
        let cap = self.end.min(Instant::now() + LONGEST_WAIT);
        let (mut seen, mut quiet_since) = (0, Instant::now());
        while !self.is_over(cap) {
            thread::sleep(4 * PAUSE);
            self.shots.collect();
            let facts = self.session.facts();
            if facts.len() != seen {
                (seen, quiet_since) = (facts.len(), Instant::now());
            }
            // Without an SDK nothing can come.
            let is_hopeless = !facts.iter().any(|line| matches!(line.fact, Fact::Init(_)));
            let has_outstanding = outstanding(&facts) > 0;
            if !has_outstanding && is_hopeless && quiet_since.elapsed() > HOPELESS {
                return;
            }
            if !has_outstanding && judge::is_proven(self.session, &facts, driven) {
                return;
            }
            // Tasks that nobody has taken up yet are worth a longer wait than silence.
            let patience = if has_outstanding { LONGEST_WAIT } else { QUIET };
            if quiet_since.elapsed() > patience {
                return;
            }
        }
    }

    fn is_over(&self, end: Instant) -> bool {
        Instant::now() >= end || self.interrupted.load(Ordering::Relaxed)
    }
}

/// How many of the tasks that workers have sent themselves have not been taken up.
fn outstanding(facts: &[Line]) -> usize {
    let sent: usize =
        facts.iter().map(|line| if let Fact::WorkerReady { sent } = &line.fact { sent.len() } else { 0 }).sum();
    let tasks = facts.iter().filter(|line| matches!(&line.fact, Fact::Hit(hit) if hit.framework.queue)).count();
    sent.saturating_sub(tasks)
}
