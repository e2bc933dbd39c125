//! What goes to stdout for programs: JSON by its published schema, SARIF, annotations for GitHub.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::Run;
use crate::{APP, Project};

impl Run {
    /// Stdout as JSON, held against the published schema.
    #[track_caller]
    fn document(&self) -> Value {
        let document: Value = serde_json::from_slice(&self.stdout).unwrap();
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/output.schema.json");
        let schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource("schema.json", schema).unwrap();
        let index = compiler.compile("schema.json", &mut schemas).unwrap();
        if let Err(error) = schemas.validate(&document, index) {
            panic!("{error:#}");
        }
        document
    }
}

impl Project {
    fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--output-format", "json"]].concat()).document()
    }

    fn sarif(&self, arguments: &[&str]) -> Value {
        serde_json::from_slice(&self.run(&[arguments, &["--output-format", "sarif"]].concat()).stdout).unwrap()
    }
}

/// The codes of a project's findings, with what became of each.
fn findings(document: &Value) -> Vec<(&str, &str)> {
    let findings = document["projects"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| (finding["code"].as_str().unwrap(), finding["status"].as_str().unwrap())).collect()
}

#[test]
fn json_of_a_dry_run() {
    let project = Project::flask();
    let document = project.json(&[]);
    assert_eq!((&document["mode"], &document["schema_version"]), (&"dry-run".into(), &1.into()));
    assert_eq!(findings(&document), [("missing-init", "skipped"), ("missing-requirement", "skipped")]);
    assert_eq!(document["projects"][0]["plan"]["requirement"]["text"], "sentry-sdk[flask]>=2.70,<3");
    assert_eq!(
        document["summary"],
        serde_json::json!({
            "exit_code": 0, "files": 2, "fixed": 0, "skipped": 2, "blocked": 0, "failed": 0, "by_hand": 0
        })
    );
    let diffs: String =
        document["changes"].as_array().unwrap().iter().map(|change| change["diff"].as_str().unwrap()).collect();
    assert_eq!(diffs, project.run(&[]).diff());
}

#[test]
fn json_of_an_apply_says_what_was_fixed() {
    let project = Project::flask();
    let document = project.json(&["--apply"]);
    assert_eq!(findings(&document), [("missing-init", "fixed"), ("missing-requirement", "fixed")]);
    let again = project.json(&["--apply"]);
    assert_eq!(
        (findings(&again), &again["changes"], &again["pull_request"]),
        (vec![], &Value::Array(vec![]), &Value::Null)
    );
}

#[test]
fn json_of_a_check_has_the_exit_code() {
    let project = Project::flask();
    let run = project.run(&["--check", "--output-format", "json"]);
    assert_eq!((run.code, &run.document()["summary"]["exit_code"]), (1, &1.into()));
}

#[test]
fn json_of_a_refused_apply_says_what_is_in_the_way() {
    let project = Project::flask();
    project.git(&["init", "--quiet"]);
    let run = project.run(&["--apply", "--output-format", "json"]);
    let document = run.document();
    assert_eq!((run.code, &document["summary"]["exit_code"]), (2, &2.into()));
    assert_eq!(findings(&document), [("missing-init", "blocked"), ("missing-requirement", "blocked")]);
    let reason = document["projects"][0]["findings"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("`app.py`") && reason.contains("--allow-dirty"), "{reason}");
    assert_eq!(project.read("app.py"), APP);
}

#[test]
fn json_of_a_change_that_is_held_back() {
    let project = Project::of(&[("app.py", APP), ("requirements.txt", "flask\nsentry-sdk==2.10.0\n")]);
    let document = project.json(&["--sdk-version", "2.75"]);
    for held_back in ["missing-init", "missing-requirement"] {
        assert!(findings(&document).contains(&(held_back, "blocked")), "{document}");
    }
    assert_eq!(document["projects"][0]["plan"]["applicability"], "unsafe");
    let document = project.json(&["--sdk-version", "2.75", "--unsafe-fixes"]);
    assert!(findings(&document).iter().any(|(_, status)| *status == "skipped"), "{document}");
}

#[test]
fn json_of_what_only_a_person_can_do() {
    let project =
        Project::of(&[("app.py", "from flask import Flask\n\napp = Flask(\n"), ("requirements.txt", "flask\n")]);
    let document = project.json(&[]);
    let all =
        document["projects"][0]["findings"].as_array().unwrap().iter().chain(document["findings"].as_array().unwrap());
    let broken: Vec<&Value> = all.filter(|finding| finding["code"] == "unreadable-file").collect();
    assert_eq!((&broken[0]["status"], &broken[0]["place"]["path"]), (&"by-hand".into(), &"app.py".into()));
}

#[test]
fn json_has_a_pull_request_to_open() {
    let document = Project::flask().json(&[]);
    let pull_request = &document["pull_request"];
    assert_eq!(pull_request["title"], "Report errors to Sentry");
    let body = pull_request["body"].as_str().unwrap();
    for words in ["`app.py`", "sentry-sdk[flask]>=2.70,<3", "SENTRY_DSN", "Switched on: errors, tracing, logs"] {
        assert!(body.contains(words), "{body}");
    }
}

