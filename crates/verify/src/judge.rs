//! From facts and items to a report. Read [`judge`], then `processes.rs` for what is said of one process.
//!
//! The order of init and framework alone is never a verdict: Flask, Django, aiohttp, Tornado and Pyramid report everything with init
//! after the object. What counts is what arrived.

use std::collections::BTreeSet;
use std::path::Path;

use ingest::Item;

use crate::drive::Driven;
use crate::evidence::Evidence;
use crate::facts::{Client, Fact, InitFact, Line};
use crate::processes::{Process, processes, relative};
use crate::report::{
    Cause, CheckIn, CommandReport, Copied, Missing, ProcessReport, Reason, Report, Requested, Verdict,
};
use crate::session::Session;
use crate::tree::Tree;
use crate::{CopyOf, mask};

/// How many of the last lines of a command's output are told.
const TAIL: usize = 40;

/// What is said of everything, once it has been stopped.
pub(crate) fn judge(session: &Session, tree: &Tree, driven: &Driven, folder: &Path, copy: Option<&CopyOf>) -> Report {
    let (facts, items) = (session.facts(), session.ingest.items());
    let evidence = Evidence::new(&items);
    let all = processes(&facts);
    let reports: Vec<ProcessReport> = all.iter().map(|process| process.report(session, &evidence, folder)).collect();
    let missing = missing(session, &all, driven, &evidence, folder);
    let copy = copy.map(|copy| copied(&facts, copy));
    Report {
        verdict: verdict(&reports, &missing, driven, copy.as_ref()),
        commands: commands(session, tree, driven),
        processes: reports,
        missing,
        check_ins: check_ins(&evidence),
        requested: requested(session, driven, &evidence),
        copy,
        survivors: 0,
        seconds: 0.0,
    }
}

/// Whether everything that is expected has arrived by now.
pub(crate) fn is_proven(session: &Session, facts: &[Line], driven: &Driven) -> bool {
    let folder = Path::new("/");
    let items: Vec<Item> = session.ingest.items();
    let evidence = Evidence::new(&items);
    let all = processes(facts);
    let reports: Vec<ProcessReport> = all.iter().map(|process| process.report(session, &evidence, folder)).collect();
    let answered = |(_, nonce): &(String, String)| {
        session.sent().get(nonce).is_some_and(|sent| evidence.transaction_of(&sent.trace).is_some())
    };
    verdict(&reports, &missing(session, &all, driven, &evidence, folder), driven, None) == Verdict::Proven
        && driven.requested.iter().all(answered)
}

fn verdict(processes: &[ProcessReport], missing: &[Missing], driven: &Driven, copy: Option<&Copied>) -> Verdict {
    let worst = processes.iter().map(|process| process.verdict).max().unwrap_or(Verdict::NotProven);
    if worst >= Verdict::Degraded {
        return worst;
    }
    if !missing.is_empty() {
        return Verdict::Degraded;
    }
    let is_asked = driven.reasons.iter().all(Option::is_none);
    let is_foreign = copy.is_some_and(|copy| !copy.foreign.is_empty());
    let has_proof = processes.iter().any(|process| process.verdict == Verdict::Proven);
    if is_asked && has_proof && !is_foreign { Verdict::Proven } else { Verdict::NotProven }
}

