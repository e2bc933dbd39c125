//! Which features a project deserves, and the init options they need in the SDK that is in force. Read [`Recommendation`] first.

use pep440_rs::Version;

use crate::catalogue::{Catalogue, Feature, Integration, When};
use crate::choices::Choices;
use crate::facts::{Facts, Ground};
use crate::sdk::Obstacle;

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
    /// The releases of the SDK that accept what is written.
    pub range: SdkRange,
    /// The extras of the SDK's distribution.
    pub extras: Vec<String>,
    /// Integrations that the SDK does not enable by itself: module and class.
    pub integrations: Vec<(String, String)>,
}

/// A feature and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommended {
    /// Its number in the catalogue.
    pub feature: usize,
    /// The systems that ask for it; empty when every project has it.
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
    let range = range(catalogue, facts, &options);
    let extras = if choices.no_extras { Vec::new() } else { extras(catalogue, facts, &range.floor) };
    let integrations = integrations(catalogue, facts);
    Ok(Recommendation { features, offered, options, notes, range, extras, integrations })
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
    let systems = facts.systems.iter().map(|used| &catalogue.systems[used.system]);
    systems.filter(|system| system.features.contains(&feature.name)).map(|system| system.name.clone()).collect()
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
        for option in &feature.options {
            if let Some(obstacle) = catalogue.sdk.obstacle(&sdk.version, &option.name)
                && (sdk.fixed || obstacle == Obstacle::Gone)
            {
                notes.push(format!("{} left out: {}", feature.title, catalogue.sdk.sentence(obstacle, &sdk.version, &option.name)));
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
    match (choices.pii.unwrap_or(true), permissive_by_default) {
        (true, true) | (false, false) => None,
        (true, false) if catalogue.sdk.accepts(sdk, "data_collection") => Some(InitArgument {
            name: "data_collection".to_owned(),
            value: "{}".to_owned(),
            comment: Some("Users, headers, bodies, queries are sent; secrets are filtered.".to_owned()),
        }),
        (true, false) => Some(InitArgument {
            name: "send_default_pii".to_owned(),
            value: "True".to_owned(),
            comment: Some("Users, headers, bodies are sent; secrets are filtered.".to_owned()),
        }),
        (false, true) => Some(InitArgument {
            name: "data_collection".to_owned(),
            value: r#"{"user_info": False, "gen_ai": False}"#.to_owned(),
            comment: Some("Nothing that identifies a person is sent.".to_owned()),
        }),
    }
}

/// The releases that accept the options and enable the integrations by themselves where they are not written.
fn range(catalogue: &Catalogue, facts: &Facts, options: &[InitArgument]) -> SdkRange {
    let (floor, end) = catalogue.sdk.range(options.iter().map(|option| option.name.as_str()));
    let newest = if facts.sdk.fixed { facts.sdk.version.clone() } else { catalogue.sdk.newest.clone() };
    let automatic = systems_integrations(catalogue, facts).filter_map(|integration| integration.automatic_since());
    let automatic = automatic.filter(|since| *since <= facts.sdk.version);
    // A release that the user names is one that the project will have.
    let chosen = (facts.sdk.ground == Ground::Chosen).then(|| facts.sdk.version.clone());
    let floor = floor.into_iter().chain(automatic).chain(chosen).max().unwrap_or_else(|| newest.clone());
    SdkRange { floor, end, newest }
}

fn systems_integrations<'a>(catalogue: &'a Catalogue, facts: &Facts) -> impl Iterator<Item = &'a Integration> {
    facts.systems.iter().filter_map(|used| catalogue.systems[used.system].integration.as_ref())
}

/// The extras of the systems in use that every release in the range has. An extra of a lower release may be gone in a newer one.
fn extras(catalogue: &Catalogue, facts: &Facts, floor: &Version) -> Vec<String> {
    let newest = if facts.sdk.ground == Ground::Newest { &catalogue.sdk.newest } else { &facts.sdk.version };
    let mut extras: Vec<String> = systems_integrations(catalogue, facts)
        .filter_map(|integration| integration.extra.clone())
        .filter(|extra| catalogue.sdk.has_extra(floor, extra) && catalogue.sdk.has_extra(newest, extra))
        .collect();
    extras.sort_unstable();
    extras.dedup();
    extras
}

/// Integrations of systems in use that the SDK in force does not enable by itself.
fn integrations(catalogue: &Catalogue, facts: &Facts) -> Vec<(String, String)> {
    let explicit = systems_integrations(catalogue, facts)
        .filter(|integration| integration.automatic_since().is_none_or(|since| facts.sdk.version < since));
    explicit.map(|integration| (integration.module.clone(), integration.class.clone())).collect()
}

/// A Python string literal.
pub fn python_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
