//! What a process does when it starts, as lines of text: small projects in, the order of events out. Nothing here knows a real framework.
//! Read [`runs`] first: it is all that the tests call. A `?` marks what happens on some ways only.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests write their projects to a temporary folder")]

use std::path::Path;

use python_project::trace::{Entry, EventKind, Start, follow};
use python_project::{FileId, Meaning, ObjectId, Resolved, Vocabulary, Workspace};

/// Writes the project (`--- path` begins a file), starts `command` on paper, and compares what happens with `expected`.
///
/// Commands: `python FILE WORDS...`, `python -m MODULE WORDS...`, `serve MODULE:ATTRIBUTE`, `explore MODULE`; variables may stand before them.
#[track_caller]
fn runs(command: &str, project: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), project);
    let vocabulary = vocabulary();
    let workspace = Workspace::discover(folder.path(), &vocabulary, |_| false);
    let happened = happened(&workspace, &vocabulary, &start(&workspace, command));
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(happened, expected);
}

fn write(folder: &Path, project: &str) {
    for file in project.split("--- ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap();
        let path = folder.join(path.trim());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let settings = || Meaning::LoadsSettings { variable: "SETTINGS".to_owned() };
    vocabulary.add("web.App", Meaning::Builds(ObjectId(0)));
    vocabulary.add("web.App.route", Meaning::Extends(ObjectId(0)));
    vocabulary.add("queue_.Queue", Meaning::Builds(ObjectId(1)));
    vocabulary.add("queue_.Queue", Meaning::Includes);
    vocabulary.add("site_.get_application", Meaning::Builds(ObjectId(2)));
    vocabulary.add("site_.get_application", settings());
    vocabulary.add("site_.settings", settings());
    vocabulary.add("fragments.include", Meaning::Executes);
    vocabulary.add("server.serve", Meaning::Runs);
    vocabulary.add("patches.patch_all", Meaning::Prepares);
    vocabulary.add("sdk.init", Meaning::Starts);
    vocabulary
}

fn start(workspace: &Workspace, command: &str) -> Start {
    let mut words = command.split_whitespace().peekable();
    let mut environment = Vec::new();
    while let Some((name, value)) = words.peek().and_then(|word| word.split_once('=')) {
        environment.push((name.to_owned(), value.to_owned()));
        words.next();
    }
    let words: Vec<&str> = words.collect();
    let chain = |dotted: &str| match workspace.resolve(Path::new(""), dotted) {
        Some(Resolved::Module(chain)) => chain,
        other => panic!("{dotted}: {other:?}"),
    };
    let entry = match words[..] {
        ["python", "-m", module, ..] => {
            let mut packages = chain(module);
            let file = match workspace.is_package(*packages.last().unwrap()) {
                true => *chain(&format!("{module}.__main__")).last().unwrap(),
                false => packages.pop().unwrap(),
            };
            Entry::Script { packages, file }
        }
        ["python", file, ..] => Entry::Script { packages: Vec::new(), file: workspace.find(Path::new(file)).unwrap() },
        ["serve", target] => {
            let (module, attribute) = target.split_once(':').unwrap();
            Entry::Module { chain: chain(module), attribute: Some(attribute.to_owned()), explore: Vec::new() }
        }
        ["explore", module] => Entry::Module { chain: chain(module), attribute: None, explore: (0..1000).collect() },
        _ => panic!("{command}"),
    };
    let in_settings = |path: &Path| path.starts_with("settings") && !path.ends_with("__init__.py");
    let settings = workspace.files().filter(|(_, file)| in_settings(&file.path)).map(|(id, _)| id);
    Start {
        entry,
        import_path: vec![Path::new("").to_owned()],
        environment,
        arguments: words.iter().map(|word| (*word).to_owned()).collect(),
        settings: settings.collect(),
    }
}

fn happened(workspace: &Workspace, vocabulary: &Vocabulary, start: &Start) -> Vec<String> {
    let trace = follow(workspace, vocabulary, start);
    let mark = |certain: bool| if certain { "" } else { "?" };
    let path = |file: FileId| workspace.path(file).display().to_string().replace('\\', "/");
    let loads = trace.loads.iter().map(|load| (load.time, format!("load {}{}", path(load.file), mark(load.certain))));
    let events = trace.events.iter().map(|event| {
        let what = match event.kind {
            EventKind::Built(_) => format!("build {}", event.name),
            EventKind::Extended(_) => format!("part {}", event.name),
            EventKind::Started => "start".to_owned(),
            EventKind::Prepared => format!("prepare {}", event.name),
            EventKind::Scheduled(_) => format!("schedule {}", event.name),
        };
        let line = workspace.module(event.file).unwrap().source.line_column(event.span.start).0;
        (event.time, format!("{what} {}:{line}{}", path(event.file), mark(event.certain)))
    });
    let mut lines: Vec<(usize, String)> = loads.chain(events).collect();
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

#[test]
fn a_script_builds_an_object() {
    runs("python a.py", "--- a.py\nfrom web import App\napp = App()\n", "load a.py\n build web.App a.py:2");
}

#[test]
fn a_module_under_another_name() {
    runs("python a.py", "--- a.py\nimport web as w\nw.App()\n", "load a.py\n build web.App a.py:2");
}

#[test]
fn packages_are_entered_from_the_outside_in_and_once() {
    runs(
        "python a.py",
        "--- a.py\nimport p.q.r\nfrom p.q import r\n--- p/__init__.py\n--- p/q/__init__.py\n--- p/q/r.py\n",
        "load a.py\n load p/__init__.py\n load p/q/__init__.py\n load p/q/r.py",
    );
}

#[test]
fn relative_imports() {
    runs(
        "serve p.q.a:app",
        "--- p/__init__.py\n--- p/b.py\nfrom web import App\napp = App()\n--- p/q/__init__.py\n--- p/q/a.py\nfrom ..b import app\nfrom . import c\n--- p/q/c.py\n",
        "load p/__init__.py\n load p/q/__init__.py\n load p/q/a.py\n load p/b.py\n build web.App p/b.py:2\n load p/q/c.py",
    );
}

#[test]
fn star_imports_of_the_projects_and_of_others() {
    runs(
        "python a.py",
        "--- a.py\nfrom b import *\nmake()\nApp()\n--- b.py\nfrom web import *\ndef make():\n    App()\n",
        "load a.py\n load b.py\n build web.App b.py:3\n build web.App a.py:3",
    );
}

#[test]
fn modules_that_import_each_other() {
    runs(
        "python a.py",
        "--- a.py\nimport b\n--- b.py\nimport c\nfrom web import App\napp = App()\n--- c.py\nimport b\n",
        "load a.py\n load b.py\n load c.py\n build web.App b.py:3",
    );
}

#[test]
fn a_package_without_init() {
    runs(
        "python a.py",
        "--- a.py\nfrom p.b import app\n--- p/b.py\nfrom web import App\napp = App()\n",
        "load a.py\n load p/b.py\n build web.App p/b.py:2",
    );
}

#[test]
fn a_module_of_a_package_does_not_hide_the_library_of_its_name() {
    runs(
        "python -m p.jobs.web",
        "--- p/__init__.py\n--- p/jobs/web.py\nfrom web import App\nApp()\n",
        "load p/__init__.py\n load p/jobs/web.py\n build web.App p/jobs/web.py:2",
    );
}

#[test]
fn python_m_enters_the_packages_first() {
    runs(
        "python -m p.jobs",
        "--- p/__init__.py\n--- p/jobs/__init__.py\nfrom . import core\n--- p/jobs/core.py\nimport sdk\nsdk.init()\n--- p/jobs/__main__.py\nfrom web import App\nApp()\n",
        "load p/__init__.py\n load p/jobs/__init__.py\n load p/jobs/core.py\n start p/jobs/core.py:2\n load p/jobs/__main__.py\n build web.App p/jobs/__main__.py:2",
    );
}

#[test]
fn a_factory_that_the_server_calls() {
    runs(
        "serve a:create_app",
        "--- a.py\nfrom web import App\ndef create_app():\n    return App()\n",
        "load a.py\n build web.App a.py:3",
    );
}

#[test]
fn a_factory_that_nobody_calls_builds_nothing() {
    runs("serve a:app", "--- a.py\nfrom web import App\ndef create_app():\n    return App()\n", "load a.py");
}

#[test]
fn a_factory_whose_caller_is_not_known_is_explored() {
    runs(
        "explore a",
        "--- a.py\nfrom web import App\ndef create_app():\n    return App()\n",
        "load a.py\n build web.App a.py:3",
    );
}

#[test]
fn factories_through_several_modules() {
    runs(
        "python a.py",
        "--- a.py\nfrom b import make\napp = make()\n--- b.py\nimport c\ndef make():\n    return c.build(debug=False)\n--- c.py\nfrom web import App\ndef build(debug):\n    app = App()\n    app.route('/')\n    return app\n",
        "load a.py\n load b.py\n load c.py\n build web.App c.py:3\n part web.App.route c.py:4",
    );
}

#[test]
fn partial_is_the_function_itself() {
    runs(
        "python a.py",
        "--- a.py\nfrom functools import partial\nfrom web import App\ndef make(name):\n    return App(name)\nfactory = partial(make, 'x')\nfactory()\n",
        "load a.py\n build web.App a.py:4",
    );
}

#[test]
fn a_lambda() {
    runs("python a.py", "--- a.py\nimport web\nmake = lambda: web.App()\nmake()\n", "load a.py\n build web.App a.py:2");
}

#[test]
fn a_function_handed_to_a_server() {
    runs(
        "python a.py",
        "--- a.py\nimport server\nfrom web import App\ndef make():\n    return App()\nserver.serve(factory=make)\n",
        "load a.py\n build web.App a.py:4",
    );
}

#[test]
fn an_import_string_handed_to_a_server() {
    runs(
        "python a.py",
        "--- a.py\nimport server\nserver.serve('p.b:app')\n--- p/__init__.py\n--- p/b.py\nfrom web import App\napp = App()\n",
        "load a.py\n load p/__init__.py\n load p/b.py\n build web.App p/b.py:2",
    );
}

const COMMANDS: &str = "--- a.py
import click
from web import App
from queue_ import Queue
@click.group()
def cli():
    pass
@cli.command()
def web():
    App()
@cli.command()
def run_worker():
    Queue()
cli()
";

#[test]
fn the_sub_command_that_the_command_line_names() {
    runs("python a.py web", COMMANDS, "load a.py\n build web.App a.py:9");
    runs("python a.py run-worker", COMMANDS, "load a.py\n build queue_.Queue a.py:12");
}

#[test]
fn without_a_name_each_sub_command_may_run() {
    runs("python a.py", COMMANDS, "load a.py\n build web.App a.py:9?\n build queue_.Queue a.py:12?");
}

#[test]
fn a_function_that_was_handed_to_itself_runs_and_ends() {
    runs(
        "python a.py",
        "--- a.py\nfrom web import App\ndef tool():\n    pass\ndef other():\n    App()\ntool.add(tool)\ntool.add(other)\ntool()\n",
        "load a.py\n build web.App a.py:5?",
    );
}

#[test]
fn a_subclass_whose_init_calls_super() {
    runs(
        "python a.py",
        "--- a.py\nfrom web import App\nclass Mine(App):\n    def __init__(self):\n        super().__init__(__name__)\n        import late\napp = Mine()\n--- late.py\n",
        "load a.py\n build web.App a.py:4\n load late.py",
    );
}

#[test]
fn a_subclass_without_init_is_built_where_it_is_called() {
    runs(
        "python a.py",
        "--- a.py\nfrom b import Mine\napp = Mine()\n--- b.py\nfrom web import App\nclass Mine(App):\n    pass\n",
        "load a.py\n load b.py\n build web.App a.py:2",
    );
}

#[test]
fn an_object_as_a_class_attribute() {
    runs(
        "python a.py",
        "--- a.py\nfrom web import App\nclass Container:\n    app = App()\n    def run(self):\n        self.app.route('/')\nContainer().run()\n",
        "load a.py\n build web.App a.py:3\n part web.App.route a.py:5",
    );
}

#[test]
fn an_object_as_an_attribute_that_a_method_sets() {
    runs(
        "python a.py",
        "--- a.py\nfrom web import App\nclass Container:\n    def __init__(self):\n        self.app = self.build()\n    def build(self):\n        return App()\nContainer().app.route('/')\n",
        "load a.py\n build web.App a.py:6\n part web.App.route a.py:7",
    );
}

#[test]
fn a_class_method_as_a_factory() {
    runs(
        "serve a:Factory.make",
        "--- a.py\nfrom web import App\nclass Factory:\n    @classmethod\n    def make(cls):\n        return App()\n",
        "load a.py\n build web.App a.py:5",
    );
}

#[test]
fn an_import_that_may_fail_is_taken_to_succeed() {
    runs(
        "python a.py",
        "--- a.py\ntry:\n    import b\nexcept ImportError:\n    import c\n--- b.py\n--- c.py\n",
        "load a.py\n load b.py\n load c.py?",
    );
}

#[test]
fn what_both_ways_load_is_loaded_for_certain() {
    runs(
        "python a.py",
        "--- a.py\nimport os\nif os.getenv('X'):\n    import b\nelse:\n    import c\n--- b.py\nimport base\n--- c.py\nimport base\n--- base.py\n",
        "load a.py\n load b.py?\n load base.py\n load c.py?",
    );
}

#[test]
fn what_one_way_loads_through_a_module_that_is_there_already_counts_too() {
    runs(
        "python a.py",
        "--- a.py\nimport os\nif os.getenv('X'):\n    import b\nelse:\n    import d\n--- b.py\nimport base\n--- d.py\nimport b\n--- base.py\n",
        "load a.py\n load b.py\n load base.py\n load d.py?",
    );
}

#[test]
fn a_way_that_raises_is_no_way() {
    runs(
        "python a.py",
        "--- a.py\nimport os\nif os.getenv('X'):\n    import b\nelse:\n    raise SystemExit\n--- b.py\n",
        "load a.py\n load b.py",
    );
}

#[test]
fn what_follows_a_return_that_may_happen_is_uncertain() {
    runs(
        "python a.py",
        "--- a.py\nimport os\nfrom web import App\ndef main():\n    if os.getenv('X'):\n        return\n    App()\nmain()\n",
        "load a.py\n build web.App a.py:6?",
    );
}

#[test]
fn the_main_guard_holds_for_scripts_alone() {
    let project = "--- a.py\nfrom web import App\nif __name__ == '__main__':\n    App()\n";
    runs("python a.py", project, "load a.py\n build web.App a.py:3");
    runs("serve a:app", project, "load a.py");
}

#[test]
fn an_import_inside_a_function_happens_when_it_is_called() {
    runs(
        "python a.py",
        "--- a.py\nfrom web import App\ndef main():\n    import b\napp = App()\nmain()\n--- b.py\n",
        "load a.py\n build web.App a.py:4\n load b.py",
    );
}

#[test]
fn type_checking_imports_do_not_happen() {
    runs(
        "python a.py",
        "--- a.py\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\n--- b.py\n",
        "load a.py",
    );
}

#[test]
fn a_variable_of_the_process_decides() {
    let project = "--- a.py\nimport os\nif os.environ.get('KIND', 'web') == 'web':\n    import b\nelse:\n    import c\n--- b.py\n--- c.py\n";
    runs("KIND=web python a.py", project, "load a.py\n load b.py");
    runs("KIND=job python a.py", project, "load a.py\n load c.py");
    runs("python a.py", project, "load a.py\n load b.py?\n load c.py?");
}

const SETTINGS: &str = "--- wsgi.py
import os
import site_
os.environ.setdefault('SETTINGS', 'settings.dev')
app = site_.get_application()
--- settings/__init__.py
--- settings/base.py
DEBUG = False
--- settings/dev.py
from .base import *
--- settings/prod.py
from .base import *
";

#[test]
fn settings_that_the_code_names() {
    runs(
        "serve wsgi:app",
        SETTINGS,
        "load wsgi.py\n build site_.get_application wsgi.py:4\n load settings/__init__.py\n load settings/dev.py\n load settings/base.py",
    );
}

#[test]
fn settings_that_the_environment_names() {
    runs(
        "SETTINGS=settings.prod serve wsgi:app",
        SETTINGS,
        "load wsgi.py\n build site_.get_application wsgi.py:4\n load settings/__init__.py\n load settings/prod.py\n load settings/base.py",
    );
}

#[test]
fn settings_that_nothing_names_share_their_base() {
    runs(
        "python a.py",
        "--- a.py\nimport site_\nsite_.settings.DEBUG\n--- settings/__init__.py\n--- settings/base.py\nX = 1\n--- settings/dev.py\nfrom .base import *\n--- settings/heroku.py\nfrom .prod import *\n--- settings/prod.py\nfrom .base import *\n",
        "load a.py\n load settings/base.py\n load settings/dev.py?\n load settings/heroku.py?\n load settings/prod.py?",
    );
}

#[test]
fn included_modules_come_last() {
    runs(
        "python a.py",
        "--- a.py\nfrom queue_ import Queue\nq = Queue(include=['p.tasks'])\nimport b\n--- b.py\n--- p/__init__.py\n--- p/tasks.py\n",
        "load a.py\n build queue_.Queue a.py:2\n load b.py\n load p/__init__.py\n load p/tasks.py",
    );
}

#[test]
fn files_that_are_executed_in_place() {
    runs(
        "python a.py",
        "--- a.py\nfrom fragments import include\ninclude('conf/one.py')\nApp()\n--- conf/one.py\nfrom web import App\n",
        "load a.py\n build web.App a.py:3",
    );
}

#[test]
fn what_is_prepared_and_what_is_started() {
    runs(
        "python a.py",
        "--- a.py\nfrom patches import patch_all\npatch_all()\nimport sdk\nsdk.init()\nfrom web import App\nApp()\n",
        "load a.py\n prepare patches.patch_all a.py:2\n start a.py:4\n build web.App a.py:6",
    );
}

#[test]
fn a_loop_over_known_names_loads_each() {
    runs(
        "python a.py",
        "--- a.py\nimport importlib\nfor name in ('b', 'c'):\n    importlib.import_module(name)\n--- b.py\n--- c.py\n",
        "load a.py\n load b.py\n load c.py",
    );
}

#[test]
fn a_context_manager_and_a_decorator_of_the_projects() {
    runs(
        "python a.py",
        "--- a.py\nfrom b import logged\nfrom web import App\n@logged\ndef main():\n    with open('x') as f:\n        App()\nmain()\n--- b.py\ndef logged(f):\n    import c\n    return f\n--- c.py\nfrom web import App\n",
        "load a.py\n load b.py\n load c.py\n build web.App a.py:6",
    );
}

#[test]
fn every_part_of_a_comprehension_runs() {
    runs(
        "python a.py",
        "--- a.py\nfrom web import App\n[x for x in [App()]]\n[x for x in y if App()]\n{App(): x for x in y}\n{x: App() for x in y}\n",
        "load a.py\n build web.App a.py:2\n build web.App a.py:3\n build web.App a.py:4\n build web.App a.py:5",
    );
}

/// Whether `second` does the same after `first` was followed in the same workspace as it does alone.
#[track_caller]
fn is_the_same_after(first: &str, second: &str, project: &str) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), project);
    let vocabulary = vocabulary();
    let discover = || Workspace::discover(folder.path(), &vocabulary, |_| false);
    let alone = discover();
    let expected = happened(&alone, &vocabulary, &start(&alone, second));
    let workspace = discover();
    happened(&workspace, &vocabulary, &start(&workspace, first));
    assert_eq!(happened(&workspace, &vocabulary, &start(&workspace, second)), expected);
    assert!(expected.iter().any(|line| line.starts_with("build")), "{expected:?}");
}

