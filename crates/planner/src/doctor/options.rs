//! What init is given that the SDK in force does not take, or will not for long. Read [`options`] first.

use python_source::Keyword;
use python_source::outline::{Expr, ExprKind, Span as Place};

use super::releases::Span;
use super::{Checkup, Init, successors};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::Ground;
use crate::fix::Fix;
use crate::nearest::nearest;
use crate::sdk::Obstacle;

/// An option that a call names.
struct Named<'a> {
    name: &'a str,
    place: &'a Place,
    /// The argument, when it is one of the call's own.
    keyword: Option<&'a Keyword>,
}

/// One finding for each option that some release the project may have refuses, ignores or warns of.
pub(super) fn options(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let releases = Span::of(checkup);
    let judged = |init| {
        let named = named(init).into_iter();
        let found: Vec<Diagnostic> = named.filter_map(|one| judge(checkup, init, &one, &releases)).collect();
        found
    };
    checkup.inits.iter().flat_map(judged).collect()
}

/// The keywords, and the keys of dictionaries that are written in the call.
fn named<'a>(init: &'a Init<'_>) -> Vec<Named<'a>> {
    let arguments = &init.arguments;
    let own = arguments.keywords.iter().filter_map(|keyword| {
        Some(Named { name: keyword.name.as_ref()?, place: &keyword.span, keyword: Some(keyword) })
    });
    let given = arguments.positional.iter().chain(arguments.unpacked().map(|keyword| &keyword.value));
    own.chain(given.flat_map(keys)).collect()
}

fn keys(expr: &Expr) -> Vec<Named<'_>> {
    let ExprKind::Dict(pairs) = &expr.kind else { return Vec::new() };
    let keys = pairs.iter().filter_map(|(key, _)| key.as_ref());
    let named = keys.filter_map(|key| match &key.kind {
        ExprKind::Str(name) => Some(Named { name, place: &key.span, keyword: None }),
        _ => None,
    });
    named.collect()
}

fn judge(checkup: &Checkup<'_>, init: &Init<'_>, named: &Named<'_>, releases: &Span) -> Option<Diagnostic> {
    let (sdk, name) = (&checkup.catalogue.sdk, named.name);
    let finding = |code, message: String, help: String| init.finding(code, named.place, message, help);
    let Some(option) = sdk.option(name) else { return unknown(checkup, init, named, releases) };
    let successor = || match &option.successor {
        Some(successor) => format!("use `{successor}`"),
        None => "leave it out".to_owned(),
    };
    let mended = |found: Diagnostic| found.mended_by(successors::fix(checkup, init, named.keyword, releases));
    let (release, obstacle) = [&releases.oldest, &releases.newest]
        .into_iter()
        .find_map(|release| Some((release, sdk.obstacle(release, name)?)))
        .unzip();
    match (obstacle, release) {
        (Some(Obstacle::Gone), Some(release)) => {
            let message = format!("{}: the program does not start", sdk.sentence(Obstacle::Gone, release, name));
            Some(mended(finding(Code::UnknownOption, message, successor())))
        }
        (Some(Obstacle::TooOld), _) => Some(too_old(checkup, init, named, releases)),
        (Some(Obstacle::Broken), Some(release)) if releases.is_fixed => {
            let message = sdk.sentence(Obstacle::Broken, release, name);
            Some(finding(Code::IneffectiveOption, message, "take another release of sentry-sdk".to_owned()))
        }
        _ => {
            let since = option.deprecated.as_ref().filter(|since| releases.newest >= **since)?;
            let message = format!("`{name}` is deprecated since sentry-sdk {since}");
            Some(mended(finding(Code::DeprecatedOption, message, successor())))
        }
    }
}

