//! One trial from start to end: copy, place, start, drive, look. Read [`right_placement`].

use std::path::Path;
use std::thread;
use std::time::Duration;

use ingest::{Ingest, Item, Received};
use tempfile::TempDir;

use crate::application::{Application, Bad, Launch, Ready, Step};
use crate::arrivals::{self, Arrivals, Missing, Part};
use crate::processes::Stage;
use crate::table::{Counterproof, Proof};
use crate::{client, placement};

/// How long something that must not arrive is given to arrive after all, beside what the processes send when they end.
const DOUBT: Duration = Duration::from_secs(3);

/// How long a trial waits for arrivals.
struct Patience<'a> {
    /// Whether nothing more is to be waited for, by what is missing so far.
    enough: &'a dyn Fn(&[Missing]) -> bool,
    /// Waited on top of that.
    doubt: Duration,
}

/// What was seen of an application.
struct Seen {
    items: Vec<Item>,
    missing: Vec<Missing>,
    outputs: String,
}

/// Everything must arrive when init is where the codemod puts it.
///
/// # Errors
/// When it does not; with what did, and what the processes wrote.
pub(crate) fn right_placement(application: &Application, launch: &Launch) -> Result<Proof, String> {
    let expected = launch.arrives.as_ref().unwrap_or(&application.arrives);
    let patience = Patience { enough: &<[Missing]>::is_empty, doubt: Duration::ZERO };
    let seen = run(application, launch, expected, &patience, |project| placement::right(application, project))?;
    if seen.missing.is_empty() {
        return Ok(Proof::new(application, launch, expected));
    }
    Err(format!("missing:\n{}{}", bullets(&seen.missing), seen.report()))
}

/// The parts that need init in its place must be missing when it is at a place known to be wrong, and no others: the application works.
///
/// # Errors
/// When the application does not work, what must be missing arrives, or more is missing.
pub(crate) fn wrong_placement(application: &Application, bad: &Bad) -> Result<Counterproof, String> {
    let launch = application.launches.first().ok_or("no launcher")?;
    let expected = launch.arrives.as_ref().unwrap_or(&application.arrives);
    let patience =
        Patience { enough: &|missing| missing.iter().all(|one| bad.lacks.contains(&one.part)), doubt: DOUBT };
    let seen = run(application, launch, expected, &patience, |project| placement::by_hand(&bad.sites, project))?;
    let is_missing = |part: &Part| seen.missing.iter().any(|one| one.part == *part);
    if bad.lacks.is_empty() || !bad.lacks.iter().all(is_missing) || !(patience.enough)(&seen.missing) {
        let bullets = bullets(&seen.missing);
        return Err(format!(
            "{:?} and nothing else must be missing, but missing is:\n{bullets}{}",
            bad.lacks,
            seen.report()
        ));
    }
    Ok(Counterproof::new(application, launch, bad, &seen.missing))
}

/// Runs a copy of the application, prepared by `place`, and looks at what arrives until it has ended.
fn run(
    application: &Application,
    launch: &Launch,
    expected: &Arrivals,
    patience: &Patience,
    place: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<Seen, String> {
    let scratch = TempDir::with_prefix("sentry-codemod-").map_err(|error| error.to_string())?;
    let project = scratch.path().join("project");
    placement::copy(&application.folder, &project).map_err(|error| error.to_string())?;
    place(&project)?;

    let environment = crate::LOCKS.environment(&application.group)?;
    let ingest = Ingest::start().map_err(|error| error.to_string())?;
    let mut stage = Stage::new(scratch.path(), &environment, ingest.dsn()).map_err(|error| error.to_string())?;
    if application.redis {
        stage.start_redis()?;
    }
    for start in &launch.start {
        stage.start(&start.command, &start.ready)?;
    }
    for step in &application.drive {
        drive(&mut stage, step)?;
    }
    let enough = |received: &[Received]| (patience.enough)(&expected.missing(&items(received)));
    ingest.wait_for(Duration::from_secs(launch.patience), enough);
    thread::sleep(patience.doubt);
    stage.stop()?;
    // What a process sends while it ends has been sent by now, but perhaps not read.
    ingest.wait_for(Duration::from_secs(1), enough);

    let received = ingest.received();
    if let Some(refusal) = received.iter().find_map(|request| request.content.as_ref().err()) {
        return Err(format!("the ingest has refused a request: {refusal}\n{}", stage.outputs()));
    }
    let items = items(&received);
    let missing = expected.missing(&items);
    Ok(Seen { items, missing, outputs: stage.outputs() })
}

fn drive(stage: &mut Stage, step: &Step) -> Result<(), String> {
    match step {
        Step::Run(run) => stage.start(&run.command, &Ready::Exit(run.exit)),
        Step::Request(request) => {
            let answer = client::send(stage.port(), request);
            match answer {
                Ok(status) if status == request.status => Ok(()),
                Ok(status) => {
                    Err(format!("`{}` answers {status}, not {}\n{}", request.path, request.status, stage.outputs()))
                }
                Err(error) => Err(format!("`{}`: {error}\n{}", request.path, stage.outputs())),
            }
        }
    }
}

fn items(received: &[Received]) -> Vec<Item> {
    received
        .iter()
        .filter_map(|request| request.content.as_ref().ok())
        .flat_map(|envelope| envelope.items.clone())
        .collect()
}

fn bullets(missing: &[Missing]) -> String {
    missing.iter().map(|missing| format!("  - {}\n", missing.what)).collect()
}

impl Seen {
    fn report(&self) -> String {
        format!("arrived:\n{}{}", arrivals::listing(&self.items), self.outputs)
    }
}
