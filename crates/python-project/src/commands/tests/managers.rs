//! Procfiles, systemd, Supervisor, uWSGI and gunicorn.

use super::declares;

#[test]
fn procfile_with_variables_folders_and_a_comment() {
    declares(
        "Procfile",
        "# started by the platform\nweb: PORT=1 gunicorn shop.wsgi --log-file -\nworker: cd src && exec celery -A shop worker\n",
        &[
            r#"2:web ["gunicorn", "shop.wsgi", "--log-file", "-"] PORT=1"#,
            r#"3:worker ["celery", "-A", "shop", "worker"] in src"#,
        ],
    );
    declares("Procfile.dev", "web: flask run", &[r#"1:web ["flask", "run"] (development)"#]);
    declares("Procfile", "web: gunicorn 'shop", &["error: line 1: `'` is never closed"]);
}

#[test]
fn systemd_unit_with_continued_lines() {
    declares(
        "deploy/shop@.service",
        "[Unit]\nDescription=Shop\n[Service]\nWorkingDirectory=/srv/shop\nEnvironment=\"A=b c\" D=e\nEnvironment=A=f\n\
         ExecStartPre=/bin/true\nExecStart=-/srv/shop/venv/bin/gunicorn \\\n  --workers 3 \\\n  shop.wsgi\n[Install]\nWantedBy=x\n",
        &[r#"8:shop ["gunicorn", "--workers", "3", "shop.wsgi"] A=f D=e in /srv/shop"#],
    );
    declares("a.service", "[Service]\nExecStart=x 'y\n", &["error: line 2: `'` is never closed"]);
}

#[test]
fn supervisor_programs_with_percent_signs_and_comments() {
    declares(
        "docker/supervisord.conf",
        "[supervisord]\nnodaemon=true\n[program:web]\ncommand=%(ENV_VENV)s/bin/celery -A shop worker\n  -n w%%h ; the worker\n\
         directory=/srv\nenvironment=A=\"x,y\",B='%(ENV_B)s'\n[group:all]\nprograms=web\n",
        &[r#"4:web ["celery", "-A", "shop", "worker", "-n", "w%h"] A=x,y B=$B in /srv"#],
    );
}

#[test]
fn uwsgi_settings_as_the_command_line_they_stand_for() {
    declares(
        "uwsgi.ini",
        "[uwsgi]\nhttp = :80\nchdir = /srv\nmodule = shop.wsgi:app ; the app\nenv = DJANGO_SETTINGS_MODULE=shop.settings\n",
        &[r#"1:uwsgi ["uwsgi", "--chdir", "/srv", "--module", "shop.wsgi:app"] DJANGO_SETTINGS_MODULE=shop.settings"#],
    );
    declares(
        "uwsgi.yaml",
        "uwsgi:\n  wsgi-file: shop.py\n  callable: app\n",
        &[r#"2:uwsgi ["uwsgi", "--wsgi-file", "shop.py", "--callable", "app"]"#],
    );
    declares("uwsgi.ini", "[uwsgi]\nhttp = :80\n", &[]);
}

#[test]
fn uwsgi_mounts_and_imports_each_keep_their_line() {
    declares(
        "deploy/uwsgi/api.ini",
        "[uwsgi]\nmount = /a=shop:app\nmount = /b=desk:app\nimport = shop.tasks\n",
        &[r#"1:api ["uwsgi", "--mount", "/a=shop:app", "--mount", "/b=desk:app", "--import", "shop.tasks"]"#],
    );
}

#[test]
fn gunicorn_configuration_that_names_the_app() {
    declares(
        "gunicorn.conf.py",
        "import os\nbind = '0.0.0.0'\nchdir = 'src'\nraw_env = [\n    'A=b',\n    \"C=d\",\n]\nwsgi_app = \"shop:app\"\n",
        &[r#"8:gunicorn.conf ["gunicorn", "--chdir", "src", "shop:app"] A=b C=d"#],
    );
    declares("gunicorn.conf.py", "wsgi_app = os.environ[APP]\n", &[]);
}
