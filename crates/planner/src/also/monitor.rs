//! The word `monitor`: each job that the clock starts is handed to a function of the SDK, which reports when it begins and how it ends.
//! Read [`monitors`] first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use python_project::process::Process;
use python_project::trace::{Event, EventKind};
use python_project::{Module, Workspace};
use python_source::outline::{Call, Expr, ExprKind, Function};
use python_source::{ImportLine, Site, free_name};

use super::jobs::{binds_function, call_in, decorated, function_named};
use crate::addition::Addition;
use crate::catalogue::Catalogue;
use crate::crons::Monitor;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{Facts, location};
use crate::recommend::Recommendation;

/// A job, and where the function of the SDK goes.
struct Job<'a> {
    rule: &'a Monitor,
    event: &'a Event,
    site: Site,
    /// What it is called.
    name: String,
}

/// Hands every job to the function: by a decorator directly below the scheduler's own, so that this one takes the result, or around the argument.
///
/// ```python
/// @scheduler.scheduled_job("cron", hour=1)        @scheduler.scheduled_job("cron", hour=1)
/// def count_stock():                              @monitor(monitor_slug="count-stock")
///     ...                                    ->   def count_stock():
///                                                     ...
/// scheduler.add_job(sweep, "cron", hour=2)        scheduler.add_job(monitor(monitor_slug="sweep")(sweep), "cron", hour=2)
/// ```
///
/// A job that reports already is left alone. One that is no function with a name, or that the scheduler keeps by the name of its function,
/// is left to a person: then the second list has a finding.
pub(super) fn monitors(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    recommendation: &Recommendation,
    processes: &[&Process],
) -> (Vec<Addition>, Vec<Diagnostic>) {
    let is_on = |rule: &Monitor| {
        let mut on = recommendation.features.iter().map(|on| &catalogue.features[on.feature].name);
        facts.sdk.can_have(&rule.since()) && on.any(|name| *name == rule.feature)
    };
    let mut jobs: BTreeMap<(&Path, usize), Job<'_>> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (rule, event) in scheduled(catalogue, workspace, processes).into_values().filter(|(rule, _)| is_on(rule)) {
        let Ok(module) = workspace.module(event.file) else { continue };
        match job(workspace, processes, &module, rule, event) {
            // Of several decorators of one function the lowest counts.
            Ok(Some((at, job))) => drop(jobs.insert((workspace.path(event.file), at), job)),
            Ok(None) => {}
            Err(reason) => diagnostics.push(by_hand(workspace, rule, event, reason)),
        }
    }
    let mut slugs = BTreeSet::new();
    let mut additions = Vec::new();
    for job in jobs.into_values() {
        let slug = unique(slug(&job.name), &slugs);
        additions.extend(addition(workspace, &job, &slug));
        slugs.insert(slug);
    }
    diagnostics.extend((!slugs.is_empty()).then(|| schedules_are_missing(&slugs)));
    (additions, diagnostics)
}

/// The calls that give jobs, in the order of the text.
fn scheduled<'a>(
    catalogue: &'a Catalogue,
    workspace: &'a Workspace,
    processes: &[&'a Process],
) -> BTreeMap<(&'a Path, usize), (&'a Monitor, &'a Event)> {
    let events = processes.iter().flat_map(|process| &process.trace.events);
    let jobs = events.filter_map(|event| match event.kind {
        EventKind::Scheduled(object) => Some((catalogue.system(object).monitor.as_ref()?, event)),
        _ => None,
    });
    jobs.map(|(rule, event)| ((workspace.path(event.file), event.span.start), (rule, event))).collect()
}

