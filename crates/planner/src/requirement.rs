//! The requirement on the SDK: what it says, which manifest gets it, and the edits that put it there. Read [`Requirement`] first.

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use python_manifest::{Choice, Lock, Manifest, Outcome, Wanted, choose};

use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{Facts, Location};
use crate::fix::{Applicability, FileEdits, Fix, Keeps};
use crate::plan::Dependencies;
use crate::recommend::Recommendation;

/// What the project has to ask for, and where.
#[derive(Debug)]
pub(crate) struct Requirement {
    wanted: Wanted,
    choice: Choice,
}

impl Requirement {
    /// The requirement that goes with a recommendation.
    pub(crate) fn of(facts: &Facts, recommendation: &Recommendation) -> Self {
        let range = &recommendation.range;
        let wanted = Wanted {
            distribution: "sentry-sdk".to_owned(),
            extras: recommendation.extras.clone(),
            floor: range.floor.clone(),
            end: range.end.clone(),
            newest: range.newest.clone(),
            anchors: facts.anchors.clone(),
            needs_end: true,
        };
        let choice = choose(&facts.manifests, &wanted, &facts.deployed);
        Self { wanted, choice }
    }

    /// The requirement that code needs which does not run with an older SDK.
    pub(crate) fn at_least(facts: &Facts, recommendation: &Recommendation, floor: Version) -> Self {
        let wanted = Wanted {
            distribution: "sentry-sdk".to_owned(),
            extras: Vec::new(),
            newest: recommendation.range.newest.clone().max(floor.clone()),
            floor,
            end: None,
            anchors: facts.anchors.clone(),
            needs_end: false,
        };
        let choice = choose(&facts.manifests, &wanted, &facts.deployed);
        Self { wanted, choice }
    }

    /// The manifest that the deployment installs, and its tool: whose lock file it is, else whose commands refresh it.
    pub(crate) fn dependencies(&self, facts: &Facts) -> Option<Dependencies> {
        let Choice::Manifest { index, .. } = &self.choice else { return None };
        let manifest = &facts.manifests[*index];
        let locks = locks_of(facts, manifest);
        let command = locks.iter().find_map(|lock| lock.refresh_command()).or_else(|| manifest.refresh_command());
        let tool = command.and_then(|command| command.split(' ').next()).map(str::to_owned);
        Some(Dependencies { path: manifest.path().to_owned(), tool })
    }

    /// Adds the edit of the manifest that was chosen to a fix; what a person has to do becomes a finding.
    pub(crate) fn put_into(&self, fix: &mut Fix, facts: &Facts, diagnostics: &mut Vec<Diagnostic>) {
        let (manifest, compiled): (&Manifest, _) = match &self.choice {
            Choice::Manifest { index, compiled, .. } => (&facts.manifests[*index], compiled),
            Choice::Advice { text, reason } => {
                diagnostics.push(by_hand(reason.clone(), text.clone(), None));
                return;
            }
        };
        let path = manifest.path().to_owned();
        match manifest.require(&self.wanted) {
            Ok(Outcome::Satisfied) => {}
            Ok(Outcome::Edit { edits, after, applicability, note, .. }) => {
                if applicability == python_manifest::Applicability::Unsafe {
                    fix.applicability = fix.applicability.max(Applicability::Unsafe);
                }
                fix.commands.extend(lock_commands(facts, manifest));
                for file in compiled {
                    match &file.command {
                        Some(command) => fix.commands.push(command.clone()),
                        None => diagnostics.push(stale(&file.path)),
                    }
                }
                fix.requirement = Some((after, path.clone()));
                if let Some(note) = note {
                    diagnostics.push(by_hand(
                        note,
                        "check that the project works with it".to_owned(),
                        Some(path.clone()),
                    ));
                }
                fix.files.push(FileEdits { path, edits, keeps: Keeps::Requirements });
            }
            Ok(Outcome::Advice { text, reason }) => diagnostics.push(by_hand(reason, text, Some(path))),
            Err(error) => {
                diagnostics.push(by_hand(error.to_string(), "add the requirement by hand".to_owned(), Some(path)))
            }
        }
    }
}

fn by_hand(message: String, help: String, place: Option<PathBuf>) -> Diagnostic {
    let place = place.map(|path| Location { path, line: 1, column: 1 });
    Diagnostic { place, ..Diagnostic::new(Code::RequirementByHand, message, help) }
}

/// A file that is generated from the manifest by a command that it does not name.
fn stale(path: &Path) -> Diagnostic {
    Diagnostic::new(
        Code::StaleLock,
        "compiled from the manifest that changes; such files are never edited by hand",
        "compile it again",
    )
    .at(Location { path: path.to_owned(), line: 1, column: 1 })
}

/// The lock files that go stale with the manifest: of the tool that it has settings of, where that has one.
fn locks_of<'a>(facts: &'a Facts, manifest: &Manifest) -> Vec<&'a Lock> {
    let all: Vec<&Lock> = facts.locks.iter().filter(|lock| lock.is_made_from(manifest.path())).collect();
    // The lock file of a tool that was used before may still lie about.
    let is_own = |lock: &&&Lock| lock.refresh_command() == manifest.refresh_command();
    let own: Vec<&Lock> = all.iter().filter(is_own).copied().collect();
    if own.is_empty() { all } else { own }
}

/// The commands that bring the lock files of a manifest up to date, each to be run from the workspace's root.
fn lock_commands(facts: &Facts, manifest: &Manifest) -> Vec<String> {
    let command = |lock: &Lock| {
        let folder = lock.path().parent().filter(|folder| !folder.as_os_str().is_empty());
        let there = folder.map(|folder| format!("cd {} && ", folder.display())).unwrap_or_default();
        Some(format!("{there}{}", lock.refresh_command()?))
    };
    locks_of(facts, manifest).into_iter().filter_map(command).collect()
}
