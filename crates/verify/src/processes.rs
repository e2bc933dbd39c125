//! What is known of one process, and what is said of it. Read [`Process::report`].

use std::path::Path;

use crate::evidence::{Arrived, Evidence};
use crate::facts::{Client, Fact, Framework, Hit, InitFact, Line};
use crate::mask;
use crate::report::{Cause, Init, Missing, Order, ProcessReport, Verdict};
use crate::session::{Sent, Session};

/// What the probe has seen of one process.
#[derive(Debug, Default)]
pub(crate) struct Process<'a> {
    pub(crate) pid: u32,
    pub(crate) parent: u32,
    pub(crate) command: usize,
    pub(crate) arguments: &'a [String],
    /// The calls of init that ran in it.
    pub(crate) inits: Vec<&'a InitFact>,
    /// The calls of init that ran in the process from which it was forked.
    pub(crate) inherited: Vec<&'a InitFact>,
    /// Calls of init that raised: where, and what.
    pub(crate) init_errors: Vec<(&'a [String], &'a str)>,
    pub(crate) hits: Vec<&'a Hit>,
    /// The monitors that a beat has started, and its SDK.
    pub(crate) beats: Vec<(&'a String, Option<&'a Client>)>,
    pub(crate) probe_errors: Vec<String>,
}

/// The processes in the order in which they were first seen.
pub(crate) fn processes(facts: &[Line]) -> Vec<Process<'_>> {
    let mut all: Vec<Process<'_>> = Vec::new();
    for line in facts {
        let at = all.iter().position(|process| process.pid == line.pid).unwrap_or_else(|| {
            all.push(Process { pid: line.pid, parent: line.ppid, command: line.command, ..Process::default() });
            all.len() - 1
        });
        match &line.fact {
            Fact::Start { argv } => all[at].arguments = argv,
            Fact::Fork { inits } => inherit(&mut all, at, *inits),
            Fact::Init(init) => all[at].inits.push(init),
            Fact::InitError { at: places, error } => all[at].init_errors.push((places, error)),
            Fact::Hit(hit) => all[at].hits.push(hit),
            Fact::Beat { slug, client } => all[at].beats.push((slug, client.as_ref())),
            Fact::ProbeError { place, error } => all[at].probe_errors.push(format!("{place}: {error}")),
            _ => {}
        }
    }
    all
}

