//! Which features a project deserves, and the init options they need in the SDK that is in force. Read [`Recommendation`] first.

mod integrations;

use pep440_rs::Version;

use crate::catalogue::{Catalogue, Feature, Listener, OptionValue, When};
use crate::choices::Choices;
use crate::crons::Monitor;
use crate::facts::{Facts, Ground};
use crate::privacy::Collection;
use crate::sdk::{Integration, Obstacle};
pub use integrations::IntegrationCall;
use integrations::{Explicit, explicit};

/// What is recommended to a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// The features that are switched on, as numbers into the catalogue, each with its reason.
    pub features: Vec<Recommended>,
    /// Features that can be had, as numbers into the catalogue.
    pub offered: Vec<usize>,
    /// The options to write, in order.
    pub options: Vec<InitArgument>,
    /// What could not be had, and why.
    pub notes: Vec<String>,
    /// What a user of the libraries has to decide.
    pub advice: Vec<String>,
    /// The releases of the SDK that accept what is written.
    pub range: SdkRange,
    /// The extras of the SDK's distribution.
    pub extras: Vec<String>,
    /// Integrations that the SDK does not enable by itself, or not as they are wanted.
    pub integrations: Vec<IntegrationCall>,
}

/// A feature and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommended {
    /// Its number in the catalogue.
    pub feature: usize,
    /// The systems and libraries that ask for it; empty when every project has it.
    pub because_of: Vec<String>,
}

/// An argument of `sentry_sdk.init`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitArgument {
    /// Its name.
    pub name: String,
    /// A Python expression.
    pub value: String,
    /// What a reader should know; goes on a line above.
    pub comment: Option<String>,
}

/// Releases of the SDK: from the first that accepts all options to the first that refuses one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkRange {
    /// The oldest.
    pub floor: Version,
    /// The first that is too new.
    pub end: Option<Version>,
    /// The one to name where exact versions are the custom.
    pub newest: Version,
}

/// A name on the command line that is no feature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown feature `{name}`; there are: {known}{}", nearest.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
pub struct UnknownFeature {
    name: String,
    known: String,
    nearest: Option<String>,
}

/// Makes the recommendation for a project.
///
/// # Errors
/// When the choices name a feature that does not exist.
pub fn recommend(catalogue: &Catalogue, facts: &Facts, choices: &Choices) -> Result<Recommendation, UnknownFeature> {
    let features = features(catalogue, facts, choices)?;
    let offered = catalogue.features.iter().enumerate().filter(|(number, feature)| {
        feature.when == When::Offered && !features.iter().any(|recommended| recommended.feature == *number)
    });
    let offered = offered.map(|(number, _)| number).collect();
    let mut notes = Vec::new();
    let options = options(catalogue, facts, choices, &features, &mut notes);
    let is_on = |recommended: &Recommended| {
        let feature = &catalogue.features[recommended.feature];
        feature.options.is_empty()
            || is_done_by_integrations(catalogue, facts, feature)
            || feature.options.iter().any(|option| options.iter().any(|written| written.name == option.name))
    };
    let features: Vec<Recommended> = features.into_iter().filter(is_on).collect();
    let mut advice = library_advice(catalogue, facts);
    let explicit = explicit(catalogue, facts, &features, &mut notes, &mut advice);
    notes.extend(listeners(catalogue, facts).filter(|hook| !facts.sdk.can_have(&hook.since())).map(|hook| {
        format!("no `{}`: it needs sentry-sdk {}, the project has {}", hook.call, hook.since(), facts.sdk.version)
    }));
    let range = range(catalogue, facts, choices, &options, &explicit);
    let extras = if choices.no_extras { Vec::new() } else { extras(catalogue, facts, &explicit, &range.floor) };
    let integrations = explicit.iter().map(Explicit::call).collect();
    Ok(Recommendation { features, offered, options, notes, advice, range, extras, integrations })
}

/// Whether the SDK in force has integrations for the feature in place of its options.
fn is_done_by_integrations(catalogue: &Catalogue, facts: &Facts, feature: &Feature) -> bool {
    let is_gone =
        |option: &OptionValue| catalogue.sdk.obstacle(&facts.sdk.version, &option.name) == Some(Obstacle::Gone);
    !feature.integrations.is_empty() && feature.options.iter().all(is_gone)
}

