//! Situations in which `sentry-codemod verify` could go wrong, each a small application and what must be said of it.
//! Read [`SITUATIONS`], then [`Stand`]; `pitfalls.rs` has more of them.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::processes::Stage;

/// Tries one; fails with what was seen.
pub(crate) type Situation = fn() -> Result<(), String>;

/// What each situation is called, and what is tried.
pub(crate) const SITUATIONS: &[(&str, Situation)] = &[
    ("a plan is proven and the project stays as it is", plan),
    ("a plan is proven where the original is installed for editing", plan_of_an_editable_install),
    ("a plan of a project that no process loads is no proof", plan_for_another_command),
    ("every process of a server with workers is told", every_worker),
    ("the text for a person fits 80 columns", text),
    ("an application that takes its time to be imported", slow),
    ("a server at a socket in the file system", unix_socket),
    ("a login wall is passed by", login_wall),
    ("a DSN in the code is replaced and nothing is sent to it", dsn_in_the_code),
    ("an empty DSN", empty_dsn),
    ("an option that the SDK does not know", unknown_option),
    ("endpoints that are plain functions", plain_endpoints),
    ("the user's own sitecustomize still runs", own_sitecustomize),
    ("an interpreter that ignores PYTHONPATH", isolated),
    ("a command that ends at once shows its last lines, without secrets", crash),
    ("a command that is not there", no_command),
    ("processes that ignore the signal and leave the group", stubborn),
    ("Ctrl-C", interrupt),
    ("verify itself is killed", killed),
    ("jobs that wait in the queue still wait", waiting_jobs),
];

/// A folder with an application, the environment of the suite, and the program.
pub(crate) struct Stand {
    scratch: TempDir,
    pub(crate) stage: Stage,
}

/// How a run ended.
pub(crate) struct Ran {
    code: i32,
    pub(crate) report: Value,
    pub(crate) stderr: String,
}

pub(crate) const INIT: &str = "import sentry_sdk\nsentry_sdk.init(traces_sample_rate=1.0, enable_logs=True)\n";
pub(crate) const FLASK: &str =
    "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get(\"/health\")\ndef health():\n    return {}\n";
pub(crate) const GUNICORN: [&str; 4] = ["gunicorn", "-b", "127.0.0.1:0", "app:app"];

impl Stand {
    /// An application of these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Result<Self, String> {
        Self::in_group("main", files)
    }

    /// The same with the packages of this lock.
    pub(crate) fn in_group(group: &str, files: &[(&str, &str)]) -> Result<Self, String> {
        let scratch = TempDir::with_prefix("sentry-codemod-").map_err(|error| error.to_string())?;
        let environment = crate::LOCKS.environment(group)?;
        let stage = Stage::new(scratch.path(), &environment, "").map_err(|error| error.to_string())?;
        for (path, text) in files {
            let path = scratch.path().join("project").join(path);
            fs::create_dir_all(path.parent().unwrap_or(scratch.path())).map_err(|error| error.to_string())?;
            fs::write(path, text).map_err(|error| error.to_string())?;
        }
        Ok(Self { scratch, stage })
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.scratch.path().join("project")
    }

    /// `sentry-codemod verify OPTIONS -- COMMAND`, not started yet. Its temporary folders lie in one of their own.
    pub(crate) fn verify(&self, options: &[&str], command: &[&str]) -> Command {
        let temporary = self.scratch.path().join("tmp");
        let _ = fs::create_dir(&temporary);
        let mut verify = Command::new(env!("CARGO_BIN_EXE_sentry-codemod"));
        verify.current_dir(self.project()).arg("verify").args(options).arg("--").args(command);
        verify.envs(self.stage.variables()).env_remove("SENTRY_DSN").env("TMPDIR", temporary);
        verify
    }

    /// Runs it to its end and asks for JSON.
    pub(crate) fn run(&self, options: &[&str], command: &[&str]) -> Result<Ran, String> {
        let patience: &[&str] = if options.contains(&"--ready-timeout") { &[] } else { &["--ready-timeout", "30"] };
        let options = [&["--output-format", "json"], patience, options].concat();
        let output = self.verify(&options, command).output().map_err(|error| error.to_string())?;
        Ok(Ran::of(&output))
    }

    /// Stops what the stand itself has started; fails when verify has left a process or a folder.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        self.stage.stop()?;
        let left = fs::read_dir(self.scratch.path().join("tmp")).into_iter().flatten().count();
        if left == 0 { Ok(()) } else { Err(format!("{left} temporary folders were left behind")) }
    }
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            report: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Fails unless it ended with `code` and its report has all of `words`.
    pub(crate) fn must(&self, code: i32, words: &[&str]) -> Result<(), String> {
        let text = format!("{:#}\n{}", self.report, self.stderr);
        let lacks = words.iter().find(|word| !text.contains(**word));
        match lacks {
            _ if self.code != code => Err(format!("exit code {}, not {code}\n{text}", self.code)),
            Some(word) => Err(format!("nothing is said of {word:?}\n{text}")),
            None => Ok(()),
        }
    }
}

