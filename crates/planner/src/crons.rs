//! Jobs that the clock starts: what a rule says of them, and whether a project has some. Read [`Crons`] and [`Monitor`] first.
//! Never decides what is written for them.

use pep440_rs::Version;
use python_manifest::{Declared, Group};
use python_project::process::Process;
use python_project::{FileId, Workspace};
use python_source::outline::{Expr, ExprKind, Stmt, StmtKind};
use serde::Deserialize;

/// Jobs that the clock starts, where the integration reports on them when it is asked to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Crons {
    /// The feature that this is.
    pub feature: String,
    /// The argument of the integration that asks for it.
    pub option: String,
    /// The first release of the SDK that has the argument.
    since: Version,
    /// Names that are assigned, called or used as keys only where there are such jobs.
    pub names: Vec<String>,
    /// Distributions that nobody has without such jobs.
    #[serde(default)]
    pub distributions: Vec<String>,
    /// Commands that start such jobs: the words of a launcher, then options of it.
    #[serde(default)]
    pub commands: Vec<String>,
}

impl Crons {
    /// The first release of the SDK that has the argument.
    pub fn since(&self) -> Version {
        self.since.clone()
    }
}

/// A function of the SDK that jobs are handed to, and the ways in which the system is given jobs.
/// A name without a dot is a method of what `builds` builds; the others are qualified.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Monitor {
    /// The feature that this is.
    pub feature: String,
    /// The function; it takes `monitor_slug`.
    pub call: String,
    /// The module it is imported from.
    pub module: String,
    /// The first release of the SDK that has it.
    since: Version,
    /// Calls that give a decorator for the job.
    pub decorators: Vec<String>,
    /// Calls whose first argument is the job.
    #[serde(default)]
    pub takes: Vec<String>,
    /// Calls that begin an expression such as `every().day.do(job)`.
    #[serde(default)]
    pub begins: Vec<String>,
    /// The method that ends such an expression; its first argument is the job.
    pub ends: Option<String>,
    /// The keyword by which the job may be given instead.
    pub keyword: String,
    /// The keyword that gives the job a name other than its function's.
    pub name: Option<String>,
    /// Words in modules that keep jobs by the names of their functions: there nothing can be put around a function.
    #[serde(default)]
    pub by_name: Vec<String>,
}

impl Monitor {
    /// The first release of the SDK that has the function.
    pub fn since(&self) -> Version {
        self.since.clone()
    }
}

/// Whether one of the system's processes, which are given, or something that is declared shows it.
pub fn starts_jobs<'a>(
    crons: &Crons,
    workspace: &Workspace,
    processes: &[&Process],
    mut declared: impl Iterator<Item = &'a Declared>,
) -> bool {
    declared.any(|one| one.group == Group::Runtime && crons.distributions.contains(&one.distribution))
        || processes.iter().any(|process| crons.commands.iter().any(|command| is_command(process, command)))
        || processes.iter().any(|process| process.trace.loads.iter().any(|load| in_file(crons, workspace, load.file)))
}

/// Whether the process is started by the words of `command`: those of its launcher first, the others anywhere.
fn is_command(process: &Process, command: &str) -> bool {
    let more = command.strip_prefix(process.launcher.as_str()).filter(|_| !process.launcher.is_empty());
    more.is_some_and(|more| {
        let mut more = more.split_whitespace();
        more.all(|word| process.start.arguments.iter().any(|argument| argument == word))
    })
}

/// Whether code of the file, at any depth, speaks of one of the names. Only a file whose text holds one is parsed.
fn in_file(crons: &Crons, workspace: &Workspace, file: FileId) -> bool {
    let text = workspace.glance(file);
    crons.names.iter().any(|name| memchr::memmem::find(&text, name.as_bytes()).is_some())
        && workspace.module(file).is_ok_and(|module| in_body(&module.outline.body, &crons.names))
}

fn in_body(body: &[Stmt], names: &[String]) -> bool {
    body.iter().any(|stmt| {
        let inside = match &stmt.kind {
            StmtKind::Function(function) => in_body(&function.body, names),
            StmtKind::Class(class) => in_body(&class.body, names),
            _ => stmt.blocks().into_iter().any(|block| in_body(block, names)),
        };
        inside || stmt.expressions().into_iter().any(|expr| in_expression(expr, names))
    })
}

