//! Which processes a project runs and where init goes for them: small projects in, lines of text out.
//! Read [`plans`] first. What the edits look like is tested elsewhere.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests write their projects to a temporary folder")]

use planner::facts::{Need, facts};
use planner::plan::plan;
use planner::recommend::recommend;
use planner::{Catalogue, Choices};
use python_project::Workspace;
use python_project::commands::is_deployment_file;
use python_project::process::processes;
use python_project::project::{project_of, projects};

/// Writes the project (`--- path` begins a file) and compares with `expected`: the required processes by name and command, the
/// sites by file and the source line that follows, the findings by code and place.
#[track_caller]
fn plans(project: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    for file in project.split("--- ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap();
        let path = folder.path().join(path.trim());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let catalogue = Catalogue::load().unwrap();
    let vocabulary = catalogue.vocabulary();
    let workspace = Workspace::discover(folder.path(), &vocabulary, |path| {
        python_manifest::is_manifest(path) || is_deployment_file(path)
    });
    let projects = projects(&workspace, python_manifest::is_manifest);
    let (mut found, _) = processes(&workspace, &vocabulary, &projects, None);
    let mut lines = Vec::new();
    for project in &projects {
        let own;
        (own, found) = found.into_iter().partition(|one| project_of(&projects, workspace.path(one.entry)) == project);
        let choices = Choices::default();
        let facts = facts(&catalogue, &workspace, &projects, project.clone(), own, None);
        for (process, need) in facts.processes.iter().zip(&facts.needs) {
            if *need == Need::Required {
                lines.push(format!("{}: {}", process.name, process.command));
            }
        }
        let recommendation = recommend(&catalogue, &facts, &choices).unwrap();
        let plan = plan(&catalogue, &workspace, &facts, &recommendation, &choices, &|_| Default::default());
        for site in &plan.sites {
            let module = workspace.module(site.block.file).unwrap();
            let body = planner::placement::body_of(&module.outline, site.block);
            let next = body.get(site.position).map_or("the end", |stmt| &module.source.text()[stmt.span.clone()]);
            let next = next.lines().next().unwrap_or_default();
            lines.push(format!("init in {} before {next}", workspace.path(site.block.file).display()));
        }
        for found in plan.diagnostics.iter().filter(|found| found.is_told_by_main_run()) {
            let place = found.place.as_ref().unwrap();
            lines.push(format!("{} {}:{}", found.code.as_str(), place.path.display(), place.line));
        }
    }
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines, expected);
}

#[test]
fn a_module_called_wsgi_is_no_file_with_that_ending() {
    plans(
        "--- Procfile\nweb: gunicorn shop.wsgi\n--- requirements.txt\nflask\n--- shop/__init__.py\n--- shop/wsgi.py\nfrom flask import Flask\napplication = Flask(__name__)\n",
        "web: gunicorn shop.wsgi
         init in shop/wsgi.py before application = Flask(__name__)",
    );
}

#[test]
fn a_script_that_an_image_starts_by_the_name_packaging_gives_it() {
    plans(
        "--- Dockerfile\nFROM python\nCOPY . .\nCMD [\"tidy\"]\n--- pyproject.toml\n[project]\nname = \"shop\"\ndependencies = [\"flask\"]\n[project.scripts]\ntidy = \"shop.tidy:main\"\n--- shop/__init__.py\n--- shop/tidy.py\nfrom shop import core\ndef main():\n    core.run()\n--- shop/core.py\ndef run():\n    pass\n",
        "Dockerfile: tidy
         init in shop/tidy.py before def main():",
    );
}

#[test]
fn python_m_of_a_package_runs_the_init_of_the_package() {
    plans(
        "--- Procfile\nclock: python -m shop.jobs\n--- requirements.txt\napscheduler\nsentry-sdk\n--- shop/__init__.py\n--- shop/jobs/__init__.py\nimport sentry_sdk\nsentry_sdk.init()\n--- shop/jobs/__main__.py\nfrom apscheduler.schedulers.blocking import BlockingScheduler\nBlockingScheduler().start()\n",
        "clock: python -m shop.jobs",
    );
}

#[test]
fn a_process_that_shares_all_its_modules_with_one_that_has_init_gets_no_second_one() {
    plans(
        "--- Procfile\nweb: uvicorn main:app\nworker: celery -A tasks worker\n--- requirements.txt\nfastapi\ncelery\nsentry-sdk\n--- main.py\nimport sentry_sdk\nfrom fastapi import FastAPI\nimport tasks\nsentry_sdk.init()\napp = FastAPI()\n--- tasks.py\nfrom celery import Celery\napp = Celery()\n",
        "web: uvicorn main:app
         worker: celery -A tasks worker
         no-init tasks.py:1",
    );
}

#[test]
fn an_init_that_only_production_loads_is_not_doubled() {
    plans(
        "--- manage.py\nimport os\nfrom django.core.management import execute_from_command_line\nif __name__ == '__main__':\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.settings.local')\n    execute_from_command_line()\n--- requirements.txt\ndjango\nsentry-sdk\n--- conf/__init__.py\n--- conf/settings/__init__.py\n--- conf/settings/base.py\nDEBUG = False\n--- conf/settings/local.py\nfrom .base import *\n--- conf/settings/production.py\nimport sentry_sdk\nfrom .base import *\nsentry_sdk.init()\n",
        "manage: python manage.py
         unreached-init conf/settings/production.py:3",
    );
}

