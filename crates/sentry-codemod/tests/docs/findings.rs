//! The pages of the findings, one a code: each shows a project where it is right and one where it must stay silent, and both are run here.
//! Read [`every_page_shows_a_project_with_the_finding_and_one_without`] first.

use std::fs;
use std::process::Command;

use planner::Code;
use planner::diagnostic::Stage;

use crate::pages::{assert_fresh, assert_no_others, generated_from, is_update, read};

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let names: Vec<String> = Code::ALL.iter().map(|code| format!("{}.md", code.as_str())).collect();
    for (code, name) in Code::ALL.iter().zip(&names) {
        let page = read(&format!("docs/findings/{name}"));
        let title = code.title().to_owned() + ".";
        for part in [format!("# {}\n", code.as_str()), head(*code), format!("ignore[{}]", code.as_str())] {
            assert!(page.contains(&part), "docs/findings/{name} does not say `{part}`");
        }
        assert!(page.to_lowercase().contains(&title.to_lowercase()), "docs/findings/{name} does not say `{title}`");
    }
    if !is_update() {
        assert_no_others("docs/findings", &names);
    }
}

#[test]
fn every_page_shows_a_project_with_the_finding_and_one_without() {
    let wrong_pages = Code::ALL.iter().filter_map(|code| {
        let page = read(&format!("docs/findings/{}.md", code.as_str()));
        let (wrong, right) = (section(&page, "## Wrong"), section(&page, "## Right"));
        let command = blocks(&wrong).into_iter().find(|(about, _)| about == "sh").map(|(_, text)| text);
        let command = command.unwrap_or_else(|| "sentry-codemod doctor".to_owned());
        let mut project = files(&wrong);
        let found = codes(&project, &command);
        if !found.contains(&code.as_str().to_owned()) {
            return Some(format!("{}: the wrong project has {found:?}", code.as_str()));
        }
        let right = files(&right);
        project.retain(|(path, _)| right.iter().all(|(other, _)| other != path));
        project.extend(right);
        let found = codes(&project, &command);
        found.contains(&code.as_str().to_owned()).then(|| format!("{}: the right project has it too", code.as_str()))
    });
    let faults: Vec<String> = wrong_pages.collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_index_of_findings_is_fresh() {
    assert_fresh("docs/reference/findings.md", &index());
    let is_page = |line: &&str| line.contains("](findings/");
    let mut fresh = String::new();
    for line in read("docs/SUMMARY.md").lines().filter(|line| !is_page(line)) {
        fresh.push_str(&format!("{line}\n"));
        if line.contains("](reference/findings.md)") {
            Code::ALL.iter().for_each(|code| fresh.push_str(&format!("  - [{0}](findings/{0}.md)\n", code.as_str())));
        }
    }
    assert_fresh("docs/SUMMARY.md", &fresh);
}

/// What a page says of its code in a table.
fn head(code: Code) -> String {
    let told = match code.stage() {
        Stage::Plan => "Every run tells it",
        Stage::Doctor => "`doctor` tells it; the main run only where it is an error",
        Stage::Planned => "`doctor` tells it; the main run shows the change that mends it",
    };
    format!("| Severity | `{}` |\n|---|---|\n| Told | {told} |\n", code.severity())
}

/// The part of a page below a heading.
fn section(page: &str, heading: &str) -> String {
    let rest = page.split_once(&format!("\n{heading}\n")).map_or("", |(_, rest)| rest);
    rest.split("\n## ").next().unwrap_or_default().to_owned()
}

/// The fenced blocks: what stands behind the first fence, and the text.
fn blocks(section: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = section.split("```").collect();
    let block = |part: &&str| part.split_once('\n').map(|(about, text)| (about.to_owned(), text.to_owned()));
    parts.iter().skip(1).step_by(2).filter_map(block).collect()
}

/// The blocks that are files, with their paths.
fn files(section: &str) -> Vec<(String, String)> {
    let file = |(about, text): (String, String)| Some((about.split_once(' ')?.1.to_owned(), text));
    blocks(section).into_iter().filter_map(file).collect()
}

/// The codes that the command finds in a project of these files.
fn codes(files: &[(String, String)], command: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let words = command.split_whitespace().skip(1).chain(["--output-format", "json"]);
    let program = env!("CARGO_BIN_EXE_sentry-codemod");
    let output = Command::new(program).args(words).current_dir(folder.path()).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let projects = document["projects"].as_array().unwrap().iter().map(|project| &project["findings"]);
    let all = projects.chain([&document["findings"]]).filter_map(|findings| findings.as_array()).flatten();
    all.filter_map(|finding| finding["code"].as_str()).map(str::to_owned).collect()
}

/// The reference of all codes.
fn index() -> String {
    let row = |code: &Code| {
        format!("| [`{0}`](../findings/{0}.md) | {1} | {2} |\n", code.as_str(), code.severity(), code.title())
    };
    let rows = |stage: &[Stage]| -> String {
        Code::ALL.iter().filter(|code| stage.contains(&code.stage())).map(row).collect()
    };
    let form = read("crates/sentry-codemod/tests/docs/findings.md");
    let of_plan = rows(&[Stage::Plan]);
    let of_doctor = rows(&[Stage::Planned, Stage::Doctor]);
    let source = "`crates/planner/src/diagnostic.rs` and `crates/sentry-codemod/tests/docs/findings.md`";
    generated_from(source) + &form.replace("{of-plan}", of_plan.trim_end()).replace("{of-doctor}", of_doctor.trim_end())
}
