//! Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request. Read [`annotations`] first.

use std::path::Path;

use planner::Severity;

use super::document::Status;
use super::findings::{Finding, Run};
use crate::text::slashed;

/// One line for each finding that the run has not mended. Paths start at the top of the work tree, as GitHub wants them.
pub(super) fn annotations(run: &Run<'_>, prefix: &Path) -> String {
    let open = run.findings().into_iter().filter(|finding| finding.status != Status::Fixed);
    open.map(|finding| annotation(&finding, prefix)).collect()
}

/// `::error file=shop/jobs.py,line=6,col=1,title=sentry-codemod (missing-init)::process ...`
fn annotation(finding: &Finding<'_>, prefix: &Path) -> String {
    let diagnostic = &finding.diagnostic;
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = &diagnostic.place {
        properties.push(format!("file={}", property(&slashed(&prefix.join(&place.path)))));
        properties.push(format!("line={},col={}", place.line, place.column));
        if let Some((line, column)) = diagnostic.end {
            properties.push(format!("endLine={line},endColumn={column}"));
        }
    }
    properties.push(format!("title={}", property(&format!("sentry-codemod ({})", diagnostic.code.as_str()))));
    let mut message = diagnostic.message.clone();
    for more in [Some(&diagnostic.help).filter(|help| !help.is_empty()), finding.reason.as_ref()].into_iter().flatten()
    {
        message.push('\n');
        message.push_str(more);
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

/// The text after the second `::`, where a line's end would end the command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or colon would end as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("100%\r\nof a:b,c"), "100%25%0D%0Aof a:b,c");
        assert_eq!(property("a,b:c%\n.py"), "a%2Cb%3Ac%25%0A.py");
    }
}
