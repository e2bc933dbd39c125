//! Features that the user asked for and that an init which is there does not switch on. Read [`features`] first.
//! Only what is missing is added; nothing that a person wrote is moved, changed or taken away.

use super::{Checkup, Init};
use crate::diagnostic::{Code, Diagnostic};
use crate::fix::{Applicability, Fix};
use crate::recommend::{InitArgument, Recommendation, SdkRange};
use crate::requirement::Requirement;

/// One finding for each init that lacks options of the features that were asked for by name.
pub(super) fn features(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    let wanted = asked(checkup);
    let reached: Vec<&Init<'_>> = checkup.inits.iter().filter(|init| init.existing.is_reached).collect();
    let finding = |init: &&Init<'_>| {
        let missing: Vec<&InitArgument> =
            wanted.iter().copied().filter(|option| init.arguments.keyword(&option.name).is_none()).collect();
        if missing.is_empty() {
            return None;
        }
        let names: Vec<String> = missing.iter().map(|option| format!("`{}={}`", option.name, option.value)).collect();
        let beside = reached.iter().find(|other| other.existing != init.existing && shares_process(init, other));
        let undecided = match (beside, is_computed(init)) {
            (Some(other), _) => Some(format!(
                "{}:{} runs in the same process, and which of them does cannot be decided",
                other.existing.place.path.display(),
                other.existing.place.line
            )),
            (None, true) => Some("its arguments are computed, and may hold them already".to_owned()),
            (None, false) => None,
        };
        Some(match undecided {
            Some(reason) => {
                let message = format!("{} may be missing here: {reason}", names.join(", "));
                checkup.at_init(init, Code::FeatureUndecided, message, "add what is missing by hand")
            }
            None => {
                let message =
                    format!("{} {} missing here", names.join(", "), if names.len() == 1 { "is" } else { "are" });
                checkup
                    .at_init(init, Code::FeatureMissing, message, "--apply adds it to the call")
                    .mended_by(fix(checkup, init, &missing))
            }
        })
    };
    reached.iter().filter_map(finding).collect()
}

/// The options of the features that were named on the command line, as far as the SDK in force takes them.
fn asked<'a>(checkup: &Checkup<'a>) -> Vec<&'a InitArgument> {
    let choices = checkup.choices;
    let mut names: Vec<&String> = choices.features.iter().flatten().chain(&choices.with).collect();
    // What a feature does nothing without is asked for with it.
    let needed = names.iter().filter_map(|name| checkup.catalogue.feature(name)).flat_map(|feature| &feature.needs);
    names.extend(needed.collect::<Vec<_>>());
    let named = |feature: &String| names.contains(&feature);
    let features = checkup.recommendation.features.iter().map(|on| &checkup.catalogue.features[on.feature]);
    let options: Vec<&str> = features
        .filter(|feature| named(&feature.name))
        .flat_map(|feature| feature.options.iter().map(|option| option.name.as_str()))
        .collect();
    checkup.recommendation.options.iter().filter(|option| options.contains(&option.name.as_str())).collect()
}

/// Whether some of what the call is given is not written there.
fn is_computed(init: &Init<'_>) -> bool {
    let starred =
        |expr: &python_source::outline::Expr| matches!(expr.kind, python_source::outline::ExprKind::Starred(_));
    init.arguments.unpacked().next().is_some() || init.arguments.positional.iter().any(starred)
}

fn shares_process(one: &Init<'_>, other: &Init<'_>) -> bool {
    one.existing.file == other.existing.file
        || one.existing.run_by.iter().any(|number| other.existing.run_by.contains(number))
}

