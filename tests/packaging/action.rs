//! The GitHub Action: a small runner does with `action.yml` what GitHub's does with a composite action. Read [`Job`] first.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::shop::Shop;
use crate::wheel::links;
use crate::{root, said, succeed, tool};

/// A YAML file as data.
pub(crate) fn yaml(text: &str) -> Result<Value, String> {
    let program = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))";
    let json = succeed(Command::new(tool("python")?).args(["-c", program, text]))?;
    serde_json::from_str(&json).map_err(|error| error.to_string())
}

fn action() -> Result<Value, String> {
    yaml(&fs::read_to_string(root().join("action.yml")).unwrap())
}

/// A job in a checkout of the shop, between the steps of the action.
struct Job<'a> {
    shop: &'a Shop,
    /// The values of the action's inputs.
    inputs: Vec<(&'a str, &'a str)>,
    /// What `github.action_ref` is.
    action_ref: &'a str,
    /// Variables of the job.
    variables: Vec<(&'a str, &'a str)>,
    /// Folders that steps have put in front of the others, the last one first.
    path: Vec<PathBuf>,
}

/// What a step left.
#[derive(Debug, PartialEq)]
struct Step {
    code: i32,
    said: String,
    output: String,
    summary: String,
}

impl<'a> Job<'a> {
    fn new(shop: &'a Shop, inputs: &[(&'a str, &'a str)]) -> Self {
        Self { shop, inputs: inputs.to_vec(), action_ref: "main", variables: Vec::new(), path: Vec::new() }
    }

    /// Runs the step of this number, as `shell: bash` says.
    fn run(&mut self, number: usize) -> Result<Step, String> {
        let action = action()?;
        let step = &action["runs"]["steps"][number];
        let files = self.shop.beside("runner");
        let file = |name: &str| files.join(name);
        for name in ["output", "path", "summary", "script"] {
            fs::write(file(name), "").unwrap();
        }
        fs::write(file("script"), step["run"].as_str().unwrap()).unwrap();

        let mut bash = self.shop.command("bash");
        bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(file("script"));
        for (name, value) in step["env"].as_object().unwrap() {
            bash.env(name, self.value(&action, value.as_str().unwrap()));
        }
        bash.envs(self.variables.iter().copied());
        bash.env("PATH", self.path_variable()).env("RUNNER_TEMP", &files).env("GITHUB_ACTION_PATH", root());
        bash.env("GITHUB_OUTPUT", file("output")).env("GITHUB_PATH", file("path"));
        bash.env("GITHUB_STEP_SUMMARY", file("summary")).env("GITHUB_ACTIONS", "true");
        let (code, said) = said(&mut bash)?;
        let left = |name: &str| fs::read_to_string(file(name)).unwrap();
        for folder in left("path").lines() {
            self.path.insert(0, folder.into());
        }
        Ok(Step { code, said, output: left("output"), summary: left("summary") })
    }

    /// The value of `${{ ... }}`.
    fn value(&self, action: &Value, expression: &str) -> String {
        let name = expression.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")).expect(expression);
        if name == "github.action_ref" {
            return self.action_ref.to_owned();
        }
        let input = name.strip_prefix("inputs.").expect(expression);
        let declared = action["inputs"][input]["default"].as_str().expect("an input that is declared");
        let given = self.inputs.iter().find(|(name, _)| *name == input);
        given.map_or(declared, |(_, value)| value).to_owned()
    }

    fn path_variable(&self) -> OsString {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(self.path.iter().cloned().chain(std::env::split_paths(&inherited))).unwrap()
    }
}

/// The second step, with the program of this build in place of what the first one installs.
fn second_step(shop: &Shop, inputs: &[(&str, &str)]) -> Result<Step, String> {
    let mut job = Job::new(shop, inputs);
    job.path.push(PathBuf::from(env!("CARGO_BIN_EXE_sentry-codemod")).parent().unwrap().to_owned());
    job.run(1)
}

/// `bash -n` reads every step, and each says that it is Bash's.
pub(crate) fn every_step_is_bash() -> Result<(), Failed> {
    for step in action()?["runs"]["steps"].as_array().unwrap() {
        assert_eq!(step["shell"], "bash");
        succeed(Command::new("bash").args(["-n", "-c", step["run"].as_str().unwrap()]))?;
    }
    Ok(())
}

/// A check fails and shows the diff, a change is written and left to the next step, and a right project passes.
pub(crate) fn checks_applies_and_reports() -> Result<(), Failed> {
    let shop = Shop::without_sentry();
    let step = second_step(&shop, &[])?;
    assert!(step.code == 1 && step.output == "changed=true\n", "{step:?}");
    assert!(step.said.contains("\n::error file=") && step.said.contains("title=sentry-codemod"), "{step:?}");
    assert!(step.summary.starts_with("```diff\ndiff --git ") && step.summary.ends_with("\n```\n"), "{step:?}");
    assert_eq!(shop.git(&["status", "--porcelain"]), "");

    let step = second_step(&shop, &[("args", "--no-pii  --without logs"), ("path", "./shop/..")])?;
    assert!(step.code == 1 && !step.said.contains("enable_logs") && !step.said.contains("data_collection"), "{step:?}");

    let step = second_step(&shop, &[("mode", "apply")])?;
    assert!(step.code == 0 && step.output == "changed=true\n" && shop.is_right(), "{step:?}");
    shop.commit("Sentry");
    for mode in ["check", "apply"] {
        let step = second_step(&shop, &[("mode", mode)])?;
        assert_eq!((step.code, step.output.as_str(), step.summary.as_str()), (0, "changed=false\n", ""), "{step:?}");
        assert!(!step.said.contains("::error"), "{step:?}");
    }

    let step = second_step(&shop, &[("mode", "aply")])?;
    assert!(step.code == 2 && step.said.contains("mode is check or apply"), "{step:?}");
    let step = second_step(&shop, &[("path", "no/such/folder")])?;
    assert!(step.code == 2 && step.said.contains("does not exist"), "{step:?}");
    Ok(())
}

/// At a tag, the first step installs that release's wheel, and the second one finds it.
pub(crate) fn installs_the_release() -> Result<(), Failed> {
    let shop = Shop::with_sentry();
    let mut job = Job::new(&shop, &[]);
    job.action_ref = concat!("v", env!("CARGO_PKG_VERSION"));
    job.variables = vec![("PIP_FIND_LINKS", links()?.to_str().unwrap()), ("PIP_NO_INDEX", "1")];
    let step = job.run(0)?;
    assert_eq!(step.code, 0, "{step:?}");
    let step = job.run(1)?;
    assert!(step.code == 0 && step.output == "changed=false\n", "{step:?}");
    Ok(())
}