/// A variable, an attribute, a keyword argument, or a key of a dictionary.
fn in_expression(expr: &Expr, names: &[String]) -> bool {
    let is_one = |name: &String| names.contains(name);
    let here = match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute(_, name) => is_one(name),
        ExprKind::Call(call) => call.keywords.iter().filter_map(|(name, _)| name.as_ref()).any(is_one),
        ExprKind::Dict(items) => items.iter().any(|(key, _)| match key.as_ref().map(|key| &key.kind) {
            Some(ExprKind::Str(key)) => is_one(key),
            _ => false,
        }),
        ExprKind::Subscript(_, index) => matches!(&index.kind, ExprKind::Str(key) if is_one(key)),
        _ => false,
    };
    here || expr.children().into_iter().any(|child| in_expression(child, names))
}

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::fixture::{Planned, planned, planned_as};

    const CELERY: &str = "from celery import Celery\napp = Celery('shop')\n";

    /// The `integrations` argument of the init in the file.
    fn integrations(planned: &Planned, path: &str) -> String {
        let added = planned.added(path);
        added.lines().find(|line| line.contains("integrations=")).unwrap_or_default().trim().to_owned()
    }

    #[track_caller]
    fn beat(files: &[(&str, &str)], expected: bool) {
        let planned = planned(&[&[("requirements.txt", "celery\n")], files].concat());
        let written = integrations(&planned, "jobs.py");
        let option = if expected { "integrations=[CeleryIntegration(monitor_beat_tasks=True)]," } else { "" };
        assert_eq!(written, option, "{}", planned.diff);
    }

    #[test]
    fn celery_beat_shows_in_code_or_on_a_command_line() {
        let worker = ("Procfile", "w: celery -A jobs worker\n");
        for schedule in [
            "app.conf.beat_schedule = {'a': {}}\n",
            "app.conf.update(beat_schedule={})\n",
            "app.conf.update({'beat_schedule': {}})\n",
            "app.conf['CELERYBEAT_SCHEDULE'] = {}\n",
            "@app.on_after_configure.connect\ndef hook(sender, **_):\n    sender.add_periodic_task(10, f.s())\n",
        ] {
            beat(&[worker, ("jobs.py", &format!("{CELERY}{schedule}"))], true);
        }
        let jobs = ("jobs.py", CELERY);
        beat(&[("Procfile", "w: celery -A jobs worker\nb: celery -A jobs beat\n"), jobs], true);
        beat(&[("Procfile", "w: celery -A jobs worker -l INFO -B\n"), jobs], true);
        beat(&[worker, jobs, ("requirements.txt", "celery\ndjango-celery-beat\n")], true);
        beat(&[worker, jobs], false);
        beat(&[worker, ("jobs.py", &format!("{CELERY}# beat_schedule\n"))], false);
    }

    #[test]
    fn the_sdk_is_raised_to_the_option_or_goes_without() {
        let jobs = "from huey import RedisHuey, crontab\nhuey = RedisHuey('shop')\n@huey.periodic_task(crontab())\ndef f(): pass\n";
        let files = |requirements| {
            [("requirements.txt", requirements), ("Procfile", "w: huey_consumer jobs.huey\n"), ("jobs.py", jobs)]
        };
        let new = planned(&files("huey\n"));
        assert_eq!(integrations(&new, "jobs.py"), "integrations=[HueyIntegration(monitor_periodic_tasks=True)],");
        assert_eq!(new.added("requirements.txt"), "sentry-sdk[huey]>=2.73,<3\n");
        let raised = planned(&files("huey\nsentry-sdk>=2.40\n"));
        assert!(raised.added("requirements.txt").contains(">=2.73"), "{}", raised.diff);
        let fixed = planned(&files("huey\nsentry-sdk==2.60.0\n"));
        assert_eq!(integrations(&fixed, "jobs.py"), "");
        assert!(fixed.said.contains("no `monitor_periodic_tasks`: it needs sentry-sdk 2.73.0"), "{}", fixed.said);
        let without = Choices { without: vec!["crons".to_owned()], ..Choices::default() };
        assert_eq!(integrations(&planned_as(&files("huey\n"), &without), "jobs.py"), "");
    }

    #[test]
    fn what_cron_starts_is_for_a_person_to_watch() {
        let script = ("sweep.py", "def main():\n    pass\n\n\nif __name__ == '__main__':\n    main()\n");
        let cron_job = "apiVersion: batch/v1\nkind: CronJob\nspec:\n  schedule: '0 3 * * *'\n  x:\n    containers:\n    - name: a\n      command: [python, sweep.py]\n";
        for (path, text) in [("crontab", "0 3 * * * python sweep.py\n"), ("k8s/a.yaml", cron_job)] {
            let planned = planned(&[("requirements.txt", "requests\n"), script, (path, text)]);
            assert!(planned.added("sweep.py").contains("sentry_sdk.init("), "{}{}", planned.diff, planned.said);
            let note = "nobody is told when `python sweep.py` does not run at `0 3 * * *`; start it as `sentry-cli monitors run SLUG -- python sweep.py`";
            assert!(planned.said.contains(note), "{}", planned.said);
        }
    }

    #[test]
    fn arq_lists_its_cron_jobs_in_the_class() {
        let jobs = "from arq import cron\nasync def f(ctx): pass\nclass WorkerSettings:\n    cron_jobs = [cron(f, minute=1)]\n";
        let planned =
            planned(&[("requirements.txt", "arq\n"), ("Procfile", "w: arq jobs.WorkerSettings\n"), ("jobs.py", jobs)]);
        assert_eq!(integrations(&planned, "jobs.py"), "integrations=[ArqIntegration(monitor_cron_jobs=True)],");
    }
}
