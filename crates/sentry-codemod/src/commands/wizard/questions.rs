//! What the wizard asks, and the flags that its answers amount to. Read [`ask`] first.

use std::io::{BufRead, Write};

use planner::Catalogue;

use super::prompt::{Prompt, Stopped};
use crate::arguments::{Dsn, FixArguments};
use crate::inspection::{Inspection, Outcome};
use crate::text::quoted;

/// Asks, and adds the answers to what was typed.
///
/// # Errors
/// When the user quits.
pub(super) fn ask<R: BufRead, W: Write>(
    prompt: &mut Prompt<R, W>,
    found: &Inspection,
    arguments: &mut FixArguments,
) -> Result<(), Stopped> {
    let mut outcomes: Vec<&Outcome> = found.outcomes.iter().filter(|outcome| outcome.plan.fix.is_some()).collect();
    if outcomes.len() > 1 {
        project(prompt, found, &mut outcomes, arguments)?;
    }
    features(prompt, &found.catalogue, &outcomes, arguments)?;
    privacy(prompt, &outcomes, arguments)?;
    if arguments.choices.dsn.is_none() && outcomes.iter().any(|outcome| outcome.settings.choices.dsn.is_none()) {
        dsn(prompt, arguments)?;
    }
    let fixes = outcomes.iter().filter_map(|outcome| Some((outcome, outcome.plan.fix.as_ref()?)));
    let held_back = fixes.filter(|(outcome, fix)| !fix.is_allowed(outcome.settings.unsafe_fixes));
    for (requirement, path) in held_back.filter_map(|(_, fix)| fix.requirement.as_ref()) {
        let question = format!("{}: `{requirement}` moves a version somebody chose. Do it?", path.display());
        arguments.unsafe_fixes |= prompt.yes_or_no(&question, false)?;
    }
    Ok(())
}

/// Which of several projects is meant.
fn project<R: BufRead, W: Write>(
    prompt: &mut Prompt<R, W>,
    found: &Inspection,
    outcomes: &mut Vec<&Outcome>,
    arguments: &mut FixArguments,
) -> Result<(), Stopped> {
    let name = |outcome: &&Outcome| {
        let name = outcome.facts.name(&found.workspace).unwrap_or_default();
        format!("{name} ({})", found.workspace.root().join(&outcome.facts.project.folder).display())
    };
    let options: Vec<String> =
        std::iter::once(format!("all {} projects", outcomes.len())).chain(outcomes.iter().map(name)).collect();
    let Some(number) = prompt.one_of("Which project gets Sentry?", &options)?.checked_sub(1) else { return Ok(()) };
    *outcomes = vec![outcomes[number]];
    // The path as it was typed, and the way from there.
    let folder = &outcomes[0].facts.project.folder;
    let below = found.workspace.root().join(folder);
    let typed = arguments.path.canonicalize().ok();
    arguments.path = match typed.and_then(|typed| below.strip_prefix(typed).map(ToOwned::to_owned).ok()) {
        Some(way) => arguments.path.join(way),
        None => below,
    };
    Ok(())
}

/// The recommendation as a whole, else feature by feature; then what else there is.
fn features<R: BufRead, W: Write>(
    prompt: &mut Prompt<R, W>,
    catalogue: &Catalogue,
    outcomes: &[&Outcome],
    arguments: &mut FixArguments,
) -> Result<(), Stopped> {
    let of = |is_asked_for: &dyn Fn(&Outcome, usize) -> bool| -> Vec<usize> {
        (0..catalogue.features.len())
            .filter(|number| outcomes.iter().any(|outcome| is_asked_for(outcome, *number)))
            .collect()
    };
    let recommended =
        of(&|outcome, number| outcome.recommendation.features.iter().any(|feature| feature.feature == number));
    let offered = of(&|outcome, number| outcome.recommendation.offered.contains(&number));
    let titles: Vec<&str> = recommended.iter().map(|number| catalogue.features[*number].title.as_str()).collect();
    let mut declined = Vec::new();
    if !prompt.yes_or_no(&format!("Recommended: {}. Take all of it?", titles.join(", ")), true)? {
        // Errors need no option: they come with init itself.
        let switches = recommended.iter().map(|number| &catalogue.features[*number]);
        for feature in switches.filter(|feature| !feature.options.is_empty()) {
            if !prompt.yes_or_no(&format!("Keep {}?", feature.title), true)? {
                declined.push(feature.name.clone());
            }
        }
    }
    for feature in offered.iter().map(|number| &catalogue.features[*number]) {
        if feature.needs.iter().any(|needed| declined.contains(needed)) {
            continue;
        }
        prompt.say(&feature.reason)?;
        if prompt.yes_or_no(&format!("Add {}?", feature.title), false)? {
            arguments.choices.with.push(feature.name.clone());
        }
    }
    arguments.choices.without.extend(declined);
    Ok(())
}

/// Whether what identifies people is sent. What is in force already is the answer of an empty line.
fn privacy<R: BufRead, W: Write>(
    prompt: &mut Prompt<R, W>,
    outcomes: &[&Outcome],
    arguments: &mut FixArguments,
) -> Result<(), Stopped> {
    let in_force = outcomes.iter().all(|outcome| outcome.settings.choices.pii != Some(false));
    let question = "Send users, headers, bodies and SQL, with secrets filtered?";
    let answer = prompt.yes_or_no(question, in_force)?;
    if answer != in_force {
        (arguments.choices.pii, arguments.choices.no_pii) = (answer, !answer);
    }
    Ok(())
}

/// Where the DSN comes from.
fn dsn<R: BufRead, W: Write>(prompt: &mut Prompt<R, W>, arguments: &mut FixArguments) -> Result<(), Stopped> {
    let options =
        ["read SENTRY_DSN when the program starts (recommended)", "paste it now; it will stand in the source"];
    if prompt.one_of("Where does the DSN come from?", &options.map(str::to_owned))? == 1 {
        let read = |text: &str| match text.parse() {
            Ok(Dsn::Literal(url)) => Ok(Dsn::Literal(url)),
            _ => Err("a DSN has the form https://PUBLIC_KEY@HOST/PROJECT_ID".to_owned()),
        };
        arguments.choices.dsn = Some(prompt.text("DSN:", read)?);
    }
    Ok(())
}

/// The command that does the same without questions.
pub(super) fn the_same_by_flags(arguments: &FixArguments) -> String {
    let mut words = vec!["sentry-codemod".to_owned(), "--apply".to_owned()];
    words.extend(arguments.allow_dirty.then(|| "--allow-dirty".to_owned()));
    words.extend(arguments.unsafe_fixes.then(|| "--unsafe-fixes".to_owned()));
    words.extend(arguments.choices.words());
    words.extend(arguments.settings.words());
    if arguments.path != std::path::Path::new(".") {
        words.push(arguments.path.display().to_string());
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}