/// What is missing that belongs to no single process.
fn missing(
    session: &Session,
    all: &[Process<'_>],
    driven: &Driven,
    evidence: &Evidence<'_>,
    folder: &Path,
) -> Vec<Missing> {
    let errors = all.iter().flat_map(|process| process.init_errors.iter()).map(|(at, error)| Missing {
        cause: Cause::InitError,
        message: format!("init at {} raised {}", at.first().map_or("?", |place| relative(place, folder)), mask(error)),
    });
    let untraced = (0..driven.reasons.len()).filter_map(|command| untraced(session, all, driven, command, evidence));
    let mut missing: Vec<Missing> = errors.chain(untraced).collect();
    missing.dedup();
    missing.extend(unclosed(all, evidence));
    missing
}

/// A server that the probe does not know answers, and either no process of it has called init, or its SDK is to trace requests and
/// no request was traced.
fn untraced(
    session: &Session,
    all: &[Process<'_>],
    driven: &Driven,
    command: usize,
    evidence: &Evidence<'_>,
) -> Option<Missing> {
    if driven.reasons[command] != Some(Reason::NotReached) {
        return None;
    }
    let sent = session.sent();
    let answered: Vec<_> = sent.values().filter(|sent| sent.command == command && sent.status.is_some()).collect();
    let is_traced = answered.iter().any(|sent| evidence.transaction_of(&sent.trace).is_some());
    if answered.is_empty() || is_traced {
        return None;
    }
    let own: Vec<&Process> = all.iter().filter(|process| process.command == command).collect();
    if own.iter().all(|process| process.inits.is_empty() && process.init_errors.is_empty()) {
        let message = "init never ran in any process of the command, which answers requests".to_owned();
        return Some(Missing { cause: Cause::NoInit, message });
    }
    own.iter().find(|process| process.client().is_some_and(Client::traces)).map(|_| Missing {
        cause: Cause::MiddlewareMissing,
        message: format!(
            "{} requests were answered and none was traced: nothing of the SDK stands around what answers them",
            answered.len()
        ),
    })
}

/// A scheduled task whose begin was reported and not its end, although a worker was there to report it.
fn unclosed(all: &[Process<'_>], evidence: &Evidence<'_>) -> Option<Missing> {
    let has_worker = all.iter().any(|process| process.hits.iter().any(|hit| hit.framework.queue));
    let mut beats = all.iter().flat_map(|process| &process.beats);
    let is_open = |slug: &str| {
        let statuses = evidence.statuses_of(slug);
        statuses.contains("in_progress") && !statuses.contains("error")
    };
    (has_worker && beats.any(|(slug, _)| is_open(slug))).then(|| Missing {
        cause: Cause::NoCheckIn,
        message: "the worker does not report the end of a scheduled task".to_owned(),
    })
}

fn commands(session: &Session, tree: &Tree, driven: &Driven) -> Vec<CommandReport> {
    let report = |(number, leader): (usize, &crate::tree::Leader)| {
        let reason = driven.reasons.get(number).copied().flatten();
        let text = session.output(number);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(TAIL)..].iter().map(|line| mask(line));
        CommandReport {
            command: leader.command.clone(),
            reason,
            exit_code: leader.ended.filter(|_| reason == Some(Reason::Ended)).map(|status| status.code().unwrap_or(-1)),
            output: if reason.is_some() { tail.collect() } else { Vec::new() },
        }
    };
    tree.leaders().iter().enumerate().map(report).collect()
}

fn check_ins(evidence: &Evidence<'_>) -> Vec<CheckIn> {
    let check_in = |(slug, status): (&str, &str)| CheckIn { slug: slug.to_owned(), status: status.to_owned() };
    evidence.check_ins().into_iter().map(check_in).collect()
}

fn requested(session: &Session, driven: &Driven, evidence: &Evidence<'_>) -> Vec<Requested> {
    let sent = session.sent();
    let requested = |(path, nonce): &(String, String)| {
        let sent = sent.get(nonce)?;
        Some(Requested {
            path: path.clone(),
            status: sent.status,
            transaction: evidence.transaction_of(&sent.trace).map(str::to_owned),
            error: evidence.error_of(&sent.trace),
        })
    };
    driven.requested.iter().filter_map(requested).collect()
}

fn copied(facts: &[Line], copy: &CopyOf) -> Copied {
    let (mut loaded, mut foreign) = (BTreeSet::new(), BTreeSet::new());
    for line in facts {
        match &line.fact {
            Fact::Loaded { files } => loaded.extend(files.iter().map(Path::new)),
            // The nearest caller; those behind it may be launchers, which stay where they are.
            Fact::Object { at } | Fact::Init(InitFact { at, .. }) => {
                foreign.extend(at.first().and_then(|place| place.rsplit_once(':')));
            }
            _ => {}
        }
    }
    let is_loaded = |file: &&Path| loaded.contains(copy.root.join(file).as_path());
    let is_foreign =
        |path: &&str| Path::new(path).starts_with(&copy.original) && !Path::new(path).starts_with(&copy.root);
    let foreign: BTreeSet<&str> = foreign.into_iter().map(|(path, _)| path).filter(is_foreign).collect();
    let planned = copy.planned.iter().map(std::path::PathBuf::as_path);
    Copied {
        not_loaded: planned.filter(|file| !is_loaded(file)).map(|file| file.display().to_string()).collect(),
        foreign: foreign.into_iter().map(str::to_owned).collect(),
    }
}