fn features(catalogue: &Catalogue, facts: &Facts, choices: &Choices) -> Result<Vec<Recommended>, UnknownFeature> {
    let asked = choices.features.iter().flatten().chain(&choices.with).chain(&choices.without);
    for name in asked {
        if catalogue.feature(name).is_none() {
            return Err(unknown(catalogue, name));
        }
    }
    let wanted = |feature: &Feature| {
        let chosen = match &choices.features {
            Some(names) => names.contains(&feature.name),
            None => match feature.when {
                When::Always => true,
                When::Used => !because_of(catalogue, facts, feature).is_empty(),
                When::Offered => false,
            },
        };
        (chosen || choices.with.contains(&feature.name)) && !choices.without.contains(&feature.name)
    };
    let mut numbers: Vec<usize> = catalogue
        .features
        .iter()
        .enumerate()
        .filter(|(_, feature)| wanted(feature))
        .map(|(number, _)| number)
        .collect();
    // What a feature cannot do without comes with it.
    let needed: Vec<String> = numbers.iter().flat_map(|number| catalogue.features[*number].needs.clone()).collect();
    for (number, feature) in catalogue.features.iter().enumerate() {
        if needed.contains(&feature.name) && !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    let recommended =
        |feature| Recommended { feature, because_of: because_of(catalogue, facts, &catalogue.features[feature]) };
    Ok(numbers.into_iter().map(recommended).collect())
}

fn because_of(catalogue: &Catalogue, facts: &Facts, feature: &Feature) -> Vec<String> {
    let systems = facts.systems.iter().filter(|used| {
        let system = &catalogue.systems[used.system];
        let crons = system.crons.iter().filter(|crons| used.starts_jobs && facts.sdk.can_have(&crons.since()));
        let crons = crons.map(|crons| &crons.feature);
        let monitor = system.monitor.iter().filter(|monitor| facts.sdk.can_have(&monitor.since()));
        let monitor = monitor.map(|monitor| &monitor.feature);
        system.features.iter().chain(crons).chain(monitor).any(|name| *name == feature.name)
    });
    let libraries = facts.used.iter().map(|used| &catalogue.libraries[used.library]);
    let libraries = libraries.filter(|library| library.features.contains(&feature.name)).map(|library| &library.name);
    systems.map(|used| &catalogue.systems[used.system].name).chain(libraries).cloned().collect()
}

fn unknown(catalogue: &Catalogue, name: &str) -> UnknownFeature {
    let names: Vec<&str> = catalogue.features.iter().map(|feature| feature.name.as_str()).collect();
    UnknownFeature {
        name: name.to_owned(),
        known: names.join(", "),
        nearest: crate::nearest::nearest(name, &names).map(str::to_owned),
    }
}

/// The options that the SDK in force accepts; one that it does not know is left out with a note, unless a newer SDK may be asked for.
fn options(
    catalogue: &Catalogue,
    facts: &Facts,
    choices: &Choices,
    features: &[Recommended],
    notes: &mut Vec<String>,
) -> Vec<InitArgument> {
    let sdk = &facts.sdk;
    let mut options = Vec::new();
    let text = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| InitArgument { name: name.to_owned(), value: python_string(value), comment: None })
    };
    options.extend(text("dsn", &choices.dsn));
    options.extend(text("environment", &choices.environment));
    options.extend(text("release", &choices.release));
    options.extend(privacy(catalogue, facts, choices));
    for recommended in features {
        let feature = &catalogue.features[recommended.feature];
        if is_done_by_integrations(catalogue, facts, feature) {
            continue;
        }
        for option in &feature.options {
            if let Some(obstacle) = catalogue.sdk.obstacle(&sdk.version, &option.name)
                && (sdk.fixed || obstacle == Obstacle::Gone)
            {
                notes.push(format!(
                    "{} left out: {}",
                    feature.title,
                    catalogue.sdk.sentence(obstacle, &sdk.version, &option.name)
                ));
                continue;
            }
            let value = match (option.name.as_str(), choices.sample_rate) {
                ("traces_sample_rate", Some(rate)) => format!("{rate:?}"),
                _ => option.value.clone(),
            };
            options.push(InitArgument { name: option.name.clone(), value, comment: option.comment.clone() });
        }
    }
    options
}

/// What identifies people is sent unless the user says no, in the way the SDK in force has for it.
fn privacy(catalogue: &Catalogue, facts: &Facts, choices: &Choices) -> Option<InitArgument> {
    let sdk = &facts.sdk.version;
    let permissive_by_default =
        !catalogue.sdk.accepts(sdk, "send_default_pii") && catalogue.sdk.accepts(sdk, "data_collection");
    let map = |pii, comment: &str| InitArgument {
        name: "data_collection".to_owned(),
        value: Collection { pii, variables: true, source: true }.python(sdk, "", "\n"),
        comment: Some(comment.to_owned()),
    };
    match (choices.pii.unwrap_or(true), permissive_by_default) {
        (false, false) => None,
        (true, _) if catalogue.sdk.accepts(sdk, "data_collection") => {
            Some(map(true, "Users, headers, bodies, queries are sent; secrets are filtered."))
        }
        (true, _) => Some(InitArgument {
            name: "send_default_pii".to_owned(),
            value: "True".to_owned(),
            comment: Some("Users, headers, bodies are sent; secrets are filtered.".to_owned()),
        }),
        (false, true) => Some(map(false, "Nothing that identifies people is sent.")),
    }
}

