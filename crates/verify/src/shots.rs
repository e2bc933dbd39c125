//! Probes that are sent to web servers: the doors that are tried, and what came back. Read [`Shots`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use crate::facts::{Fact, Line};
use crate::http::{self, Request};
use crate::session::{Sent, Session, random_hex};
use crate::sockets::Address;

/// A nonce that ends so asks for the run without the user's own middleware; see `handler.py`.
const BARE: char = 'b';

/// A way into an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Door {
    command: usize,
    address: Address,
    host: String,
    prefix: String,
    is_post: bool,
    is_https: bool,
    is_bare: bool,
}

/// What has become of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No answer yet.
    Pending,
    /// Something answered.
    Answered,
    /// The connection failed.
    Failed,
}

/// The probes of a run. Each is sent by a thread of its own, so that a server that stalls holds up nobody.
pub(crate) struct Shots<'a> {
    session: &'a Session,
    doors: BTreeMap<String, Door>,
    outcomes: RefCell<BTreeMap<String, Option<u16>>>,
    answers: (Sender<Answer>, Receiver<Answer>),
}

/// A nonce, and the status that came back for it.
type Answer = (String, Option<u16>);

impl Door {
    /// All ways into the application that listens at `address`, the plainest first: a POST with a body; a GET, which needs no CSRF
    /// token; one that came by https, for applications that redirect; each below every mount; and all again past the user's middleware.
    pub(crate) fn all(address: &Address, command: usize, facts: &[Line]) -> Vec<Self> {
        let (mut hosts, mut prefixes) = (Vec::new(), vec![String::new()]);
        for line in facts.iter().filter(|line| line.command == command) {
            match &line.fact {
                Fact::Hosts { allowed } => hosts.extend(allowed.iter().filter(|host| *host != "*")),
                Fact::Mounts { prefixes: mounts } => prefixes.extend(mounts.iter().cloned()),
                _ => {}
            }
        }
        prefixes.dedup();
        let host = hosts.first().map_or("localhost", |host| host.trim_start_matches('.')).to_owned();
        let mut doors = Vec::new();
        for is_bare in [false, true] {
            for prefix in &prefixes {
                for (is_post, is_https) in [(true, false), (false, false), (false, true)] {
                    let (address, host, prefix) = (address.clone(), host.clone(), prefix.clone());
                    doors.push(Self { command, address, host, prefix, is_post, is_https, is_bare });
                }
            }
        }
        doors
    }
}

impl<'a> Shots<'a> {
    /// None yet.
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { session, doors: BTreeMap::new(), outcomes: RefCell::default(), answers: mpsc::channel() }
    }

    /// Sends a probe through a door; gives its nonce.
    pub(crate) fn fire(&mut self, door: &Door) -> String {
        let nonce = format!("{}{}", &random_hex()[..11], if door.is_bare { BARE } else { 'a' });
        let path = format!("{}/__sentry_codemod_verify_{}/{nonce}", door.prefix, self.session.token);
        self.send(&nonce, door, path, door.is_post);
        self.doors.insert(nonce.clone(), door.clone());
        nonce
    }

    /// Requests a path of the application itself through a door, by GET; gives the nonce of the request.
    pub(crate) fn request(&mut self, door: &Door, path: &str) -> String {
        let nonce = random_hex()[..12].to_owned();
        self.send(&nonce, door, path.to_owned(), false);
        nonce
    }

    /// The door through which the probe with this nonce went.
    pub(crate) fn door(&self, nonce: &str) -> Option<Door> {
        self.doors.get(nonce).cloned()
    }

    /// What has become of the probe with this nonce.
    pub(crate) fn outcome(&self, nonce: &str) -> Outcome {
        self.collect();
        match self.outcomes.borrow().get(nonce) {
            None => Outcome::Pending,
            Some(None) => Outcome::Failed,
            Some(Some(_)) => Outcome::Answered,
        }
    }

    /// Takes the answers that have come.
    pub(crate) fn collect(&self) {
        for (nonce, status) in self.answers.1.try_iter() {
            if let Some(sent) = self.session.sent().remove(&nonce) {
                self.session.note(&nonce, Sent { status, ..sent });
            }
            self.outcomes.borrow_mut().insert(nonce, status);
        }
    }

    fn send(&self, nonce: &str, door: &Door, path: String, has_body: bool) {
        let trace = format!("{}{}", random_hex(), random_hex());
        self.session.note(
            nonce,
            Sent { command: door.command, trace: trace.clone(), has_body, is_bare: door.is_bare, status: None },
        );
        let (nonce, door, answers) = (nonce.to_owned(), door.clone(), self.answers.0.clone());
        thread::spawn(move || {
            let body = format!("{{\"sentry_codemod_verify\": \"{nonce}\"}}");
            let request = Request {
                path: &path,
                host: &door.host,
                is_https: door.is_https,
                body: has_body.then_some(body.as_str()),
                trace: (&trace, &random_hex()),
            };
            // Nobody waits for an answer that comes after the end.
            let answer = |status| drop(answers.send((nonce.clone(), status)));
            if http::send(&door.address, &request, |status| answer(Some(status))).is_err() {
                answer(None);
            }
        });
    }
}
