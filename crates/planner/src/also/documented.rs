//! `--placement documented`: init where public guides put it instead of where it was measured to report fully. Read [`documented`] first.

use python_project::process::Process;
use python_project::trace::{BlockId, EventKind};
use python_project::{FileId, Workspace};
use python_source::outline::{Stmt, StmtKind};

use super::names::assigned_name;
use crate::catalogue::{Catalogue, DocumentedPlace, Placement, System};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::Facts;
use crate::placement::{self, Hook, InitSite, Wanted, body_of};

/// The sites by the guides, the processes without a place for init, and a finding for each system about what that loses.
///
/// A system whose guide says the same as the measurements, or a place that cannot be made here, keeps the measured one.
pub(crate) fn documented(
    catalogue: &Catalogue,
    workspace: &Workspace,
    facts: &Facts,
    wanted: Wanted<'_>,
) -> (Vec<InitSite>, Vec<usize>, Vec<Diagnostic>) {
    let mut told = Vec::new();
    let mut hooked: Vec<InitSite> = Vec::new();
    for number in wanted.required.iter().chain(wanted.optional) {
        let Some((system, site)) = hook(catalogue, workspace, *number, &facts.processes[*number]) else { continue };
        told.push(system);
        match hooked.iter_mut().find(|known| known.block == site.block && known.position == site.position) {
            Some(known) => known.processes.push(*number),
            None => hooked.push(site),
        }
    }
    let others = |numbers: &[usize]| -> Vec<usize> {
        let is_hooked = |number: &usize| hooked.iter().any(|site| site.processes.contains(number));
        numbers.iter().filter(|number| !is_hooked(number)).copied().collect()
    };
    let (required, optional) = (others(wanted.required), others(wanted.optional));
    let rest = Wanted { required: &required, optional: &optional, ..wanted };
    let (mut sites, missing) = placement::sites(catalogue, workspace, rest);
    for site in &mut sites {
        told.extend(top_of_settings(catalogue, workspace, facts, site));
    }
    sites.append(&mut hooked);
    told.sort_unstable();
    told.dedup();
    let findings = told.into_iter().filter_map(|number| finding(&catalogue.systems[number])).collect();
    (sites, missing, findings)
}

/// The hook that the guide of one of the process's systems names. With settings that all processes load there is none:
/// init stands there for all of them.
fn hook(catalogue: &Catalogue, workspace: &Workspace, number: usize, process: &Process) -> Option<(usize, InitSite)> {
    let systems = catalogue.systems_of(process);
    if systems.iter().any(|system| catalogue.systems[*system].placement == Placement::Settings) {
        return None;
    }
    systems.into_iter().find_map(|system| {
        let place = catalogue.systems[system].documented.as_ref()?.place.as_ref()?;
        let (_, built) = process.trace.built().find(|(object, _)| object.0 == system)?;
        let (block, statement) = built.path.last()?;
        let module = workspace.module(block.file).ok()?;
        let hook = match place {
            DocumentedPlace::SettingsTop => return None,
            // A caller builds the object, too, but runs no worker. Connections are weak: a function inside a function would be lost.
            DocumentedPlace::Signal(signal) => {
                let runs_it = matches!(process.role.as_str(), "worker" | "beat");
                (runs_it && block.function.is_none()).then(|| Hook::Signal { signal: signal.clone() })?
            }
            DocumentedPlace::Listener { method, event } => {
                let name = body_of(&module.outline, *block).get(*statement).and_then(assigned_name)?;
                Hook::Listener { decorator: format!("{name}.{method}(\"{event}\")") }
            }
        };
        let site = InitSite {
            block: *block,
            position: statement + 1,
            processes: vec![number],
            imports_after: None,
            hook: Some(hook),
        };
        Some((system, site))
    })
}

/// Moves the site of a settings module to its top; says for which system.
fn top_of_settings(catalogue: &Catalogue, workspace: &Workspace, facts: &Facts, site: &mut InitSite) -> Option<usize> {
    let served = || site.processes.iter().map(|number| &facts.processes[*number]);
    let system = served().flat_map(|process| catalogue.systems_of(process)).find(|system| {
        let documented = catalogue.systems[*system].documented.as_ref();
        documented.and_then(|documented| documented.place.as_ref()) == Some(&DocumentedPlace::SettingsTop)
    })?;
    if site.block.function.is_some() || !served().any(|process| is_settings(process, site.block.file)) {
        return None;
    }
    let module = workspace.module(site.block.file).ok()?;
    let body = body_of(&module.outline, site.block);
    let opening = body.iter().enumerate().take_while(|(number, stmt)| is_opening(*number, stmt)).count();
    let prepared = served().flat_map(|process| prepared_in(process, site.block)).filter(|at| *at < site.position).max();
    site.position = prepared.map_or(opening, |statement| opening.max(statement + 1));
    Some(system)
}

fn is_settings(process: &Process, file: FileId) -> bool {
    process.trace.settings.contains(&file) || process.trace.star_imports.iter().any(|(_, base)| *base == file)
}