#[test]
fn a_plain_module_is_the_same_in_the_next_run() {
    let project = "--- a.py\nimport plain\nplain.make()\n--- b.py\nif unknown():\n    import plain\nimport plain\nfrom web import App\nApp()\n\
        --- plain.py\nfrom web import App\nif unknown():\n    import left, both\nelse:\n    import right, both\ndef make():\n    return App()\n\
        --- left.py\nfrom web import App\n--- right.py\nimport queue_\n--- both.py\nfrom web import App\nApp()\n";
    is_the_same_after("python a.py", "python b.py", project);
    is_the_same_after("python b.py", "python a.py", project);
}

#[test]
fn names_of_a_module_that_is_still_loading_are_found_in_the_next_run() {
    let project = "--- a.py\nimport p\n--- b.py\nimport q\nq.make()\n\
        --- p.py\nimport q\nfrom web import App\ndef make():\n    return App()\n--- q.py\nfrom p import make\n";
    is_the_same_after("python a.py", "python b.py", project);
}

#[test]
fn a_variable_that_this_run_sets_is_read_anew() {
    let project = "--- a.py\nimport config\nimport web\n--- b.py\nimport os\nos.environ['KIND'] = 'web'\nimport config\nif config.kind == 'web':\n    import app\nelse:\n    import other\n\
        --- config.py\nimport os\nfrom web import App\nkind = os.environ.get('KIND')\n--- app.py\nfrom web import App\nApp()\n--- other.py\nfrom web import App\n";
    is_the_same_after("python a.py", "python b.py", project);
}

#[test]
fn what_another_run_handed_to_an_object_is_not_called() {
    let project = "--- a.py\nfrom base import cli\nimport commands\ncli()\n--- b.py\nfrom base import cli\nfrom web import App\nApp()\ncli()\n\
        --- base.py\nimport click\nfrom web import App\ncli = click.Group()\n\
        --- commands.py\nfrom base import cli\nfrom web import App\n@cli.command()\ndef serve():\n    App()\n";
    is_the_same_after("python a.py", "python b.py", project);
}