fn flask_with(head: &str) -> String {
    format!("{head}{FLASK}")
}

fn plan() -> Result<(), String> {
    let stand = Stand::new(&[
        ("app.py", FLASK),
        ("requirements.txt", "flask==3.1.3\n"),
        ("Procfile", "web: gunicorn app:app\n"),
    ])?;
    let git = |arguments: &[&str]| Command::new("git").current_dir(stand.project()).args(arguments).output();
    let committed = ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"];
    for arguments in [&["init", "-q"][..], &["add", "."], &committed] {
        git(arguments).map_err(|error| error.to_string())?;
    }
    stand.run(&["--plan", "--url", "/health"], &GUNICORN)?.must(0, &["\"proven\"", "\"not_loaded\": []"])?;
    let status = git(&["status", "--porcelain", "--ignored"]).map_err(|error| error.to_string())?;
    if !status.stdout.is_empty() {
        return Err(String::from_utf8_lossy(&status.stdout).into_owned());
    }
    stand.finish()
}

fn plan_of_an_editable_install() -> Result<(), String> {
    let stand = Stand::new(&[
        ("src/shop/__init__.py", FLASK),
        ("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\ndependencies = [\"flask\"]\n"),
        ("Procfile", "web: gunicorn shop:app\n"),
    ])?;
    let source = stand.project().join("src").display().to_string();
    // As a .pth file of an editable install would, after all else on the path.
    let site = format!("import sys\nsys.path.append({source:?})\n");
    fs::create_dir(stand.scratch.path().join("site")).map_err(|error| error.to_string())?;
    fs::write(stand.scratch.path().join("site/sitecustomize.py"), site).map_err(|error| error.to_string())?;
    let mut verify =
        stand.verify(&["--plan", "--output-format", "json"], &["gunicorn", "-b", "127.0.0.1:0", "shop:app"]);
    let output =
        verify.env("PYTHONPATH", stand.scratch.path().join("site")).output().map_err(|error| error.to_string())?;
    Ran::of(&output).must(0, &["\"proven\"", "\"foreign\": []", "\"not_loaded\": []"])?;
    stand.finish()
}

fn plan_for_another_command() -> Result<(), String> {
    let stand = Stand::new(&[
        ("app.py", FLASK),
        ("other.py", &flask_with(INIT)),
        ("requirements.txt", "flask==3.1.3\nsentry-sdk\n"),
        ("Procfile", "web: gunicorn app:app\n"),
    ])?;
    let ran = stand.run(&["--plan"], &["gunicorn", "-b", "127.0.0.1:0", "other:app"])?;
    ran.must(0, &["\"app.py\""])?;
    stand.finish()
}

fn every_worker() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", &flask_with(INIT))])?;
    let ran = stand.run(&[], &["gunicorn", "--preload", "-w", "2", "-b", "127.0.0.1:0", "app:app"])?;
    ran.must(0, &["\"inherited\": true"])?;
    let web = ran.report["processes"].as_array().into_iter().flatten().filter(|process| process["role"] == "web");
    match web.filter(|process| process["verdict"] == "proven").count() {
        2 => stand.finish(),
        other => Err(format!("{other} processes, not 2\n{:#}", ran.report)),
    }
}

fn text() -> Result<(), String> {
    let package = "a_package_with_a_name_that_is_rather_long/of_an_application_that_is_deep/app.py";
    let stand = Stand::new(&[(package, &format!("{FLASK}\n{INIT}"))])?;
    let module = package.trim_end_matches(".py").replace('/', ".") + ":app";
    let output =
        stand.verify(&[], &["gunicorn", "-w", "2", "-b", "127.0.0.1:0", "--access-logfile", "-", &module]).output();
    let ran = Ran::of(&output.map_err(|error| error.to_string())?);
    ran.must(0, &["proven", "after the framework", "error flask", "built before init: flask.Flask"])?;
    match ran.stderr.lines().find(|line| line.chars().count() > 80) {
        Some(line) => Err(format!("{line:?} is longer than 80 columns\n{}", ran.stderr)),
        None => stand.finish(),
    }
}

