//! Findings as SARIF 2.1.0, the form that code-scanning services and editors read, each with the edits that mend it.
//! Read [`log`] first. The form: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::path::Path;

use planner::fix::{Applicability, FileEdits, NewFile};
use planner::{Diagnostic, Fix, Location, Severity};
use serde_json::{Value, json};

use super::findings::{Finding, Run};
use crate::exit::Exit;
use crate::text::{line_column, slashed};

/// The whole log of one run. Paths start at the top of the work tree, where code scanning looks for them.
pub(super) fn log(run: &Run<'_>, exit: Exit, prefix: &Path) -> Value {
    let findings = run.findings();
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let rule = codes.iter().position(|code| *code == finding.diagnostic.code);
            result(run, finding, rule, prefix)
        })
        .collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": exit != Exit::Failed, "exitCode": exit.number() }],
            "results": results,
        }],
    })
}

fn rule(code: planner::Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "defaultConfiguration": { "level": level(code.severity()) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(run: &Run<'_>, finding: &Finding<'_>, rule: Option<usize>, prefix: &Path) -> Value {
    let diagnostic = &finding.diagnostic;
    let text = match diagnostic.help.as_str() {
        "" => diagnostic.message.clone(),
        help => format!("{}; {help}", diagnostic.message),
    };
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": rule,
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": diagnostic.place.iter().map(|place| location(diagnostic, place, prefix)).collect::<Vec<_>>(),
        "properties": { "status": finding.status, "reason": finding.reason },
    });
    if let Some(fix) = finding.fix {
        result["fixes"] = json!([change(run, fix, prefix)]);
    }
    result
}

fn location(diagnostic: &Diagnostic, place: &Location, prefix: &Path) -> Value {
    let mut region = json!({ "startLine": place.line, "startColumn": place.column });
    if let Some((line, column)) = diagnostic.end {
        region["endLine"] = line.into();
        region["endColumn"] = column.into();
    }
    json!({ "physicalLocation": { "artifactLocation": artifact(&place.path, prefix), "region": region }})
}

fn artifact(path: &Path, prefix: &Path) -> Value {
    json!({ "uri": uri(&prefix.join(path)), "uriBaseId": "%SRCROOT%" })
}

/// The edits that go together, whichever finding they are taken for.
fn change(run: &Run<'_>, fix: &Fix, prefix: &Path) -> Value {
    let edited = fix.files.iter().map(|file| edited(run, file, prefix));
    let created = fix.created.iter().map(|file| created(file, prefix));
    json!({
        "description": { "text": description(fix) },
        "artifactChanges": edited.chain(created).collect::<Vec<_>>(),
    })
}

fn description(fix: &Fix) -> &'static str {
    match fix.applicability {
        Applicability::Safe => "what sentry-codemod changes with --apply, or doctor --fix",
        Applicability::Unsafe => "what sentry-codemod changes with --unsafe-fixes; look at it first",
        Applicability::DisplayOnly => "the way to go; nothing makes this change",
    }
}

fn edited(run: &Run<'_>, file: &FileEdits, prefix: &Path) -> Value {
    let text = run.inspection.workspace.read(&file.path).unwrap_or_default();
    let replacement = |edit: &changeset::Edit| {
        let (start, end) = (line_column(&text, edit.range.start), line_column(&text, edit.range.end));
        json!({
            "deletedRegion": { "startLine": start.0, "startColumn": start.1, "endLine": end.0, "endColumn": end.1 },
            "insertedContent": { "text": String::from_utf8_lossy(&edit.replacement) },
        })
    };
    json!({
        "artifactLocation": artifact(&file.path, prefix),
        "replacements": file.edits.iter().map(replacement).collect::<Vec<_>>(),
    })
}

fn created(file: &NewFile, prefix: &Path) -> Value {
    json!({
        "artifactLocation": artifact(&file.path, prefix),
        "replacements": [{
            "deletedRegion": { "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1 },
            "insertedContent": { "text": file.text },
        }],
    })
}

/// A relative path as a reference by RFC 3986.
fn uri(path: &Path) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    slashed(path).bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri(Path::new("my shop/grün.py")), "my%20shop/gr%C3%BCn.py");
    }
}