/// The project may have an SDK that does not know the option yet: a newer one does.
fn too_old(checkup: &Checkup<'_>, init: &Init<'_>, named: &Named<'_>, releases: &Span) -> Diagnostic {
    let (sdk, name) = (&checkup.catalogue.sdk, named.name);
    let first = sdk.option(name).map(|option| option.releases.first.clone());
    let sentence = sdk.sentence(Obstacle::TooOld, &releases.oldest, name);
    let (code, message) = match releases.is_fixed {
        true => (Code::UnknownOption, format!("{sentence}: the program does not start")),
        false => (Code::FloorTooLow, format!("the requirement admits an SDK that refuses this: {sentence}")),
    };
    let help = first.as_ref().map(|first| format!("ask for sentry-sdk {first} or newer")).unwrap_or_default();
    let raises = checkup.facts.sdk.ground != Ground::Chosen && checkup.facts.declares_sdk();
    let fix = raises.then(|| Fix { needs: first, ..Fix::default() });
    init.finding(code, named.place, message, help).mended_by(fix)
}

/// No release that is known has such an option.
fn unknown(checkup: &Checkup<'_>, init: &Init<'_>, named: &Named<'_>, releases: &Span) -> Option<Diagnostic> {
    let sdk = &checkup.catalogue.sdk;
    // A newer SDK than the table knows may have it.
    if releases.newest > sdk.newest && releases.newest > sdk.next {
        return None;
    }
    let names: Vec<&str> = sdk.options.iter().map(|option| option.name.as_str()).collect();
    let help = match nearest(named.name, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "leave it out".to_owned(),
    };
    let message = format!("no release of sentry-sdk has an option `{}`: the program does not start", named.name);
    Some(init.finding(Code::UnknownOption, named.place, message, help))
}

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::fixture::{Planned, planned_as};

    fn found(requirement: &str, arguments: &str, sdk: Option<&str>) -> Planned {
        let app = format!(
            "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(traces_sample_rate=0.1, {arguments})\napp = Flask(__name__)\n"
        );
        let choices = Choices { sdk_version: sdk.map(|text| text.parse().expect("a version")), ..Choices::default() };
        planned_as(&[("requirements.txt", &format!("flask\n{requirement}\n")), ("app.py", &app)], &choices)
    }

    #[track_caller]
    fn codes(requirement: &str, arguments: &str, expected: &[&str]) {
        assert_eq!(found(requirement, arguments, None).all, expected, "{requirement} {arguments}");
    }

    #[test]
    fn an_option_that_the_pinned_sdk_does_not_know_yet() {
        codes("sentry-sdk==2.30.0", "enable_logs=True", &["unknown-option"]);
        codes("sentry-sdk==2.35.0", "enable_logs=True", &[]);
        codes("sentry-sdk==2.68.0", "enable_logs=True", &["ineffective-option"]);
        codes("sentry-sdk>=2.60", "enable_logs=True", &[]);
    }

    #[test]
    fn a_requirement_that_admits_an_sdk_without_the_option_is_raised() {
        let found = found("sentry-sdk>=2.10,<3", "enable_logs=True", None);
        assert_eq!(found.all, ["floor-too-low"]);
        assert_eq!(found.added("requirements.txt"), "sentry-sdk>=2.35,<3\n", "{}", found.diff);
        assert!(found.added("app.py").is_empty());
    }

    #[test]
    fn an_option_that_is_misspelled_or_gone() {
        codes("sentry-sdk>=2.60", "trace_sample_rate=1.0", &["unknown-option"]);
        codes("sentry-sdk>=2.60", "**{'with_locals': True}", &["unknown-option"]);
        codes("sentry-sdk>=2.60", "**{'debug': True}, **options", &[]);
        let said = found("sentry-sdk", "trace_sample_rate=1.0", None).said;
        assert!(said.contains("did you mean `traces_sample_rate`?"), "{said}");
    }

    #[test]
    fn options_that_a_beta_refuses() {
        for (arguments, expected) in [("enable_metrics=True", 1), ("before_send_transaction=f", 1), ("debug=True", 0)] {
            let found = found("sentry-sdk>=2.75,<3", arguments, Some("3.0.0b2"));
            assert_eq!(found.all.iter().filter(|code| **code == "unknown-option").count(), expected, "{arguments}");
        }
    }
}