/// gunicorn listens long before its workers have imported the application.
fn slow() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", &format!("import time\ntime.sleep(6)\n{INIT}{FLASK}"))])?;
    stand.run(&[], &GUNICORN)?.must(0, &["\"proven\""])?;
    stand.finish()
}

fn unix_socket() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", &flask_with(INIT))])?;
    let address = format!("unix:{}", stand.scratch.path().join("web.sock").display());
    stand.run(&["--url", "/health"], &["gunicorn", "-b", &address, "app:app"])?.must(0, &["\"status\": 200"])?;
    stand.finish()
}

fn login_wall() -> Result<(), String> {
    let wall = "\n\n@app.before_request\ndef login():\n    return {\"login\": \"first\"}, 401\n";
    let stand = Stand::new(&[("app.py", &format!("{INIT}{FLASK}{wall}"))])?;
    stand.run(&["--url", "/health"], &GUNICORN)?.must(0, &["seen past it", "\"status\": 401"])?;
    stand.finish()
}

fn dsn_in_the_code() -> Result<(), String> {
    let real = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    real.set_nonblocking(true).map_err(|error| error.to_string())?;
    let dsn = format!("http://topsecret@{}/1", real.local_addr().map_err(|error| error.to_string())?);
    let init = format!("import sentry_sdk\nsentry_sdk.init(\"{dsn}\", traces_sample_rate=0.1)\n");
    let stand = Stand::new(&[("app.py", &flask_with(&init))])?;
    let ran = stand.run(&[], &GUNICORN)?;
    ran.must(0, &["the DSN stands in the code", "raised to 1.0 for this run: traces_sample_rate=0.1"])?;
    if real.accept().is_ok() || ran.report.to_string().contains("topsecret") {
        return Err(format!("something was sent to the DSN in the code, or its key was told\n{:#}", ran.report));
    }
    stand.finish()
}

fn empty_dsn() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", &flask_with("import sentry_sdk\nsentry_sdk.init(dsn=\"\")\n"))])?;
    stand.run(&[], &GUNICORN)?.must(1, &["empty-dsn", "\"silent\""])?;
    stand.finish()
}

fn unknown_option() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", &flask_with("import sentry_sdk\nsentry_sdk.init(enable_lgs=True)\n"))])?;
    stand.run(&[], &GUNICORN)?.must(1, &["init-error", "app.py:2", "enable_lgs"])?;
    stand.finish()
}

/// The SDK wraps them another way than coroutines.
fn plain_endpoints() -> Result<(), String> {
    let routes = "from starlette.applications import Starlette\nfrom starlette.responses import JSONResponse\n\
                  from starlette.routing import Route\n\n\ndef health(request):\n    return JSONResponse({})\n\n\n\
                  app = Starlette(routes=[Route(\"/health\", health)])\n";
    let stand = Stand::new(&[("app.py", &format!("{INIT}{routes}"))])?;
    stand.run(&["--url", "/health"], &["uvicorn", "--port", "0", "app:app"])?.must(0, &["\"status\": 200"])?;
    stand.finish()
}

fn own_sitecustomize() -> Result<(), String> {
    let stand = Stand::new(&[
        ("app.py", &format!("import os\n{INIT}assert os.environ[\"OWN\"] == \"ran\"\n{FLASK}")),
        ("site/sitecustomize.py", "import os\n\nos.environ[\"OWN\"] = \"ran\"\n"),
    ])?;
    let mut verify = stand.verify(&["--output-format", "json"], &GUNICORN);
    let output = verify.env("PYTHONPATH", stand.project().join("site")).output().map_err(|error| error.to_string())?;
    Ran::of(&output).must(0, &[])?;
    stand.finish()
}

fn isolated() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", &format!("{INIT}{FLASK}\napp.run(port=0)\n"))])?;
    stand.run(&["--ready-timeout", "8"], &["python", "-I", "app.py"])?.must(3, &["not-loaded"])?;
    stand.finish()
}