#[test]
fn json_of_detect_has_facts_alone() {
    let project = Project::flask();
    let run = project.run(&["detect", "--output-format", "json"]);
    let document = run.document();
    assert_eq!((&document["mode"], &document["changes"]), (&"detect".into(), &Value::Array(vec![])));
    let shop = &document["projects"][0];
    assert_eq!(
        (&shop["systems"][0]["name"], &shop["plan"], &shop["recommendation"]),
        (&"Flask".into(), &Value::Null, &Value::Null)
    );
    assert_eq!(shop["processes"][0]["starts_sentry"], false);
}

#[test]
fn detect_prints_facts_on_stdout() {
    let run = Project::flask().run(&["detect"]);
    let text = run.diff();
    assert!(text.contains("Flask at app.py:3") && !text.contains("recommended"), "{text}");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn the_story_stays_on_stderr_and_quiet_takes_it_away() {
    let project = Project::flask();
    for format in ["json", "sarif", "github"] {
        assert!(project.run(&["--output-format", format]).stderr.contains("Flask"));
        assert_eq!(project.run(&["--output-format", format, "--quiet"]).stderr, "");
    }
}

#[test]
fn doctor_speaks_the_same_forms() {
    let app =
        "import sentry_sdk\nfrom flask import Flask\n\nsentry_sdk.init()\nsentry_sdk.init()\n\napp = Flask(__name__)\n";
    let project = Project::of(&[("app.py", app), ("requirements.txt", "flask\nsentry-sdk\n")]);
    let run = project.run(&["doctor", "--quiet", "--output-format", "json"]);
    let document = run.document();
    assert_eq!((&document["mode"], run.stderr.as_str()), (&"doctor".into(), ""));
    assert!(findings(&document).iter().any(|(code, _)| *code == "double-init"), "{document}");
    let annotations = project.run(&["doctor", "--output-format", "github"]).diff();
    assert!(annotations.contains("::warning file=app.py,line=5"), "{annotations}");
}

#[test]
fn annotations_stand_where_the_change_goes() {
    let project = Project::of(&[("services/web, api/app.py", APP), ("services/web, api/requirements.txt", "flask\n")]);
    project.git(&["init", "--quiet"]);
    let run = project.run(&["services/web, api", "--check", "--output-format", "github"]);
    let lines = run.diff();
    let mut lines = lines.lines();
    assert!(lines.next().unwrap().starts_with(
        "::error file=services/web%2C api/app.py,line=1,col=24,title=sentry-codemod (missing-init)::process `app` starts without Sentry%0A"
    ));
    assert!(lines.next().unwrap().starts_with("::error file=services/web%2C api/requirements.txt,line=1,col=6,"));
    assert_eq!((lines.next(), run.code), (None, 1));
}

#[test]
fn what_was_mended_is_not_annotated() {
    assert_eq!(Project::flask().run(&["--apply", "--output-format", "github"]).diff(), "");
}

#[test]
fn sarif_names_rule_level_and_place() {
    let log = Project::flask().sarif(&[]);
    assert_eq!((&log["version"], &log["runs"][0]["invocations"][0]["exitCode"]), (&"2.1.0".into(), &0.into()));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!((&rule["id"], &result["level"]), (&result["ruleId"], &"error".into()));
        assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64() >= Some(1));
    }
}

/// The edits of the first fix in a log, carried out on the texts before: by path the texts after.
fn fixed(project: &Project, log: &Value) -> BTreeMap<String, String> {
    let changes = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"].as_array().unwrap();
    let mut texts = BTreeMap::new();
    for change in changes {
        let path = change["artifactLocation"]["uri"].as_str().unwrap();
        let before = project.read(path);
        let offset = |region: &Value, which: &str| {
            let number = |key: String| usize::try_from(region[key.as_str()].as_u64().unwrap()).unwrap();
            let (line, column) = (number(format!("{which}Line")), number(format!("{which}Column")));
            let start: usize = before.split_inclusive('\n').take(line - 1).map(str::len).sum();
            let before_column: usize = before[start..].chars().take(column - 1).map(char::len_utf8).sum();
            start + before_column
        };
        let (mut after, mut at) = (String::new(), 0);
        for replacement in change["replacements"].as_array().unwrap() {
            let region = &replacement["deletedRegion"];
            after.push_str(&before[at..offset(region, "start")]);
            after.push_str(replacement["insertedContent"]["text"].as_str().unwrap());
            at = offset(region, "end");
        }
        after.push_str(&before[at..]);
        texts.insert(path.to_owned(), after);
    }
    texts
}

#[test]
fn fixes_of_sarif_do_what_apply_does() {
    let app = "from flask import Flask; größe = 'ä'; app = Flask(__name__)\n";
    let project = Project::of(&[("app.py", app), ("requirements.txt", "flask  # ünd mehr")]);
    let fixed = fixed(&project, &project.sarif(&[]));
    project.run(&["--apply"]);
    assert_eq!(fixed.keys().collect::<Vec<_>>(), ["app.py", "requirements.txt"]);
    for (path, text) in fixed {
        assert_eq!(text, project.read(&path));
    }
}
