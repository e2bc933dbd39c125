//! The DSN that init is given as a literal. Read [`dsn`] first.

use python_source::outline::{Expr, ExprKind};

use super::{Checkup, Init};
use crate::diagnostic::{Code, Diagnostic};
use crate::dsn::{FORM, fault};

/// A DSN that the SDK refuses, one that switches it off, and one that everybody who has the source sends to.
pub(super) fn dsn(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    checkup.inits.iter().filter_map(of_init).collect()
}

fn of_init(init: &Init<'_>) -> Option<Diagnostic> {
    let value = given(init)?;
    let ExprKind::Str(text) = &value.kind else { return None };
    let finding = |code, message: String, help: String| Some(init.finding(code, &value.span, message, help));
    if text.is_empty() {
        let message = "an empty DSN switches Sentry off, also where `SENTRY_DSN` is set".to_owned();
        return finding(Code::EmptyDsn, message, "leave `dsn` out, and the SDK reads `SENTRY_DSN`".to_owned());
    }
    if let Some(fault) = fault(text) {
        let message = format!("the SDK refuses this DSN when the program starts: {fault}");
        return finding(Code::MalformedDsn, message, format!("a DSN has the form {FORM}"));
    }
    // It is no secret, but tests, reviews and forks report to the same project with it.
    let message = "every environment reports to this DSN, because it stands in the source".to_owned();
    finding(Code::DsnInSource, message, "put it into `SENTRY_DSN`, which the SDK reads by itself".to_owned())
}

/// The keyword, else the one positional argument.
fn given<'a>(init: &'a Init<'_>) -> Option<&'a Expr> {
    let keyword = init.keyword("dsn").map(|keyword| &keyword.value);
    keyword.or_else(|| init.arguments.positional.first())
}

#[cfg(test)]
mod tests {
    use crate::fixture::planned;

    fn found(arguments: &str) -> Vec<&'static str> {
        let app = format!(
            "import sentry_sdk\nfrom flask import Flask\nsentry_sdk.init({arguments})\napp = Flask(__name__)\n"
        );
        let found = planned(&[("requirements.txt", "flask\nsentry-sdk\n"), ("app.py", &app)]);
        found.all.into_iter().filter(|code| code.contains("dsn")).collect()
    }

    #[test]
    fn a_dsn_that_the_sdk_refuses() {
        for arguments in ["dsn='YOUR_DSN_HERE'", "'https://o1.ingest.sentry.io/42'", "dsn=\"https://key@host/project\""]
        {
            assert_eq!(found(arguments), ["malformed-dsn"], "{arguments}");
        }
    }

    #[test]
    fn a_dsn_that_is_empty_and_one_that_all_environments_share() {
        assert_eq!(found("dsn=''"), ["empty-dsn"]);
        assert_eq!(found("'https://key@o1.ingest.sentry.io/42'"), ["dsn-in-source"]);
    }

    #[test]
    fn a_dsn_from_elsewhere() {
        for arguments in ["", "dsn=None", "dsn=os.environ.get('SENTRY_DSN')", "settings.DSN", "f'https://{key}@host/1'"]
        {
            assert!(found(arguments).is_empty(), "{arguments}");
        }
    }
}