/// The job of a call, with the place in the text that tells it from others. `None` when it reports already, or is no job at all.
fn job<'a>(
    workspace: &Workspace,
    processes: &[&Process],
    module: &Module,
    rule: &'a Monitor,
    event: &'a Event,
) -> Result<Option<(usize, Job<'a>)>, &'static str> {
    let body = &module.outline.body;
    let text = module.source.text();
    if let Some((function, call)) = decorated(body, &event.span) {
        let name = own_name(rule, call).unwrap_or_else(|| function.name.clone());
        let job = Job { rule, event, site: Site::BelowDecorator(event.span.start), name };
        return Ok(Some((function.span.start, job)).filter(|_| !reports(text, function)));
    }
    let is_same = |expr: &Expr, _: &Call| expr.span == event.span;
    let ends = |expr: &Expr, call: &Call| {
        let is_last = matches!(&call.func.kind, ExprKind::Attribute(_, name) if Some(name) == rule.ends.as_ref());
        expr.span.start == event.span.start && is_last
    };
    let call = if is_among(&rule.takes, &event.name) {
        call_in(body, &is_same)
    } else if is_among(&rule.decorators, &event.name) {
        return Err("it is no decorator of a function here");
    } else {
        call_in(body, &ends)
    };
    let Some(call) = call else { return Ok(None) };
    let Some(given) = call.args.first().or_else(|| call.keyword(&rule.keyword)) else {
        return Err("which function it is cannot be seen");
    };
    if text[given.span.clone()].contains(SLUG) {
        return Ok(None);
    }
    let function = match &given.kind {
        ExprKind::Name(name) if binds_function(body, name) => name,
        ExprKind::Attribute(_, name) => name,
        _ => return Err("it has no name of its own"),
    };
    let is_done = |module: &Module| {
        let text = module.source.text();
        text.contains(SLUG)
            && function_named(&module.outline.body, function).is_some_and(|function| reports(text, function))
    };
    let loaded = || processes.iter().flat_map(|process| &process.trace.loads).map(|load| load.file);
    if loaded().filter_map(|file| workspace.module(file).ok()).any(|module| is_done(&module)) {
        return Ok(None);
    }
    if keeps_names(workspace, processes, rule, event) {
        return Err("jobs are kept by the names of their functions");
    }
    let name = own_name(rule, call).unwrap_or_else(|| function.clone());
    let site = Site::Around(given.span.start, given.span.end);
    Ok(Some((given.span.start, Job { rule, event, site, name })))
}

/// The argument by which a monitor is known wherever it stands.
const SLUG: &str = "monitor_slug";

/// Whether the function, its decorators included, sends check-ins by itself.
fn reports(text: &str, function: &Function) -> bool {
    let own = &text[function.span.clone()];
    own.contains(SLUG) || own.contains("capture_checkin")
}

/// Whether one of the names is the qualified one, or its last part.
fn is_among(names: &[String], qualified: &str) -> bool {
    names.iter().any(|name| name == qualified || qualified.rsplit('.').next() == Some(name))
}

/// The name that the call gives the job.
fn own_name(rule: &Monitor, call: &Call) -> Option<String> {
    match &call.keyword(rule.name.as_deref()?)?.kind {
        ExprKind::Str(name) if !slug(name).is_empty() => Some(name.clone()),
        _ => None,
    }
}

/// Whether the modules that build the scheduler, or give it jobs, speak of something that looks functions up by their names.
fn keeps_names(workspace: &Workspace, processes: &[&Process], rule: &Monitor, event: &Event) -> bool {
    let EventKind::Scheduled(object) = event.kind else { return false };
    let of_system =
        |other: &&Event| matches!(other.kind, EventKind::Built(it) | EventKind::Scheduled(it) if it == object);
    let events = processes.iter().flat_map(|process| &process.trace.events).filter(of_system);
    let files: BTreeSet<_> = events.map(|event| event.file).collect();
    files.into_iter().filter_map(|file| workspace.module(file).ok()).any(|module| {
        let text = module.source.text().to_lowercase();
        rule.by_name.iter().any(|word| text.contains(word.as_str()))
    })
}

fn addition(workspace: &Workspace, job: &Job<'_>, slug: &str) -> Option<Addition> {
    let Monitor { call, module: sdk_module, .. } = job.rule;
    let module = workspace.module(job.event.file).ok()?;
    let parsed = python_source::parse(&module.source).ok()?;
    let at = match job.site {
        Site::Around(at, _) => at,
        _ => job.event.span.start,
    };
    let local = free_name(&parsed, &format!("{sdk_module}.{call}"), at);
    Some(Addition {
        file: job.event.file,
        site: job.site,
        block: String::new(),
        one_line: format!("{local}({SLUG}=\"{slug}\")"),
        imports: vec![ImportLine::from(sdk_module, call).named(&local)],
        imports_not_before: None,
    })
}

/// The name as Sentry writes those of monitors: small letters, digits and hyphens, at most 50.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-").to_lowercase();
    slug.chars().take(50).collect::<String>().trim_end_matches('-').to_owned()
}