/// What a process has from the one that it was forked from.
fn inherit(all: &mut [Process<'_>], at: usize, inits: usize) {
    let Some(parent) = all.iter().position(|process| process.pid == all[at].parent) else { return };
    let known: Vec<&InitFact> = all[parent].inherited.iter().chain(&all[parent].inits).copied().take(inits).collect();
    (all[at].inherited, all[at].arguments) = (known, all[parent].arguments);
}

impl<'a> Process<'a> {
    /// Its SDK, as it was seen last.
    pub(crate) fn client(&self) -> Option<&'a Client> {
        let at_init = || self.inherited.iter().chain(&self.inits).rev().find_map(|init| init.client.as_ref());
        self.hits.last().and_then(|hit| hit.client.as_ref()).or_else(at_init)
    }

    /// What is said of it.
    pub(crate) fn report(&self, session: &Session, evidence: &Evidence<'_>, folder: &Path) -> ProcessReport {
        let sent = session.sent();
        let arrived: Vec<Arrived> = self.hits.iter().map(|hit| evidence.of(hit, sent.get(&hit.nonce))).collect();
        let missing = self.missing(&arrived, evidence);
        let client = self.client();
        let any = |is_there: fn(&Arrived) -> bool| arrived.iter().any(is_there);
        ProcessReport {
            pid: self.pid,
            parent: self.parent,
            command: self.command,
            arguments: self.arguments.iter().map(|argument| mask(argument)).collect(),
            role: self.role(),
            framework: self.hits.first().map(|hit| hit.framework.name.clone()),
            verdict: self.verdict(&arrived, &missing),
            probes: self.hits.len(),
            init: self.init(folder),
            sdk: client.and_then(|client| client.version.clone()),
            error: self
                .own_mechanism(&arrived)
                .or_else(|| arrived.iter().find_map(|one| one.mechanisms.first()))
                .cloned(),
            transaction: arrived
                .iter()
                .rev()
                .find_map(|one| one.transactions.first())
                .map(|name| without_token(name, session)),
            logs: client.filter(|client| client.logs() && !self.hits.is_empty()).map(|_| any(|one| one.log)),
            profile: client.filter(|client| client.profiles() && !self.hits.is_empty()).map(|_| any(|one| one.profile)),
            body: arrived.iter().filter_map(|one| one.body).reduce(|one, other| one || other),
            notes: self.notes(&sent),
            missing,
        }
    }

    fn role(&self) -> &'static str {
        match self.framework() {
            Some(framework) if framework.queue => "worker",
            Some(_) => "web",
            None if !self.beats.is_empty() => "beat",
            None => "other",
        }
    }

    fn framework(&self) -> Option<&'a Framework> {
        self.hits.first().map(|hit| &hit.framework)
    }

    fn verdict(&self, arrived: &[Arrived], missing: &[Missing]) -> Verdict {
        let was_asked = !self.hits.is_empty() || self.beats.iter().any(|(_, client)| is_monitored(*client));
        if missing.is_empty() {
            return if was_asked { Verdict::Proven } else { Verdict::NotProven };
        }
        let is_silent = arrived.iter().all(|one| one.mechanisms.is_empty() && one.transactions.is_empty());
        if is_silent { Verdict::Silent } else { Verdict::Degraded }
    }

    fn init(&self, folder: &Path) -> Option<Init> {
        let last = self.inits.last().or(self.inherited.last())?;
        let place = last.at.first().map_or_else(|| "unknown".to_owned(), |place| relative(place, folder).to_owned());
        let order = if last.objects_before.is_empty() { Order::Before } else { Order::After };
        let count = self.inits.len() + self.inherited.len();
        Some(Init { place, inherited: self.inits.is_empty(), count, order })
    }

    /// The mechanism of the framework's own integration, when an error came by it.
    fn own_mechanism<'b>(&self, arrived: &'b [Arrived]) -> Option<&'b String> {
        let framework = self.framework()?;
        arrived.iter().flat_map(|one| &one.mechanisms).find(|mechanism| framework.mechanisms.contains(mechanism))
    }

    /// What did not arrive although it is switched on.
    fn missing(&self, arrived: &[Arrived], evidence: &Evidence<'_>) -> Vec<Missing> {
        if let Some((slug, client)) = self.beats.first() {
            return self.missing_check_in(slug, *client, evidence).into_iter().collect();
        }
        let (Some(hit), Some(framework)) = (self.hits.last(), self.framework()) else { return Vec::new() };
        if hit.inits == 0 {
            return vec![self.no_init(framework)];
        }
        let client = hit.client.clone().unwrap_or_default();
        if !client.active || !client.transport {
            let message = "init ran, and the SDK is switched off: it has no DSN".to_owned();
            return vec![Missing { cause: Cause::EmptyDsn, message }];
        }
        let is_empty =
            |one: &Arrived| !one.message && one.mechanisms.is_empty() && one.transactions.is_empty() && !one.log;
        if arrived.iter().all(is_empty) {
            let cause = if client.before_send.is_empty() { Cause::NothingArrived } else { Cause::DroppedByApplication };
            return vec![Missing { cause, message: format!("nothing arrives from this process{}", by(&client)) }];
        }
        let found = [
            self.missing_error(framework, arrived, &client),
            self.missing_transaction(framework, arrived, &client),
            missing_rest(framework, arrived, &client),
            bare_routes(hit),
        ];
        found.into_iter().flatten().collect()
    }

    fn no_init(&self, framework: &Framework) -> Missing {
        let cause = if framework.queue { Cause::WorkerWithoutInit } else { Cause::NoInit };
        let imported =
            if self.hits.iter().any(|hit| hit.client.is_some()) { "" } else { " (sentry_sdk is not imported)" };
        Missing { cause, message: format!("init never ran in this process{imported}") }
    }

    fn missing_error(&self, framework: &Framework, arrived: &[Arrived], client: &Client) -> Option<Missing> {
        if self.own_mechanism(arrived).is_some() {
            return None;
        }
        let mechanisms: Vec<&str> = arrived.iter().flat_map(|one| &one.mechanisms).map(String::as_str).collect();
        let is_handled = mechanisms.is_empty() && arrived.iter().any(|one| is_named(one, framework));
        let (cause, how) = match mechanisms.first() {
            Some(mechanism) => (self.late(framework, client), format!("only by `{mechanism}`")),
            None if !client.before_send.is_empty() && !arrived.iter().any(|one| one.message) => {
                (Cause::DroppedByApplication, format!("not at all{}", by(client)))
            }
            None if is_handled => (
                Cause::DroppedByApplication,
                "not at all, while the transaction is complete: the application handles all exceptions".to_owned(),
            ),
            None => (self.late(framework, client), "not at all".to_owned()),
        };
        Some(Missing { cause, message: format!("the error of {} arrives {how}", framework.name) })
    }

    fn missing_transaction(&self, framework: &Framework, arrived: &[Arrived], client: &Client) -> Option<Missing> {
        if !client.traces() {
            return None;
        }
        let without = arrived.iter().filter(|one| one.transactions.is_empty()).count();
        let is_first = arrived.first().is_some_and(|one| one.transactions.is_empty()) && without == 1;
        let late = self.late(framework, client);
        let (cause, message) = match arrived.iter().find(|one| is_named(one, framework)) {
            _ if without == arrived.len() => (late, "no transaction arrives".to_owned()),
            _ if is_first && arrived.len() > 1 => {
                (Cause::InitInRequest, format!("the first of {} requests has no transaction", arrived.len()))
            }
            _ if without > 0 => (late, format!("{without} of {} probes have no transaction", arrived.len())),
            Some(_) => return None,
            None => {
                let name = arrived.iter().find_map(|one| one.transactions.first()).cloned().unwrap_or_default();
                (late, format!("the transaction is not named by its route or task: `{name}`"))
            }
        };
        Some(Missing { cause, message })
    }

    /// Why the framework's integration did not see something.
    fn late(&self, framework: &Framework, client: &Client) -> Cause {
        let init = self.inits.last().or(self.inherited.last());
        let first_word = framework.name.split(' ').next().unwrap_or_default();
        let is_integrated = client.integrations.iter().any(|name| name == first_word);
        match init {
            _ if framework.by_middleware => Cause::MiddlewareMissing,
            _ if !is_integrated => Cause::IntegrationMissing,
            Some(init) if init.in_request => Cause::InitInRequest,
            Some(init) if !init.objects_before.is_empty() => Cause::InitAfterObject,
            _ => Cause::NotInstrumented,
        }
    }

    fn missing_check_in(&self, slug: &str, client: Option<&Client>, evidence: &Evidence<'_>) -> Option<Missing> {
        if self.inits.is_empty() && self.inherited.is_empty() {
            let message = "init never ran in the beat, so it sends no check-in".to_owned();
            return Some(Missing { cause: Cause::WorkerWithoutInit, message });
        }
        let is_reported = evidence.statuses_of(slug).contains("in_progress");
        (is_monitored(client) && !is_reported).then(|| Missing {
            cause: Cause::NoCheckIn,
            message: "the beat sends no check-in for a scheduled task".to_owned(),
        })
    }

    fn notes(&self, sent: &std::collections::BTreeMap<String, Sent>) -> Vec<String> {
        let mut notes = Vec::new();
        if self.inits.len() + self.inherited.len() > 1 {
            notes.push("init ran more than once; the options of the last call count".to_owned());
        }
        if let Some(init) = self.inits.last().or(self.inherited.last()) {
            if init.dsn == "code" {
                notes.push(
                    "the DSN stands in the code, so SENTRY_DSN is ignored; it was replaced for this run".to_owned(),
                );
            }
            if !init.objects_before.is_empty() {
                notes.push(format!("built before init: {}", init.objects_before.join(", ")));
            }
            if !init.raised.is_empty() {
                notes.push(format!("raised to 1.0 for this run: {}", init.raised.join(", ")));
            }
        }
        if self.client().is_some_and(|client| !client.traces()) && !self.hits.is_empty() {
            notes.push("tracing is switched off".to_owned());
        }
        if self.hits.first().and_then(|hit| sent.get(&hit.nonce)).is_some_and(|sent| sent.is_bare) {
            notes.push("the application's own middleware answered the probes; this was seen past it".to_owned());
        }
        notes.extend(self.probe_errors.iter().map(|error| format!("the probe failed: {}", mask(error))));
        notes
    }
}

