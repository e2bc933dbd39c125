//! The integrations that have to be written: those that the SDK in force does not enable by itself. Read [`explicit`] first.

use pep440_rs::Version;

use super::Recommended;
use crate::catalogue::Catalogue;
use crate::crons::Crons;
use crate::facts::Facts;
use crate::sdk::Integration;

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
    pub(super) fn since(&self) -> Version {
        let first = self.integration.releases.first.clone();
        self.crons.map_or_else(|| first.clone(), |crons| crons.since().max(first.clone()))
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

/// An integration that is switched off by another one, whose library is there too.
enum Replaced<'a> {
    /// The project uses that library as well: calls that go through it are reported there.
    InUse(&'a Integration),
    /// That library is only installed.
    Installed,
}

/// Whether the SDK in force switches the integration off because another library can be imported.
fn replaced<'a>(catalogue: &'a Catalogue, facts: &Facts, integration: &Integration) -> Option<Replaced<'a>> {
    let by = |number: usize| -> Option<&'a Integration> {
        let other = catalogue.integration(catalogue.libraries[number].integration.as_ref())?;
        other.replaces(&facts.sdk.version, &integration.class).then_some(other)
    };
    if let Some(by) = facts.used.iter().find_map(|used| by(used.library)) {
        return Some(Replaced::InUse(by));
    }
    let is_installed = |number: &usize| {
        catalogue.libraries[*number].distributions.iter().any(|distribution| facts.installs(distribution))
    };
    let installed = (0..catalogue.libraries.len()).filter(is_installed).find_map(by);
    installed.map(|_| Replaced::Installed)
}

/// That the SDK in force cannot have the integration, in words.
fn unavailable(facts: &Facts, integration: &Integration) -> Option<String> {
    let (class, releases, sdk) = (&integration.class, &integration.releases, &facts.sdk);
    if !sdk.can_have(&releases.first) {
        return Some(format!("no `{class}`: it needs sentry-sdk {}, the project has {}", releases.first, sdk.version));
    }
    let is_gone = !releases.has(&sdk.version) && releases.first <= sdk.version;
    is_gone.then(|| format!("no `{class}`: sentry-sdk {} has it no more", sdk.version))
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
        let integration = catalogue.integration(library.integration.as_ref())?;
        Some((&library.name, integration, used.version.clone(), None))
    });
    let systems = facts.systems.iter().filter_map(|used| {
        let system = &catalogue.systems[used.system];
        let version = used.version.as_ref().and_then(|version| version.parse().ok());
        let asked = crons.iter().find(|(number, _)| *number == used.system).map(|(_, crons)| *crons);
        Some((&system.name, catalogue.integration(system.integration.as_ref())?, version, asked))
    });
    let features = features.iter().map(|on| &catalogue.features[on.feature]);
    let features = features.filter(|feature| super::is_done_by_integrations(catalogue, facts, feature));
    let features = features.flat_map(|feature| feature.integrations.iter().map(move |class| (&feature.title, class)));
    let features = features.filter_map(|(name, class)| Some((name, catalogue.sdk.integration(class)?, None, None)));
    let mut explicit = Vec::new();
    for (name, integration, version, crons) in systems.chain(libraries).chain(features) {
        let class = &integration.class;
        let is_replaced = match replaced(catalogue, facts, integration) {
            Some(Replaced::InUse(by)) => {
                advice.push(format!(
                    "what calls {name} directly is not reported, because `{}` switches `{class}` off; write that into `integrations` as well if there are such calls",
                    by.class
                ));
                false
            }
            Some(Replaced::Installed) => true,
            None => false,
        };
        if crons.is_none() && !is_replaced && integration.is_automatic(&facts.sdk.version) {
            continue;
        }
        if let Some(note) = unavailable(facts, integration) {
            notes.push(note);
            continue;
        }
        if let Some(missing) = integration.beside.iter().find(|distribution| !facts.installs(distribution)) {
            advice.push(format!(
                "{name} is reported on by `{class}` once {missing} is declared too; without it the program would not start, so it is left out"
            ));
            continue;
        }
        let least = integration.least(&facts.sdk.version.clone().max(integration.releases.first.clone()));
        let least = least.filter(|least| version.is_some_and(|version| version < **least));
        match least {
            Some(least) => advice.push(format!(
                "{name} {least} or newer would be reported on by `{class}`; with an older one the program would not start, so it is left out"
            )),
            None => explicit.push(Explicit { integration, crons }),
        }
    }
    explicit
}
