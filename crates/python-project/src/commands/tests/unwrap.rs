//! Wrappers, as words in and words out.

use crate::commands::unwrap_command;

/// A command line unwrapped, written back as one.
#[track_caller]
fn unwraps(line: &str, expected: &str) {
    let words = shlex::split(line).unwrap();
    let (env, argv) = unwrap_command(&words);
    let env: Vec<String> = env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!([env, argv].concat().join(" "), expected, "{line}");
}

#[test]
fn wrappers_with_their_own_options() {
    unwraps("env -i A=b FLASK_APP=shop flask run", "A=b FLASK_APP=shop flask run");
    unwraps("sudo -u web -E A=b nice -n 5 nohup shop", "A=b shop");
    unwraps("time timeout -k 5 --signal=TERM 1h shop", "shop");
    unwraps("/usr/bin/tini -g -- dumb-init -- su-exec web:web shop", "shop");
    unwraps("gosu web shop -x", "shop -x");
    unwraps("poetry -C api run shop", "shop");
    unwraps("pipenv run pdm run rye run shop", "shop");
    unwraps("conda run --no-capture-output -n env shop", "shop");
    unwraps("uv run --with x --frozen -- shop", "shop");
    unwraps("ddtrace-run newrelic-admin run-program opentelemetry-instrument --traces_exporter console shop", "shop");
    unwraps("chamber exec prod -- doppler run -p x -- dotenv -f .env run -- shop", "shop");
    unwraps("dockerize -wait tcp://db:5432 -timeout 60s shop", "shop");
    unwraps("./wait-for-it.sh db:5432 -t 30 -- shop", "shop");
    unwraps("scripts/wait_for_postgres.sh db -- shop", "shop");
    unwraps("watchmedo auto-restart -d . --pattern=*.py --recursive -- celery -A shop worker", "celery -A shop worker");
    unwraps("watchfiles --filter python 'celery -A shop worker' src", "celery -A shop worker");
    unwraps("watchfiles celery.__main__.main --args '-A shop worker' src", "python -m celery -A shop worker");
    unwraps("bin/start-pgbouncer gunicorn shop", "gunicorn shop");
}

#[test]
fn shells_and_the_scripts_they_are_given() {
    unwraps("sh -c 'exec gunicorn shop'", "gunicorn shop");
    unwraps("/bin/bash -o pipefail -lc 'python manage.py migrate && A=b gunicorn shop'", "A=b gunicorn shop");
    unwraps("su web -s /bin/sh -c 'sh -c \"gunicorn shop\"'", "gunicorn shop");
    unwraps("sh -c 'exec \"$0\" \"$@\"' gunicorn 'a b'", "gunicorn a b");
    unwraps("bash -e deploy/start.sh web", "deploy/start.sh web");
    unwraps("/docker-entrypoint.sh gunicorn shop", "gunicorn shop");
}

#[test]
fn interpreters_by_their_plain_name() {
    unwraps("/usr/bin/python3 -u manage.py", "python manage.py");
    unwraps(".venv/bin/python3.12 -W ignore -X dev -um shop", "python -m shop");
    unwraps("python -m debugpy --listen 0.0.0.0:5678 --wait-for-client -m shop", "python -m shop");
    unwraps("uv run -m shop x", "python -m shop x");
    unwraps("uv run shop.py", "python shop.py");
    unwraps("./manage.py runserver", "python ./manage.py runserver");
    unwraps("huey_consumer.py shop.huey", "huey_consumer.py shop.huey");
    unwraps("$VIRTUAL_ENV/bin/gunicorn shop", "gunicorn shop");
}

#[test]
fn what_asks_or_redirects_starts_nothing() {
    crate::commands::tests::declares(
        "run.sh",
        "command -v shop\nexec >log\nexec 'shop'\n",
        &[r#"3:run ["shop"] (script)"#],
    );
}

#[test]
fn what_is_no_wrapper_stays() {
    unwraps("poetry install", "poetry install");
    unwraps("bin/serve web", "bin/serve web");
    unwraps("wait-for-it db:5432", "wait-for-it db:5432");
    unwraps("env", "env");
    unwraps("sh", "sh");
}
