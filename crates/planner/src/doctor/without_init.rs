//! Processes that start without Sentry, for which the plan has a place. Read [`without_init`] first.

use std::collections::BTreeMap;

use python_project::process::Process;

use super::Checkup;
use crate::catalogue::Role;
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::ExistingInit;
use crate::placement::InitSite;

/// One finding for each place where init is missing and each kind of process that would run it there.
pub(super) fn without_init(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    checkup.plan.sites.iter().flat_map(|site| at_site(checkup, site)).collect()
}

fn at_site(checkup: &Checkup<'_>, site: &InitSite) -> Vec<Diagnostic> {
    let Some(place) = site.place(checkup.workspace) else { return Vec::new() };
    let mut kinds: BTreeMap<Code, Vec<usize>> = BTreeMap::new();
    for number in &site.processes {
        kinds.entry(kind(checkup, &checkup.facts.processes[*number])).or_default().push(*number);
    }
    let finding = |(code, numbers): (Code, Vec<usize>)| {
        let elsewhere = elsewhere(checkup, &checkup.facts.processes[numbers[0]]).unwrap_or_default();
        let message = starts(&checkup.facts.names_of(&numbers)) + &elsewhere;
        Diagnostic::new(code, message, "call `sentry_sdk.init()` below this line").at(place.clone())
    };
    kinds.into_iter().map(finding).collect()
}

fn kind(checkup: &Checkup<'_>, process: &Process) -> Code {
    let systems = checkup.catalogue.systems_of(process);
    let is_worker = |system: &usize| {
        matches!(checkup.catalogue.systems[*system].role, Role::Worker | Role::Scheduler) && process.role != "web"
    };
    match checkup.facts.started.is_empty() {
        true => Code::MissingInit,
        false if systems.iter().any(is_worker) => Code::WorkerWithoutInit,
        false => Code::InitNotLoaded,
    }
}

/// ``process `web` starts without Sentry``
fn starts(names: &[String]) -> String {
    let mut names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.dedup();
    match names.as_slice() {
        [one] => format!("process {one} starts without Sentry"),
        _ => format!("processes {} start without Sentry", names.join(", ")),
    }
}

/// `: what begins with shop/worker.py never loads shop/wsgi.py, where init stands`
fn elsewhere(checkup: &Checkup<'_>, process: &Process) -> Option<String> {
    let ExistingInit { place, .. } = checkup.facts.started.iter().find(|init| !init.run_by.is_empty())?;
    let entry = checkup.workspace.path(process.entry).display();
    Some(format!(": what begins with {entry} never loads {}, where init stands", place.path.display()))
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    const REQUIREMENTS: (&str, &str) = ("requirements.txt", "flask\ncelery\nsentry-sdk\n");
    const WSGI: (&str, &str) = (
        "wsgi.py",
        "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(traces_sample_rate=0.1)\napp = Flask(__name__)\n",
    );
    const JOBS: (&str, &str) = ("jobs.py", "from celery import Celery\napp = Celery('shop')\n");

    #[test]
    fn a_project_without_sentry_is_told_so_once() {
        let app = ("app.py", "from flask import Flask\napp = Flask(__name__)\n");
        let found = planned(&[("requirements.txt", "flask\n"), app]);
        assert_eq!(found.all, ["missing-init"]);
        assert!(found.codes.is_empty());
    }

    #[test]
    fn a_worker_that_never_loads_the_module_with_init() {
        let procfile = ("Procfile", "web: gunicorn wsgi:app\nworker: celery -A jobs worker\n");
        let found = planned(&[procfile, REQUIREMENTS, WSGI, JOBS]);
        assert_eq!(found.all, ["worker-without-init"]);
        assert!(found.said.contains("`worker` starts without Sentry: what begins with jobs.py never loads wsgi.py"));
        assert!(found.added("jobs.py").contains("sentry_sdk.init("), "{}", found.diff);
    }

    #[test]
    fn a_second_server_that_never_loads_the_module_with_init() {
        let procfile = ("Procfile", "web: gunicorn wsgi:app\nadmin: gunicorn admin:app\n");
        let admin = ("admin.py", "from flask import Flask\napp = Flask(__name__)\n");
        let found = planned(&[procfile, REQUIREMENTS, WSGI, admin]);
        assert_eq!(found.all, ["init-not-loaded"]);
        assert!(found.added("admin.py").contains("sentry_sdk.init("), "{}", found.diff);
    }

    #[test]
    fn a_command_that_hands_over_to_the_module_with_init_by_its_name() {
        let pyproject = (
            "pyproject.toml",
            "[project]\nname = \"shop\"\nversion = \"1\"\ndependencies = [\"flask\", \"sentry-sdk\"]\n[project.scripts]\nshop = \"shop.cli:main\"\n",
        );
        let cli = |target: &str| {
            format!(
                "import flask\nimport click\nfrom shop import admin\n@click.command()\ndef main():\n    import uvicorn\n    uvicorn.run({target})\n"
            )
        };
        let compose = ("compose.yml", "services:\n  web:\n    command: shop serve\n");
        let admin = ("shop/admin.py", "from flask import Flask\nadmin = Flask('admin')\n");
        let app = ("shop/app.py", WSGI.1);
        let codes = |target: &str| {
            let cli = cli(target);
            planned(&[pyproject, compose, admin, app, ("shop/__init__.py", ""), ("shop/cli.py", &cli)]).all
        };
        assert!(codes("'shop.app:app'").is_empty());
        assert_eq!(codes("'shop.other:app'"), ["init-not-loaded"]);
    }

    #[test]
    fn a_worker_that_loads_the_module_with_init_through_another_one() {
        let procfile = ("Procfile", "web: gunicorn wsgi:app\nworker: celery -A jobs worker\n");
        let jobs = ("jobs.py", "import wsgi\nfrom celery import Celery\napp = Celery('shop')\n");
        let found = planned(&[procfile, REQUIREMENTS, WSGI, jobs]);
        assert!(found.all.is_empty() && found.diff.is_empty(), "{}{}", found.said, found.diff);
    }
}