#[test]
fn settings_that_nothing_names_get_init_in_their_base() {
    plans(
        "--- Procfile\nweb: gunicorn conf.wsgi\n--- requirements.txt\ndjango\n--- conf/__init__.py\n--- conf/wsgi.py\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n--- conf/settings/__init__.py\n--- conf/settings/_rates.py\ndef rate():\n    return 1\n--- conf/settings/base.py\nDEBUG = False\n--- conf/settings/heroku.py\nfrom .production import *\n--- conf/settings/production.py\nfrom ._rates import rate\nfrom .base import *\n",
        "web: gunicorn conf.wsgi
         init in conf/settings/base.py before DEBUG = False",
    );
}

#[test]
fn a_command_that_hands_over_to_another_package_is_left_to_what_that_loads() {
    plans(
        "--- Procfile\nrelease: python manage.py migrate\nweb: gunicorn conf.wsgi\n--- requirements.txt\ndjango\n--- manage.py\nfrom wrapper import execute_from_command_line\nif __name__ == '__main__':\n    execute_from_command_line()\n--- conf/__init__.py\n--- conf/settings.py\nDEBUG = False\n--- conf/wsgi.py\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "web: gunicorn conf.wsgi
         init in conf/settings.py before DEBUG = False",
    );
}

#[test]
fn a_place_that_an_optional_script_starts_with_is_none_for_the_others() {
    plans(
        "--- Procfile\nweb: gunicorn shop.web:app\njobs: python -m shop.jobs\n--- pyproject.toml\n[project]\nname = \"shop\"\ndependencies = [\"flask\"]\n[project.scripts]\nmigrate = \"shop.db:migrate\"\n--- shop/__init__.py\nimport logging\nlogging.basicConfig()\n--- shop/db.py\ndef migrate():\n    pass\n--- shop/web.py\nfrom flask import Flask\nfrom shop import db\napp = Flask(__name__)\n--- shop/jobs.py\nfrom shop import db\nif __name__ == '__main__':\n    db.migrate()\n",
        "web: gunicorn shop.web:app
         jobs: python -m shop.jobs
         init in shop/__init__.py before logging.basicConfig()",
    );
}

#[test]
fn a_module_called_setup_is_no_manifest() {
    plans(
        "--- Procfile\nweb: gunicorn shop.web:app\n--- requirements.txt\nflask\n--- shop/__init__.py\n--- shop/web.py\nfrom flask import Flask\nfrom shop.views import setup\napp = Flask(__name__)\n--- shop/views/__init__.py\n--- shop/views/setup.py\nfrom flask import request\n",
        "web: gunicorn shop.web:app
         init in shop/web.py before app = Flask(__name__)",
    );
}

#[test]
fn a_library_and_a_module_of_a_package_with_the_same_name() {
    plans(
        "--- Procfile\nworker: huey_consumer shop.jobs.huey.huey\n--- requirements.txt\nhuey\n--- shop/__init__.py\n--- shop/jobs/huey.py\nfrom huey import RedisHuey\nhuey = RedisHuey()\n",
        "worker: huey_consumer shop.jobs.huey.huey
         init in shop/jobs/huey.py before huey = RedisHuey()",
    );
}

#[test]
fn a_factory_handed_to_a_loader() {
    plans(
        "--- Dockerfile\nFROM python\nCOPY . .\nCMD [\"python\", \"-m\", \"shop\"]\n--- requirements.txt\nsanic\n--- shop/__init__.py\n--- shop/__main__.py\nfrom functools import partial\nfrom sanic.worker.loader import AppLoader\nfrom shop.boot import create_app\nloader = AppLoader(factory=partial(create_app, 1))\n--- shop/app.py\nfrom sanic import Sanic\nclass Shop(Sanic):\n    pass\n--- shop/boot.py\nfrom shop.app import Shop\ndef create_app(config):\n    return Shop('shop')\n",
        "Dockerfile: python -m shop
         init in shop/boot.py before def create_app(config):
         listener-by-hand shop/boot.py:3",
    );
}

#[test]
fn paths_of_an_image_whose_last_parts_are_the_repositorys() {
    plans(
        "--- docker/entry.sh\nexec python /app/shop/main.py\n--- Dockerfile\nFROM python\nWORKDIR /srv/backend\nCMD gunicorn web:app\n--- requirements.txt\nflask\n--- shop/main.py\nfrom flask import Flask\nFlask(__name__)\n--- shop/web.py\n--- backend/web.py\nfrom flask import Flask\napp = Flask(__name__)\n",
        "Dockerfile: gunicorn web:app
         init in backend/web.py before app = Flask(__name__)
         not-started shop/main.py:2",
    );
}

#[test]
fn an_import_that_builds_what_may_come_first_does_not_draw_init_among_the_imports() {
    plans(
        "--- Procfile\nweb: uvicorn shop:app\n--- requirements.txt\nfastapi\nhuey\n--- shop/__init__.py\nfrom fastapi import FastAPI\nfrom shop.work import queue\napp = FastAPI()\n--- shop/work.py\nfrom huey import RedisHuey\nqueue = RedisHuey()\n",
        "web: uvicorn shop:app
         init in shop/__init__.py before app = FastAPI()",
    );
}
