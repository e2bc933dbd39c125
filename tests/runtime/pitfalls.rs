//! Situations in which a prototype of `sentry-codemod verify` said what is not so, or broke what it looked at.
//! Read [`PITFALLS`]; the table in `README.md` names the test of each pitfall.

use std::fs;

use crate::situations::{FLASK, GUNICORN, INIT, Ran, SITUATIONS, Situation, Stand};

/// What each situation is called, and what is tried.
pub(crate) const PITFALLS: &[(&str, Situation)] = &[
    ("an ARQ worker whose settings call init twice", arq_init_twice),
    ("a beat that gets its init in beat_init", init_in_beat),
    ("modules keep their loader, also those in a zip archive", loaders),
    ("the application is asked for nothing but probes", no_ping),
    ("transactions are found although every event is dropped", transactions_alone),
    ("a command that sets PYTHONPATH itself", own_python_path),
    ("an edit that uses a name before its import", unbound_name),
    ("a DSN is shown nowhere", hidden_dsn),
];

/// The table in `README.md` names every pitfall of this file, and no situation that is not there.
pub(crate) fn table_is_true() -> Result<(), String> {
    let rows = include_str!("README.md").lines().filter_map(|line| line.strip_suffix(" |")?.split_once(" | "));
    let parts = rows.flat_map(|(_, tests)| tests.split("; ")).filter(|part| part.starts_with("situation"));
    let named: Vec<&str> = parts.flat_map(|part| part.split('`').skip(1).step_by(2)).collect();
    let known: Vec<&str> = SITUATIONS.iter().chain(PITFALLS).map(|(name, _)| *name).collect();
    let unknown = named.iter().filter(|name| !known.contains(name));
    let untold = PITFALLS.iter().map(|(name, _)| name).filter(|name| !named.contains(name));
    match unknown.chain(untold).next() {
        Some(name) => Err(format!("`{name}` stands only in one of README.md and the code")),
        None => Ok(()),
    }
}

/// The probe's function has to stay outside of the SDK's patch of `create_worker`, which each init makes anew.
fn arq_init_twice() -> Result<(), String> {
    let source = format!(
        "import os\n{INIT}sentry_sdk.init(traces_sample_rate=1.0)\nfrom arq.connections import RedisSettings\n\n\n\
         async def fill(ctx):\n    pass\n\n\nclass WorkerSettings:\n    functions = [fill]\n    \
         redis_settings = RedisSettings.from_dsn(os.environ[\"REDIS_URL\"])\n"
    );
    let mut stand = Stand::in_group("arq", &[("tasks.py", &source)])?;
    if !crate::processes::redis_is_installed() {
        return stand.finish();
    }
    stand.stage.start_redis()?;
    let ran = stand.run(&[], &["arq", "tasks.WorkerSettings"])?;
    ran.must(0, &["init ran more than once", "\"transaction\": \"sentry_codemod_verify\"", "\"error\": \"arq\""])?;
    stand.finish()
}

/// The probe sends at the first tick, when every handler of `beat_init` has run.
fn init_in_beat() -> Result<(), String> {
    let source = "import os\nfrom celery import Celery\nfrom celery.signals import beat_init\n\n\
                  app = Celery(\"shop\", broker=os.environ[\"REDIS_URL\"])\n\n\n\
                  @beat_init.connect\ndef start(**_):\n    import sentry_sdk\n    \
                  from sentry_sdk.integrations.celery import CeleryIntegration\n    \
                  sentry_sdk.init(integrations=[CeleryIntegration(monitor_beat_tasks=True)])\n";
    let mut stand = Stand::new(&[("tasks.py", source)])?;
    if !crate::processes::redis_is_installed() {
        return stand.finish();
    }
    stand.stage.start_redis()?;
    let ran = stand.run(&[], &["celery", "-A", "tasks", "beat"])?;
    ran.must(0, &["\"beat\"", "\"slug\": \"sentry-codemod-verify-", "\"in_progress\""])?;
    stand.finish()
}

/// A zip archive has one loader for all of its modules, and who asks where a module is does not import it.
const VENDORED: &str = "import importlib.util, sys, zipfile