fn crash() -> Result<(), String> {
    let source = "import os, sys\nprint(\"connecting to redis://:sesame@cache/0\")\nos.environ[\"SECRET_KEY\"]\n";
    let stand = Stand::new(&[("app.py", source)])?;
    let ran = stand.run(&[], &["python", "app.py"])?;
    ran.must(3, &["KeyError: 'SECRET_KEY'", "redis://***@cache/0", "\"exit_code\": 1"])?;
    if ran.report.to_string().contains("sesame") {
        return Err(format!("{:#}", ran.report));
    }
    stand.finish()
}

fn no_command() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", FLASK)])?;
    stand.run(&[], &["gunicron", "app:app"])?.must(2, &["`gunicron` is not there"])?;
    stand.finish()
}

/// A worker that has left its group and its session, and a leader that does not listen.
const STUBBORN: &str = "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
                        if os.fork() == 0:\n    os.setsid()\nprint(\"up\", flush=True)\ntime.sleep(600)\n";

fn stubborn() -> Result<(), String> {
    let stand = Stand::new(&[("app.py", STUBBORN)])?;
    stand.run(&["--ready-timeout", "2"], &["python", "app.py"])?.must(3, &["not-ready", "\"survivors\": 0"])?;
    stand.finish()
}

/// Starts verify on an application that runs for long, and waits until that is up.
fn started(stand: &Stand) -> Result<Child, String> {
    let mark = stand.project().join("up");
    let source = STUBBORN.replace("print(\"up\", flush=True)", "open(\"up\", \"w\")");
    fs::write(stand.project().join("app.py"), source).map_err(|error| error.to_string())?;
    let mut verify = stand.verify(&[], &["python", "app.py"]);
    let child = verify.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
    match within(Duration::from_secs(30), || mark.exists()) {
        true => Ok(child),
        false => Err("the application does not come up".to_owned()),
    }
}

fn signal(child: &Child, signal: Signal) -> Result<(), String> {
    kill_process(Pid::from_child(child), signal).map_err(|error| error.to_string())
}

fn interrupt() -> Result<(), String> {
    let stand = Stand::new(&[])?;
    fs::create_dir(stand.project()).map_err(|error| error.to_string())?;
    let child = started(&stand)?;
    signal(&child, Signal::INT)?;
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    Ran::of(&output).must(130, &["interrupted"])?;
    stand.finish()
}

fn killed() -> Result<(), String> {
    let stand = Stand::new(&[])?;
    fs::create_dir(stand.project()).map_err(|error| error.to_string())?;
    let mut child = started(&stand)?;
    signal(&child, Signal::KILL)?;
    child.wait().map_err(|error| error.to_string())?;
    let temporary = stand.scratch.path().join("tmp");
    let is_clean = || fs::read_dir(&temporary).into_iter().flatten().count() == 0;
    if !within(Duration::from_secs(30), is_clean) {
        return Err("the watchdog has not removed the folder".to_owned());
    }
    stand.finish()
}

fn waiting_jobs() -> Result<(), String> {
    let tasks = format!(
        "import os\n{INIT}from celery import Celery\n\napp = Celery(\"shop\", broker=os.environ[\"REDIS_URL\"])\n\n\n\
         @app.task\ndef fill():\n    open(\"filled\", \"w\")\n"
    );
    let mut stand = Stand::new(&[("tasks.py", &tasks)])?;
    if !crate::processes::redis_is_installed() {
        return stand.finish();
    }
    stand.stage.start_redis()?;
    let count = "import os, redis; print(redis.from_url(os.environ['REDIS_URL']).llen('celery'))";
    let send = "import tasks; tasks.fill.delay(); tasks.fill.delay()";
    let python = |stand: &Stand, code: &str| {
        let mut python = Command::new("python");
        python.current_dir(stand.project()).args(["-B", "-c", code]).env_clear().envs(stand.stage.variables());
        python.output().map_err(|error| error.to_string())
    };
    python(&stand, send)?;
    stand.run(&[], &["celery", "-A", "tasks", "worker", "-P", "solo"])?.must(0, &["\"celery\""])?;
    let waiting = String::from_utf8_lossy(&python(&stand, count)?.stdout).trim().to_owned();
    if waiting != "2" || stand.project().join("filled").exists() {
        return Err(format!("{waiting} jobs wait, not 2"));
    }
    stand.finish()
}

fn within(time: Duration, is_so: impl Fn() -> bool) -> bool {
    let end = Instant::now() + time;
    while !is_so() {
        if Instant::now() > end {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
    true
}