/// The releases that accept the options and enable the integrations by themselves where they are not written.
fn range(
    catalogue: &Catalogue,
    facts: &Facts,
    choices: &Choices,
    options: &[InitArgument],
    explicit: &[Explicit<'_>],
) -> SdkRange {
    let (floor, end) = catalogue.sdk.range(options.iter().map(|option| option.name.as_str()));
    // Sending nothing is left to the default, which a later release turns round.
    let relies_on_default =
        choices.pii == Some(false) && !options.iter().any(|option| option.name == "data_collection");
    let turned_round = catalogue.sdk.option("send_default_pii").and_then(|option| option.releases.gone.clone());
    let automatic: Vec<_> =
        integrations_in_use(catalogue, facts).filter_map(|one| one.automatic(&facts.sdk.version)).collect();
    let no_more = automatic.iter().filter_map(|(_, until)| until.cloned());
    let end = end.into_iter().chain(turned_round.filter(|_| relies_on_default)).chain(no_more).min();
    let newest = if facts.sdk.fixed { facts.sdk.version.clone() } else { catalogue.sdk.newest.clone() };
    let automatic = automatic.iter().map(|(since, _)| (*since).clone());
    let explicit = explicit.iter().map(Explicit::since);
    let hooks = listeners(catalogue, facts).map(Listener::since).filter(|since| facts.sdk.can_have(since));
    // A release that the user names is one that the project will have, and one that came with another distribution it has.
    // What is measured of older releases is too little to ask for one that the project does not have already.
    let given = match facts.sdk.ground {
        Ground::Chosen => Some(facts.sdk.version.clone()),
        Ground::Locked(_) if !facts.declares_sdk() => Some(facts.sdk.version.clone()),
        Ground::Newest => Some(catalogue.sdk.oldest.clone()),
        Ground::Locked(_) | Ground::Declared { .. } => None,
    };
    let monitors = facts.systems.iter().filter_map(|used| catalogue.systems[used.system].monitor.as_ref());
    let monitors = monitors.map(Monitor::since).filter(|since| facts.sdk.can_have(since));
    let needed = floor.into_iter().chain(automatic).chain(explicit).chain(hooks).chain(monitors).chain(given);
    let floor = needed.max().unwrap_or_else(|| newest.clone());
    SdkRange { floor, end, newest }
}

fn systems_integrations<'a>(catalogue: &'a Catalogue, facts: &Facts) -> impl Iterator<Item = &'a Integration> {
    facts.systems.iter().filter_map(|used| catalogue.integration(catalogue.systems[used.system].integration.as_ref()))
}

/// The integrations of the systems and libraries in use.
fn integrations_in_use<'a>(catalogue: &'a Catalogue, facts: &Facts) -> impl Iterator<Item = &'a Integration> {
    let libraries = facts.used.iter().map(|used| catalogue.libraries[used.library].integration.as_ref());
    systems_integrations(catalogue, facts).chain(libraries.filter_map(|class| catalogue.integration(class)))
}

/// The extras of the systems in use that every release in the range has. An extra of a lower release may be gone in a newer one.
fn extras(catalogue: &Catalogue, facts: &Facts, explicit: &[Explicit<'_>], floor: &Version) -> Vec<String> {
    let newest = if facts.sdk.ground == Ground::Newest {
        &catalogue.sdk.newest
    } else {
        std::cmp::max(floor, &facts.sdk.version)
    };
    let mut extras: Vec<String> = systems_integrations(catalogue, facts)
        .chain(explicit.iter().map(|written| written.integration))
        .filter_map(|integration| integration.extra.clone())
        .filter(|extra| catalogue.sdk.has_extra(floor, extra) && catalogue.sdk.has_extra(newest, extra))
        .collect();
    extras.sort_unstable();
    extras.dedup();
    extras
}

/// The hooks of the systems in use.
fn listeners<'a>(catalogue: &'a Catalogue, facts: &Facts) -> impl Iterator<Item = &'a Listener> {
    facts.systems.iter().filter_map(|used| catalogue.systems[used.system].listener.as_ref())
}

/// What the rules of the libraries in use leave to a person.
fn library_advice(catalogue: &Catalogue, facts: &Facts) -> Vec<String> {
    let libraries = facts.used.iter().map(|used| &catalogue.libraries[used.library]);
    libraries.filter_map(|library| Some(format!("{}: {}", library.name, library.advice.as_ref()?))).collect()
}

/// A Python string literal on one line.
pub fn python_string(text: &str) -> String {
    let escaped = text.chars().map(|char| match char {
        '\\' | '"' => format!("\\{char}"),
        char if char.is_control() => format!("\\u{:04x}", u32::from(char)),
        char => char.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_stays_on_its_line() {
        for (text, literal) in
            [("a", r#""a""#), (r#"a"b\c"#, r#""a\"b\\c""#), ("a\nb\r", r#""a\u000ab\u000d""#), ("ä", r#""ä""#)]
        {
            assert_eq!(python_string(text), literal);
        }
    }
}
