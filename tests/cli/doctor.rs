//! The doctor at its command line: what it finds, mends and explains, and how it exits.

use serde_json::Value;

use crate::Project;

/// A worker whose integration is not named.
const JOBS: &str = "\
import dramatiq
import sentry_sdk
from dramatiq.brokers.redis import RedisBroker

sentry_sdk.init(
    traces_sample_rate=0.1,
    debug=True,  # for now
)

dramatiq.set_broker(RedisBroker())
";

fn dramatiq() -> Project {
    Project::of(&[
        ("jobs.py", JOBS),
        ("requirements.txt", "dramatiq\nsentry-sdk>=2.40\n"),
        ("Procfile", "worker: dramatiq jobs\n"),
    ])
}

#[test]
fn findings_go_to_stdout_and_the_sum_to_stderr() {
    let run = dramatiq().run(&["doctor"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let found = run.diff();
    assert!(found.starts_with("error[integration-missing]: `integrations` lacks `DramatiqIntegration`"), "{found}");
    assert!(found.contains("\n  --> jobs.py:5:1\n") && found.ends_with("  fix: --fix makes it\n"), "{found}");
    assert!(run.stderr.starts_with("1 error\n1 can be mended"), "{}", run.stderr);
}

#[test]
fn the_change_is_shown_made_and_taken_back() {
    let project = dramatiq();
    let shown = project.run(&["doctor", "--diff"]);
    assert!(shown.diff().contains("+    integrations=[DramatiqIntegration()],"), "{}", shown.diff());
    assert_eq!(project.read("jobs.py"), JOBS);
    let fixed = project.run(&["doctor", "--fix"]);
    assert_eq!((fixed.code, fixed.diff().as_str()), (0, ""), "{}", fixed.stderr);
    assert!(
        project.read("jobs.py").contains("    debug=True,  # for now\n    integrations=[DramatiqIntegration()],\n")
    );
    assert_eq!(project.run(&["doctor"]).code, 0);
    project.run(&["undo"]);
    assert_eq!(project.read("jobs.py"), JOBS);
}

#[test]
fn kinds_of_findings_are_chosen() {
    let project = dramatiq();
    assert_eq!(project.run(&["doctor", "--ignore", "integration-missing"]).code, 0);
    assert_eq!(project.run(&["doctor", "--select", "double-init"]).code, 0);
    assert_eq!(project.run(&["doctor", "--exit-zero"]).code, 0);
    let unknown = project.run(&["doctor", "--select", "double-inits"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("did you mean `double-init`?"), "{}", unknown.stderr);
}

#[test]
fn a_comment_leaves_a_finding_out() {
    let project = dramatiq();
    let init = "sentry_sdk.init(  # sentry-codemod: ignore[integration-missing]\n";
    project.write("jobs.py", JOBS.replace("sentry_sdk.init(\n", init));
    let run = project.run(&["doctor"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, "nothing is wrong\n"));
}

#[test]
fn the_main_run_tells_and_mends_errors() {
    let project = dramatiq();
    let check = project.run(&["--check"]);
    assert_eq!(check.code, 1);
    assert!(check.stderr.contains("error[integration-missing]"), "{}", check.stderr);
    assert!(check.diff().contains("+    integrations=[DramatiqIntegration()],"), "{}", check.diff());
    project.write("requirements.txt", "dramatiq\nsentry-sdk>=2.40\n");
    project.write(
        "jobs.py",
        format!("OPTIONS = {{}}\n{}", JOBS.replace("    debug=True,  # for now\n", "    **OPTIONS,\n")),
    );
    // An error stands that nothing mends: the exit code says so.
    let check = project.run(&["--check"]);
    assert_eq!((check.code, check.diff().as_str()), (1, ""), "{}", check.stderr);
}

#[test]
fn findings_as_data_have_an_end_and_say_how_sure_their_fix_is() {
    let run = dramatiq().run(&["doctor", "--output-format", "json"]);
    let document: Value = serde_json::from_slice(&run.stdout).unwrap();
    let finding = &document["projects"][0]["findings"][0];
    assert_eq!(finding["code"], "integration-missing");
    assert_eq!((&finding["place"]["line"], &finding["end"]["line"]), (&Value::from(5), &Value::from(8)));
    assert_eq!((finding["applicability"].as_str(), finding["status"].as_str()), (Some("safe"), Some("skipped")));
    let github = dramatiq().run(&["doctor", "--output-format", "github"]).diff();
    assert!(github.starts_with("::error file=jobs.py,line=5,"), "{github}");
    let sarif = dramatiq().run(&["doctor", "--output-format", "sarif"]);
    let log: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["endLine"], 8);
    assert_eq!(result["fixes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_there_is_to_explain_is_explained() {
    let project = Project::flask();
    let rules = project.run(&["rules"]).diff();
    for name in ["double-init", "celery", "falcon-asgi", "init-in-request", "no-check-in"] {
        assert!(rules.lines().any(|line| line.starts_with(&format!("{name} "))), "{rules}");
        let page = project.run(&["explain", name]);
        assert!(page.code == 0 && page.diff().starts_with("# "), "{}{}", page.diff(), page.stderr);
    }
    assert!(project.run(&["explain", "Falcon ASGI"]).diff().starts_with("# Falcon ASGI"));
    project.run(&["explain", "double-innit"]).fails(2, "did you mean `double-init`?");
}

#[test]
fn a_project_without_sentry_is_no_patient_beside_one_that_has_it() {
    let tool =
        [("tool/requirements.txt", "flask\n"), ("tool/tool.py", "from flask import Flask\n\napp = Flask(__name__)\n")];
    let project = Project::of(&tool);
    assert!(project.run(&["doctor", "tool"]).diff().contains("error[missing-init]"));
    project.write("shop/requirements.txt", "flask\nsentry-sdk\n");
    project.write("shop/shop.py", "import sentry_sdk\nfrom flask import Flask\n\nsentry_sdk.init(traces_sample_rate=0.1)\n\napp = Flask(__name__)\n");
    let run = project.run(&["doctor"]);
    assert_eq!((run.code, run.diff().as_str()), (0, ""), "{}", run.stderr);
    assert!(run.stderr.starts_with("no Sentry in ") && run.stderr.contains("tool;"), "{}", run.stderr);
}