/// Whether its SDK reports on what the clock starts.
fn is_monitored(client: Option<&Client>) -> bool {
    client.is_some_and(|client| !client.monitors.is_empty())
}

/// Whether a transaction is named by the route or task: it holds the probe's name and not its nonce. The middleware has only addresses.
fn is_named(arrived: &Arrived, framework: &Framework) -> bool {
    let named = |name: &String| framework.by_middleware || name.contains("sentry_codemod") && !has_nonce(name);
    arrived.transactions.iter().any(named)
}

/// Whether an address stands for the name: its last part is a nonce.
fn has_nonce(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    name.contains('/') && last.len() == 12 && last.chars().all(|c| c.is_ascii_hexdigit())
}

fn missing_rest(framework: &Framework, arrived: &[Arrived], client: &Client) -> Option<Missing> {
    let mut parts = Vec::new();
    if client.logs() && !arrived.iter().any(|one| one.log) {
        parts.push("no logs");
    }
    if client.profiles()
        && arrived.iter().any(|one| !one.transactions.is_empty())
        && !arrived.iter().any(|one| one.profile)
    {
        parts.push("no profile");
    }
    let with_body: Vec<bool> = arrived.iter().filter_map(|one| one.body).collect();
    let has_error = arrived.iter().any(|one| one.body.is_some() && !one.mechanisms.is_empty());
    if framework.body && has_error && !with_body.contains(&true) {
        parts.push("no body of a request with its error");
    }
    (!parts.is_empty())
        .then(|| Missing { cause: Cause::NothingArrived, message: format!("{} arrives", parts.join(" and ")) })
}

fn bare_routes(hit: &Hit) -> Option<Missing> {
    let routes = hit.routes.as_ref().filter(|routes| routes.bare_count > 0)?;
    Some(Missing {
        cause: Cause::InitAfterObject,
        message: format!(
            "{} of {} routes were built before init, such as `{}`: their errors lack the body of the request",
            routes.bare_count,
            routes.bare_count + routes.instrumented,
            routes.bare.first().map_or("", String::as_str),
        ),
    })
}

fn by(client: &Client) -> String {
    if client.before_send.is_empty() {
        return String::new();
    }
    format!("; the application drops it in `{}`", client.before_send.join("`, `"))
}

/// `file:line` from the folder on, when it lies below.
pub(crate) fn relative<'a>(place: &'a str, folder: &Path) -> &'a str {
    Path::new(place).strip_prefix(folder).ok().and_then(Path::to_str).unwrap_or(place)
}

/// The probe's route without the token of this run.
fn without_token(name: &str, session: &Session) -> String {
    name.replace(&format!("_{}", session.token), "")
}