/// The slug, with a number where it is taken.
fn unique(slug: String, taken: &BTreeSet<String>) -> String {
    let mut numbered = (2..).map(|number| format!("{slug}-{number}"));
    if taken.contains(&slug) { numbered.find(|slug| !taken.contains(slug)).unwrap_or(slug) } else { slug }
}

fn by_hand(workspace: &Workspace, rule: &Monitor, event: &Event, reason: &str) -> Diagnostic {
    let Monitor { call, module, .. } = rule;
    Diagnostic::new(
        Code::MonitorByHand,
        format!("nobody is told when the job that is scheduled here does not run; {reason}"),
        format!("`from {module} import {call}`, and `@{call}({SLUG}=\"...\")` directly above its `def`"),
    )
    .at(location(workspace, event.file, event.span.start))
}

fn schedules_are_missing(slugs: &BTreeSet<String>) -> Diagnostic {
    let names: Vec<&str> = slugs.iter().map(String::as_str).collect();
    Diagnostic::new(
        Code::MonitorSchedule,
        format!("Sentry has to know when these jobs are due: {}", names.join(", ")),
        "add a monitor with that slug and the schedule in Sentry, or give `monitor_config` beside `monitor_slug`",
    )
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Planned, planned};

    const APSCHEDULER: &str =
        "from apscheduler.schedulers.blocking import BlockingScheduler\n\ns = BlockingScheduler()\n\n\n";

    fn clock(distribution: &str, module: &str) -> Planned {
        let requirements = format!("{distribution}\n");
        planned(&[("requirements.txt", &requirements), ("Procfile", "c: python clock.py\n"), ("clock.py", module)])
    }

    /// The lines about monitors that are new, without imports.
    #[track_caller]
    fn monitored(planned: &Planned, expected: &[&str]) {
        let added = planned.added("clock.py");
        assert!(added.contains("sentry_sdk.init("), "{}{}", planned.diff, planned.said);
        let lines = added.lines().map(str::trim).filter(|line| line.contains("monitor_slug"));
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{}", planned.diff);
        let imported = added.matches("from sentry_sdk.crons import monitor\n").count();
        assert_eq!(imported, usize::from(!expected.is_empty()), "{}", planned.diff);
    }

    #[track_caller]
    fn apscheduler(module: &str, expected: &[&str]) {
        monitored(&clock("apscheduler", &format!("{APSCHEDULER}{module}s.start()\n")), expected);
    }

    #[track_caller]
    fn schedule(module: &str, expected: &[&str]) {
        let module = format!("import schedule\nfrom schedule import every, repeat\n\n{module}schedule.run_pending()\n");
        monitored(&clock("schedule", &module), expected);
    }

    #[test]
    fn a_decorator_goes_directly_below_the_schedulers_own() {
        let module = "@s.scheduled_job('cron', hour=1)\n@other\ndef count_stock(): pass\n";
        let planned = clock("apscheduler", &format!("{APSCHEDULER}{module}"));
        let expected = " @s.scheduled_job('cron', hour=1)\n+@monitor(monitor_slug=\"count-stock\")\n @other\n";
        assert!(planned.diff.contains(expected), "{}", planned.diff);
        assert!(planned.said.contains("when these jobs are due: count-stock"), "{}", planned.said);
        apscheduler(
            "@s.scheduled_job('cron')\n@s.scheduled_job('interval', id='Nightly Sweep')\nasync def f(): pass\n",
            &["@monitor(monitor_slug=\"nightly-sweep\")"],
        );
        schedule("@repeat(every(1).hours)\ndef f_1(): pass\n", &["@monitor(monitor_slug=\"f-1\")"]);
    }

    #[test]
    fn an_argument_is_handed_to_the_monitor_first() {
        for (call, expected) in [
            ("s.add_job(f, 'cron', hour=1)", "s.add_job(monitor(monitor_slug=\"f\")(f), 'cron', hour=1)"),
            ("s.add_job(func=f, id='x_y')", "s.add_job(func=monitor(monitor_slug=\"x-y\")(f), id='x_y')"),
            ("s.add_job(Shop().sweep, 'cron')", "s.add_job(monitor(monitor_slug=\"sweep\")(Shop().sweep), 'cron')"),
        ] {
            apscheduler(&format!("def f(): pass\nclass Shop:\n    def sweep(self): pass\n{call}\n"), &[expected]);
        }
        for (call, expected) in [
            (
                "schedule.every().day.at('10:30').do(f)",
                "schedule.every().day.at('10:30').do(monitor(monitor_slug=\"f\")(f))",
            ),
            (
                "every(3).to(5).minutes.do(f, 1).tag('a')",
                "every(3).to(5).minutes.do(monitor(monitor_slug=\"f\")(f), 1).tag('a')",
            ),
        ] {
            schedule(&format!("def f(): pass\n{call}\n"), &[expected]);
        }
    }

    #[test]
    fn slugs_are_unique() {
        let module = "def f(): pass\ns.add_job(f, 'cron')\ns.add_job(f, 'date')\n";
        let first = "s.add_job(monitor(monitor_slug=\"f\")(f), 'cron')";
        apscheduler(module, &[first, "s.add_job(monitor(monitor_slug=\"f-2\")(f), 'date')"]);
    }

    #[test]
    fn jobs_of_another_module_are_found() {
        let jobs = "from clock import s\n\n\n@s.scheduled_job('cron')\ndef sweep():\n    pass\n";
        let planned = planned(&[
            ("requirements.txt", "apscheduler\n"),
            ("Procfile", "c: python run.py\n"),
            ("run.py", "import jobs\nfrom clock import s\n\ns.start()\n"),
            ("clock.py", APSCHEDULER),
            ("jobs.py", jobs),
        ]);
        let added = "from sentry_sdk.crons import monitor\n@monitor(monitor_slug=\"sweep\")\n";
        assert_eq!(planned.added("jobs.py"), added, "{}", planned.diff);
    }

    #[test]
    fn what_reports_already_is_left_alone() {
        let import = "from sentry_sdk.crons import monitor\n";
        for module in [
            "@s.scheduled_job('cron')\n@monitor(monitor_slug='a')\ndef f(): pass\n",
            "@s.scheduled_job('cron')\ndef f():\n    with monitor(monitor_slug='a'): pass\n",
            "@monitor(monitor_slug='a')\ndef f(): pass\ns.add_job(f, 'cron')\n",
            "def f(): pass\ns.add_job(monitor(monitor_slug='a')(f), 'cron')\n",
        ] {
            apscheduler(&format!("{import}{module}"), &[]);
        }
    }

    #[test]
    fn a_job_that_cannot_be_handed_on_is_left_to_a_person() {
        for (call, reason) in [
            ("s.add_job(lambda: 1, 'cron')", "no name of its own"),
            ("s.add_job('jobs:sweep', 'cron')", "no name of its own"),
            ("for f in (1, 2): s.add_job(f)", "no name of its own"),
            ("def f(): pass\ns.add_jobstore('redis')\ns.add_job(f)", "kept by the names"),
        ] {
            let planned = clock("apscheduler", &format!("{APSCHEDULER}{call}\ns.start()\n"));
            monitored(&planned, &[]);
            assert!(planned.said.contains(reason), "{call}: {}", planned.said);
        }
    }
}
