//! The integrations that have to be written: those that the SDK in force does not enable by itself. Read [`explicit`] first.

use pep440_rs::Version;

use super::Recommended;
use crate::catalogue::{Catalogue, Integration};
use crate::crons::Crons;
use crate::facts::Facts;

/// A class of the SDK, and how an object of it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationCall {
    /// The module it is imported from.
    pub module: String,
    /// Its name.
    pub class: String,
    /// The argument that is set to `True`, if any.
    pub option: Option<String>,
}

/// An integration that is to be written.
pub(super) struct Explicit<'a> {
    pub(super) integration: &'a Integration,
    crons: Option<&'a Crons>,
}

impl Explicit<'_> {
    pub(super) fn call(&self) -> IntegrationCall {
        let Integration { module, class, .. } = self.integration;
        let option = self.crons.map(|crons| crons.option.clone());
        IntegrationCall { module: module.clone(), class: class.clone(), option }
    }

    /// The first release of the SDK that has what is written.
    pub(super) fn since(&self) -> Option<Version> {
        self.integration.since().into_iter().chain(self.crons.map(Crons::since)).max()
    }
}

/// What asks the integrations of the systems to report on jobs that the clock starts; a note where the SDK in force cannot.
fn crons<'a>(
    catalogue: &'a Catalogue,
    facts: &Facts,
    features: &[Recommended],
    notes: &mut Vec<String>,
) -> Vec<(usize, &'a Crons)> {
    let used = facts.systems.iter().filter(|used| used.starts_jobs).map(|used| used.system);
    let (able, unable): (Vec<_>, Vec<_>) = used
        .filter_map(|system| Some((system, catalogue.systems[system].crons.as_ref()?)))
        .partition(|(_, crons)| facts.sdk.can_have(&crons.since()));
    notes.extend(unable.into_iter().map(|(_, crons)| {
        format!("no `{}`: it needs sentry-sdk {}, the project has {}", crons.option, crons.since(), facts.sdk.version)
    }));
    let is_on = |crons: &Crons| features.iter().any(|on| catalogue.features[on.feature].name == crons.feature);
    able.into_iter().filter(|(_, crons)| is_on(crons)).collect()
}

/// Integrations of systems and libraries in use that the SDK in force does not enable by itself, or not as they are wanted.
/// One that would refuse, and so stop the program, is left out with a note.
pub(super) fn explicit<'a>(
    catalogue: &'a Catalogue,
    facts: &Facts,
    features: &[Recommended],
    notes: &mut Vec<String>,
    advice: &mut Vec<String>,
) -> Vec<Explicit<'a>> {
    let crons = crons(catalogue, facts, features, notes);
    let libraries = facts.used.iter().filter_map(|used| {
        let library = &catalogue.libraries[used.library];
        library.integration.as_ref().map(|integration| (&library.name, integration, used.version.clone(), None))
    });
    let systems = facts.systems.iter().filter_map(|used| {
        let system = &catalogue.systems[used.system];
        let version = used.version.as_ref().and_then(|version| version.parse().ok());
        let asked = crons.iter().find(|(number, _)| *number == used.system).map(|(_, crons)| *crons);
        system.integration.as_ref().map(|integration| (&system.name, integration, version, asked))
    });
    let mut explicit = Vec::new();
    for (name, integration, version, crons) in systems.chain(libraries) {
        let class = &integration.class;
        if crons.is_none() && integration.automatic_since().is_some_and(|since| facts.sdk.version >= since) {
            continue;
        }
        if let Some(since) = integration.since().filter(|since| !facts.sdk.can_have(since)) {
            notes.push(format!("no `{class}`: it needs sentry-sdk {since}, the project has {}", facts.sdk.version));
            continue;
        }
        if let Some(missing) = integration.beside.iter().find(|distribution| !facts.installs(distribution)) {
            advice.push(format!(
                "{name} is reported on by `{class}` once {missing} is declared too; without it the program would not start, so it is left out"
            ));
            continue;
        }
        let least = integration.least().filter(|least| version.is_some_and(|version| version < *least));
        match least {
            Some(least) => advice.push(format!(
                "{name} {least} or newer would be reported on by `{class}`; with an older one the program would not start, so it is left out"
            )),
            None => explicit.push(Explicit { integration, crons }),
        }
    }
    explicit
}