/// The options in the call, and the SDK that takes them.
fn fix(checkup: &Checkup<'_>, init: &Init<'_>, missing: &[&InitArgument]) -> Option<Fix> {
    let mut edits = Vec::new();
    for (number, option) in missing.iter().enumerate() {
        let argument = format!("{}={}", option.name, option.value);
        let added = init.arguments.items.with(&init.module.source, &argument)?;
        // The comma behind the last argument is wanted once.
        edits.extend(added.into_iter().filter(|edit| number == 0 || edit.replacement != b","));
    }
    let mut fix = checkup.fix(init, edits, &[], Applicability::Safe)?;
    let (floor, end) = checkup.catalogue.sdk.range(missing.iter().map(|option| option.name.as_str()));
    let range = &checkup.recommendation.range;
    let range = SdkRange { floor: floor.unwrap_or_else(|| range.floor.clone()), end, newest: range.newest.clone() };
    let needed = Recommendation { range, extras: Vec::new(), ..checkup.recommendation.clone() };
    Requirement::of(checkup.facts, &needed).put_into(&mut fix, checkup.facts, &mut Vec::new());
    Some(fix)
}

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::fixture::{Planned, planned_as};

    fn with(features: &[&str], init: &str) -> Planned {
        let choices = Choices { with: features.iter().map(|name| (*name).to_owned()).collect(), ..Choices::default() };
        let app = format!("import os\nimport sentry_sdk\nfrom flask import Flask\n\n{init}\napp = Flask('a')\n");
        let procfile = ("Procfile", "web: gunicorn app:app\n");
        planned_as(&[procfile, ("requirements.txt", "flask\nsentry-sdk>=2.50,<3\n"), ("app.py", &app)], &choices)
    }

    #[test]
    fn what_was_asked_for_is_added_and_nothing_moved() {
        let found = with(&["logs"], "sentry_sdk.init(\n    debug=True,  # for now\n    traces_sample_rate=0.1\n)");
        assert_eq!(found.codes, ["feature-missing"], "{}", found.said);
        assert_eq!(found.added("app.py"), "    traces_sample_rate=0.1,\n    enable_logs=True,\n", "{}", found.diff);
        let found = with(&["profiling"], "sentry_sdk.init(traces_sample_rate=0.1)");
        let call =
            "sentry_sdk.init(traces_sample_rate=0.1, profile_session_sample_rate=1.0, profile_lifecycle=\"trace\")\n";
        assert_eq!(found.added("app.py"), call);
    }

    #[test]
    fn what_is_there_already_stays_as_it_is() {
        let found = with(&["tracing", "logs"], "sentry_sdk.init(traces_sample_rate=0, enable_logs=False)");
        assert!(found.codes.is_empty() && found.diff.is_empty(), "{}{}", found.said, found.diff);
        let found = with(&[], "sentry_sdk.init(traces_sample_rate=0.1)");
        assert!(found.codes.is_empty() && found.diff.is_empty(), "{}{}", found.said, found.diff);
    }

    #[test]
    fn what_cannot_be_decided_is_said() {
        let found = with(&["logs"], "options = dict(os.environ)\nsentry_sdk.init(**options)");
        assert_eq!(found.codes, ["feature-undecided"]);
        assert!(found.diff.is_empty());
        let branches = "if os.environ.get('A'):\n    sentry_sdk.init(traces_sample_rate=0.1)\nelif os.environ.get('B'):\n    sentry_sdk.init(debug=True)\nelse:\n    sentry_sdk.init(debug=False)";
        let found = with(&["logs"], branches);
        assert_eq!(found.codes, ["feature-undecided"; 3], "{}", found.said);
        assert!(found.diff.is_empty());
    }

    #[test]
    fn an_init_in_a_helper_gets_it_there() {
        let helper =
            "def start(env):\n    if env:\n        sentry_sdk.init(environment=env)\nstart(os.environ.get('ENV'))";
        let found = with(&["logs"], helper);
        assert_eq!(found.codes, ["feature-missing"], "{}", found.said);
        assert_eq!(found.added("app.py"), "        sentry_sdk.init(environment=env, enable_logs=True)\n");
    }
}