with zipfile.ZipFile(\"vendored.zip\", \"w\") as file:
    file.write(importlib.util.find_spec(\"bottle\").origin, \"bottle.py\")
    file.writestr(\"other.py\", \"\")
sys.path.insert(0, \"vendored.zip\")
importlib.util.find_spec(\"bottle\")
import other
import sentry_sdk
sentry_sdk.init(traces_sample_rate=1.0)
import bottle
import flask.app

for module, loader in [(bottle, \"zipimporter\"), (flask.app, \"SourceFileLoader\")]:
    assert type(module.__loader__).__name__ == loader, module.__loader__
    assert \"exec_module\" not in vars(module.__loader__), loader

app = bottle.Bottle()
";

fn loaders() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", VENDORED)])?;
    let ran = stand.run(&[], &GUNICORN)?;
    ran.must(0, &["\"bottle\""])?;
    if ran.report.to_string().contains("the probe failed") {
        return Err(format!("{:#}", ran.report));
    }
    stand.finish()
}

/// Any other request would be the first one, in which init may run.
fn no_ping() -> Result<(), String> {
    let noting = "\n\ninner = app.wsgi_app\n\n\ndef noting(environ, start_response):\n    \
                  with open(\"requests\", \"a\") as file:\n        file.write(environ[\"PATH_INFO\"] + \"\\n\")\n    \
                  return inner(environ, start_response)\n\n\napp.wsgi_app = noting\n";
    let stand = Stand::new(&[("app.py", &format!("{INIT}{FLASK}{noting}"))])?;
    stand.run(&["--url", "/health"], &GUNICORN)?.must(0, &["\"status\": 200"])?;
    let paths = fs::read_to_string(stand.project().join("requests")).map_err(|error| error.to_string())?;
    let (probes, others): (Vec<&str>, Vec<&str>) =
        paths.lines().partition(|path| path.starts_with("/__sentry_codemod_verify_"));
    if probes.is_empty() || others != ["/health"] {
        return Err(format!("requested were\n{paths}"));
    }
    stand.finish()
}

/// A transaction belongs to a probe by its trace; there is no event to go by.
fn transactions_alone() -> Result<(), String> {
    let init = "import sentry_sdk\nsentry_sdk.init(traces_sample_rate=1.0, before_send=lambda event, hint: None)\n";
    let stand = Stand::new(&[("app.py", &format!("{init}{FLASK}"))])?;
    let ran = stand.run(&[], &GUNICORN)?;
    ran.must(1, &["dropped-by-application", "before_send", "\"degraded\""])?;
    let mut web = ran.report["processes"].as_array().into_iter().flatten().filter(|process| process["role"] == "web");
    match web.next() {
        Some(web) if web["error"].is_null() && web["transaction"].is_string() => stand.finish(),
        _ => Err(format!("{:#}", ran.report)),
    }
}

fn own_python_path() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", &format!("{INIT}{FLASK}\napp.run(port=0)\n"))])?;
    let ran = stand.run(&["--ready-timeout", "8"], &["env", "PYTHONPATH=.", "python", "app.py"])?;
    ran.must(3, &["not-loaded"])?;
    stand.finish()
}

/// `import os` in a function makes the name local to all of it. What the edit has broken ends with its own traceback.
fn unbound_name() -> Result<(), String> {
    let source = format!(
        "import os\n{FLASK}\n\ndef configure():\n    debug = os.environ.get(\"DEBUG\")\n    import os\n    \
         import sentry_sdk\n    sentry_sdk.init(dsn=os.environ[\"SENTRY_DSN\"], debug=debug)\n\n\nconfigure()\n"
    );
    let stand = Stand::new(&[("app.py", &source)])?;
    let ran = stand.run(&[], &GUNICORN)?;
    ran.must(3, &["\"ended\"", "\"exit_code\": 3", "in configure", "UnboundLocalError"])?;
    stand.finish()
}

/// One in the code, one in the environment, and both in what the application writes.
fn hidden_dsn() -> Result<(), String> {
    let source = "import os\nimport sentry_sdk\n\nsentry_sdk.init(os.environ[\"SHOP_DSN\"])\n\
                  print(sentry_sdk.get_client().options[\"dsn\"], os.environ[\"SHOP_DSN\"])\n\
                  sentry_sdk.init(\"https://sesame:poppy@o1.example.invalid/1\", enable_lgs=True)\n";
    let stand = Stand::new(&[("app.py", source)])?;
    let command = ["env", "SHOP_DSN=https://sesame@o1.example.invalid/1", "python", "app.py"];
    let json = stand.run(&[], &command)?;
    json.must(1, &["init-error", "https://***@o1.example.invalid/1", "enable_lgs"])?;
    let text = Ran::of(&stand.verify(&[], &command).output().map_err(|error| error.to_string())?);
    text.must(1, &["init-error", "***@o1.example.invalid/1"])?;
    let told = format!("{}{}{}", json.report, json.stderr, text.stderr);
    match told.lines().find(|line| ["sesame", "poppy"].iter().any(|secret| line.contains(secret))) {
        Some(line) => Err(format!("a secret is told: {line}")),
        None => stand.finish(),
    }
}