/// The docstring and what must come before all else.
fn is_opening(number: usize, stmt: &Stmt) -> bool {
    let future = matches!(&stmt.kind, StmtKind::ImportFrom(import) if import.module.as_deref() == Some("__future__"));
    future || (number == 0 && stmt.is_inert())
}

/// The statements of the body in which something is prepared that the SDK must find done.
fn prepared_in(process: &Process, block: BlockId) -> impl Iterator<Item = usize> {
    let prepared = process.trace.events.iter().filter(|event| event.kind == EventKind::Prepared);
    prepared.flat_map(move |event| event.path.iter().filter(move |(running, _)| *running == block)).map(|(_, at)| *at)
}

fn finding(system: &System) -> Option<Diagnostic> {
    let documented = system.documented.as_ref()?;
    Some(Diagnostic::new(
        Code::DocumentedPlacement,
        format!("init for {} stands where guides put it, as you said: {}", system.name, documented.placement),
        format!("everything arrives from: {}; less from: {}", system.evidence.full, system.evidence.degraded),
    ))
}

#[cfg(test)]
mod tests {
    use crate::choices::{Choices, PlacementChoice};
    use crate::fixture::{Planned, planned_as};

    fn documented(files: &[(&str, &str)]) -> Planned {
        planned_as(files, &Choices { placement: PlacementChoice::Documented, ..Choices::default() })
    }

    #[test]
    fn django_starts_at_the_top_of_its_settings() {
        let settings = "\"\"\"Settings.\"\"\"\n\nfrom pathlib import Path\n\nBASE = Path(__file__)\nINSTALLED_APPS = []\nROOT_URLCONF = 'shop.urls'\n";
        let wsgi = "import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n";
        let planned = documented(&[
            ("requirements.txt", "django\n"),
            ("shop/__init__.py", ""),
            ("shop/settings.py", settings),
            ("shop/wsgi.py", wsgi),
        ]);
        let (above, below) = planned.diff.split_once("+sentry_sdk.init(").expect("an init");
        assert!(!above.contains("from pathlib") && below.contains(" from pathlib"), "{}", planned.diff);
        assert!(planned.said.contains("as you said: top of the settings module"), "{}", planned.said);
    }

    #[test]
    fn what_init_must_find_done_still_comes_first() {
        let settings = "import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nimport json\n\nINSTALLED_APPS = []\nROOT_URLCONF = ''\n";
        let manage = "import os\nfrom django.core.management import execute_from_command_line\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\nexecute_from_command_line([])\n";
        let files = [("requirements.txt", "django\n"), ("settings.py", settings), ("manage.py", manage)];
        let planned = documented(&files);
        let (above, below) = planned.diff.split_once("+sentry_sdk.init(").expect("an init");
        assert!(above.contains(" load_dotenv()") && below.contains(" import json"), "{}", planned.diff);
    }

    #[test]
    fn celery_starts_by_its_signal_in_the_worker_and_plainly_in_the_caller() {
        let planned = documented(&[
            ("requirements.txt", "celery\nflask\n"),
            ("Procfile", "web: gunicorn web:app\nworker: celery -A jobs worker\n"),
            ("jobs.py", "from celery import Celery\n\napp = Celery('jobs')\n"),
            ("web.py", "from flask import Flask\n\nfrom jobs import app as jobs\n\napp = Flask(__name__)\n"),
        ]);
        let worker = planned.added("jobs.py");
        assert!(worker.contains("from celery.signals import celeryd_init\n"), "{}", planned.diff);
        assert!(
            worker.contains("@celeryd_init.connect\ndef init_sentry(**_kwargs):\n    sentry_sdk.init(\n"),
            "{}",
            planned.diff
        );
        assert!(planned.added("web.py").contains("\nsentry_sdk.init(\n"), "{}", planned.diff);
        assert!(planned.said.contains("leaves the caller and a separate beat silent"), "{}", planned.said);
    }

    #[test]
    fn sanic_starts_in_a_listener() {
        let planned = documented(&[
            ("requirements.txt", "sanic\n"),
            ("clock.py", "from sanic import Sanic\n\napp = Sanic('clock')\napp.update_config({})\n"),
        ]);
        let hook = "@app.listener(\"before_server_start\")\nasync def init_sentry(*_):\n    sentry_sdk.init(\n";
        assert!(planned.added("clock.py").contains(hook), "{}", planned.diff);
        assert!(!planned.diff.contains("enable_asyncio"), "{}", planned.diff);
        assert!(planned.said.contains("no transaction"), "{}", planned.said);
    }

    #[test]
    fn where_guides_and_measurements_agree_nothing_differs() {
        let files = [("requirements.txt", "flask\n"), ("app.py", "from flask import Flask\n\napp = Flask(__name__)\n")];
        let planned = documented(&files);
        assert_eq!(planned.diff, crate::fixture::planned(&files).diff);
        assert!(planned.codes.is_empty(), "{}", planned.said);
    }
}
