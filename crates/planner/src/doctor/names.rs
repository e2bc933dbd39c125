//! Names of the SDK's interface that are gone, or will be. Read [`names`] first, then [`Use`].
//!
//! Rewrites are made for a few exact shapes; where one use of an imported name has another shape, none in that file is rewritten.

use std::rc::Rc;

use changeset::Edit;
use pep440_rs::Version;
use python_project::{FileId, Module};
use python_source::outline::{ExprKind, Span as Place, Stmt, StmtKind};

use super::releases::Span;
use super::{Checkup, log_levels, statements};
use crate::diagnostic::{Code, Diagnostic};
use crate::existing::{SdkCall, sdk_calls};
use crate::facts::{Location, location};
use crate::fix::{Applicability, FileEdits, Fix, Keeps};
use crate::sdk::Name;

/// The functions of the module that do what the hub's methods of the same name did.
const SAME_AS_HUB: [&str; 7] = [
    "add_breadcrumb",
    "capture_event",
    "capture_exception",
    "capture_message",
    "flush",
    "get_baggage",
    "get_traceparent",
];

/// The first release in which the scopes are reached from the module itself.
const SCOPES: [u64; 3] = [2, 12, 0];

/// One finding for each call of such a name, and for each import of one that is never called.
pub(super) fn names(checkup: &Checkup<'_>) -> Vec<Diagnostic> {
    checkup.facts.sdk_files.iter().flat_map(|file| in_file(checkup, *file)).collect()
}

/// A use of a name in a module.
struct Use<'a> {
    name: &'a Name,
    /// What is called or passed.
    place: Place,
    /// The edits that say the same without it.
    edits: Option<Vec<Edit>>,
}

fn in_file(checkup: &Checkup<'_>, file: FileId) -> Vec<Diagnostic> {
    let Ok(module) = checkup.workspace.module(file) else { return Vec::new() };
    let releases = Span::of(checkup);
    let calls = sdk_calls(&module.outline);
    let mut uses: Vec<Use<'_>> = calls.iter().flat_map(|call| of_call(checkup, &module, call)).collect();
    let imports = imports(checkup, &module, &uses);
    uses.extend(imports);
    uses.sort_by_key(|one| one.place.start);
    let finding = |one: &Use<'_>| {
        let (code, message) = judged(one.name, &releases)?;
        let help =
            one.name.successor.as_ref().map_or("leave it out".to_owned(), |successor| format!("use {successor}"));
        let place: Location = location(checkup.workspace, file, one.place.start);
        let end = module.source.line_column(one.place.end);
        let fix = fix(checkup, file, &module, one, &uses, &releases).or_else(|| levels(checkup, file, one));
        Some(Diagnostic::new(code, message, help).at(place).to(end).mended_by(fix))
    };
    uses.iter().filter_map(finding).collect()
}

/// What a release that the project may have says of the name.
fn judged(name: &Name, releases: &Span) -> Option<(Code, String)> {
    let is_gone = |release: &&Version| !name.releases.has(release) && **release >= name.releases.first;
    if let Some(release) = [&releases.oldest, &releases.newest].into_iter().find(is_gone) {
        return Some((Code::RemovedName, format!("sentry-sdk {release} has no `{}` any more", name.name)));
    }
    let since = name.deprecated.as_ref().filter(|since| releases.newest >= **since)?;
    Some((Code::DeprecatedName, format!("`{}` is deprecated since sentry-sdk {since}", name.name)))
}

/// The names that a call uses: what is called, something below it, or a parameter of it.
fn of_call<'a>(checkup: &Checkup<'a>, module: &Module, call: &SdkCall<'_>) -> Vec<Use<'a>> {
    let (mut found, mut longest) = (Vec::new(), None::<&Name>);
    for name in &checkup.catalogue.sdk.names {
        match name.name.strip_suffix(')').and_then(|name| name.split_once('(')) {
            Some((callee, parameter)) if callee == call.name => {
                let given = call.call.keyword(parameter);
                found.extend(given.map(|value| Use { name, place: value.span.clone(), edits: None }));
            }
            None if call.name == name.name || call.name.starts_with(&format!("{}.", name.name)) => longest = Some(name),
            _ => {}
        }
    }
    found.extend(longest.map(|name| Use {
        name,
        place: call.call.func.span.clone(),
        edits: rewritten(module, name, call),
    }));
    found
}

/// The edits that call what came after it.
fn rewritten(module: &Module, name: &Name, call: &SdkCall<'_>) -> Option<Vec<Edit>> {
    let called = &call.call.func.span;
    let text = &module.source.text()[called.clone()];
    let takes_nothing = call.call.args.is_empty() && call.call.keywords.is_empty();
    let (before, replaced) = match (name.name.as_str(), call.name.strip_prefix(&name.name)?) {
        ("sentry_sdk.push_scope", "") if takes_nothing => ("push_scope", "isolation_scope".to_owned()),
        ("sentry_sdk.configure_scope", "") if takes_nothing => return with_scope(module, call),
        ("sentry_sdk.Hub" | "sentry_sdk.hub.Hub", method) => {
            let method = method.strip_prefix(".current.")?;
            let written = format!("Hub.current.{method}");
            let new = match method {
                "push_scope" if takes_nothing => "isolation_scope".to_owned(),
                _ if SAME_AS_HUB.contains(&method) => method.to_owned(),
                _ => format!(
                    "get_isolation_scope().{}",
                    method.strip_prefix("scope.").filter(|rest| !rest.contains('.'))?
                ),
            };
            return module_call(module, called, text.strip_suffix(&written)?, &new);
        }
        _ => return None,
    };
    // By way of the module, or by its own name: then the import changes too.
    let start = called.end - before.len();
    text.ends_with(before).then_some(())?;
    Some(vec![module.source.edit(start..called.end, &replaced)?])
}

/// A function of the module in place of a method of the hub.
fn module_call(module: &Module, called: &Place, before: &str, function: &str) -> Option<Vec<Edit>> {
    let prefix = if before.is_empty() { "sentry_sdk." } else { before };
    Some(vec![module.source.edit(called.clone(), &format!("{prefix}{function}"))?])
}

/// `with configure_scope() as scope:` and its block, as an assignment and the block's own lines.
///
/// Only where every line of the block can be moved to the left: no string or line that goes on behind its end.
fn with_scope(module: &Module, call: &SdkCall<'_>) -> Option<Vec<Edit>> {
    let text = module.source.text();
    let all = statements(&module.outline.body);
    let (stmt, body, target) = all.into_iter().find_map(|stmt| match &stmt.kind {
        StmtKind::With { items, body } => match items.as_slice() {
            [(context, Some(target))] if context.span == call.span => Some((stmt, body, target)),
            _ => None,
        },
        _ => None,
    })?;
    let ExprKind::Name(scope) = &target.kind else { return None };
    let first = body.first()?;
    let (outer, inner) = (indentation(text, stmt.span.start)?, indentation(text, first.span.start)?);
    let deeper = inner.strip_prefix(outer)?;
    let header = &text[stmt.span.start..first.span.start];
    let block = &text[first.span.start - inner.len()..stmt.span.end];
    if ["\"\"\"", "'''", "\\\n", "\\\r"].iter().any(|mark| block.contains(mark)) || header.contains('#') {
        return None;
    }
    let end = header.rfind(':').map(|at| stmt.span.start + at + 1)?;
    let callee = &text[call.call.func.span.clone()];
    let getter = format!("{}get_isolation_scope", callee.strip_suffix("configure_scope")?);
    let mut edits = vec![module.source.edit(stmt.span.start..end, &format!("{scope} = {getter}()"))?];
    let mut at = first.span.start - inner.len();
    for line in block.split_inclusive('\n') {
        let is_blank = line.trim().is_empty();
        if !is_blank {
            line.strip_prefix(inner)?;
            edits.push(module.source.edit(at + outer.len()..at + outer.len() + deeper.len(), "")?);
        }
        at += line.len();
    }
    Some(edits)
}

/// The white space before the first character of a line; `None` when something else stands there.
fn indentation(text: &str, at: usize) -> Option<&str> {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    Some(&text[start..at]).filter(|before| before.chars().all(|c| c == ' ' || c == '\t'))
}

/// Imports of names that nothing in the module calls.
fn imports<'a>(checkup: &Checkup<'a>, module: &Module, uses: &[Use<'a>]) -> Vec<Use<'a>> {
    let known = |full: &str| checkup.catalogue.sdk.names.iter().find(|name| name.name == full);
    let mut found = Vec::new();
    for stmt in statements(&module.outline.body) {
        for (full, _) in imported(stmt) {
            let Some(name) = known(&full) else { continue };
            if !uses.iter().any(|one| one.name == name) {
                found.push(Use { name, place: stmt.span.clone(), edits: None });
            }
        }
    }
    found
}

/// The full names that a `from` import brings, and whether each keeps its own.
fn imported(stmt: &Stmt) -> Vec<(String, bool)> {
    let StmtKind::ImportFrom(import) = &stmt.kind else { return Vec::new() };
    let module = import.module.as_deref().filter(|_| import.level == 0).unwrap_or_default();
    import.names.iter().map(|alias| (format!("{module}.{}", alias.name), alias.asname.is_none())).collect()
}

/// The fix of a use: with all others of its name in the file, and the import of it.
fn fix(
    checkup: &Checkup<'_>,
    file: FileId,
    module: &Rc<Module>,
    one: &Use<'_>,
    uses: &[Use<'_>],
    releases: &Span,
) -> Option<Fix> {
    let same = uses.iter().filter(|other| other.name == one.name);
    let mut edits: Vec<Edit> = same.map(|other| other.edits.clone()).collect::<Option<Vec<_>>>()?.concat();
    let importing: Vec<&Stmt> = statements(&module.outline.body)
        .into_iter()
        .filter(|stmt| imported(stmt).iter().any(|(full, _)| *full == one.name.name))
        .collect();
    for stmt in importing {
        edits.push(import_rewritten(module, stmt, one.name)?);
    }
    let needs = Version::new(SCOPES);
    let path = checkup.workspace.path(file).to_owned();
    let files = vec![FileEdits { path, edits, keeps: Keeps::Syntax }];
    Some(Fix {
        files,
        applicability: Applicability::Safe,
        needs: Some(needs).filter(|needs| *needs > releases.oldest),
        ..Fix::default()
    })
}

/// The fix of an argument of the logging integration: all its levels at once.
fn levels(checkup: &Checkup<'_>, file: FileId, one: &Use<'_>) -> Option<Fix> {
    let written = log_levels::Written::of(checkup, file)?;
    let is_in_it = written.span.contains(&one.place.start);
    is_in_it.then(|| log_levels::fix(checkup, &written))?
}

/// The import with what the calls are rewritten to; `None` where it brings that already, or gives it another name.
fn import_rewritten(module: &Module, stmt: &Stmt, name: &Name) -> Option<Edit> {
    let names = imported(stmt);
    let text = &module.source.text()[stmt.span.clone()];
    let (_, last) = name.name.rsplit_once('.')?;
    names.iter().any(|(full, keeps)| *full == name.name && *keeps).then_some(())?;
    let new = match last {
        "Hub" if names.len() == 1 => return import_of_module(module, stmt),
        "push_scope" => "isolation_scope",
        "configure_scope" => "get_isolation_scope",
        _ => return None,
    };
    let already = names.iter().any(|(full, _)| full.ends_with(&format!(".{new}")));
    let at = text.find(" import ").map(|at| at + " import ".len())?;
    let at = at + text[at..].find(last).filter(|_| !already && text.matches(last).count() == 1)?;
    module.source.edit(stmt.span.start + at..stmt.span.start + at + last.len(), new)
}

/// The import of the module in place of this one; where it is imported already, nothing.
fn import_of_module(module: &Module, stmt: &Stmt) -> Option<Edit> {
    let is_it = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Import(aliases) => aliases.iter().any(|alias| alias.name == "sentry_sdk" && alias.asname.is_none()),
        _ => false,
    };
    let (source, text) = (&module.source, module.source.text());
    let line_start = indentation(text, stmt.span.start).map(|before| stmt.span.start - before.len());
    let line_end = text[stmt.span.end..].find('\n').map(|at| stmt.span.end + at + 1);
    match (module.outline.body.iter().any(is_it), line_start, line_end) {
        (true, Some(start), Some(end))
            if module.outline.body.contains(stmt) && text[stmt.span.end..end].trim().is_empty() =>
        {
            source.edit(start..end, "")
        }
        _ => source.edit(stmt.span.clone(), "import sentry_sdk"),
    }
}

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::fixture::{Planned, planned_as};

    fn fixed(body: &str, requirement: &str, sdk: Option<&str>) -> Planned {
        let app = format!(
            "{body}\nif __name__ == '__main__':\n    import sentry_sdk\n    sentry_sdk.init(data_collection={{}}, integrations=[LoggingIntegration()])\n"
        );
        let choices = Choices { sdk_version: sdk.and_then(|text| text.parse().ok()), ..Choices::default() };
        planned_as(&[("requirements.txt", requirement), ("app.py", &app)], &choices)
    }

    #[track_caller]
    fn becomes(body: &str, expected: &str) {
        let planned = fixed(body, "sentry-sdk>=2.72\n", None);
        assert_eq!(planned.added("app.py"), expected, "{}{}", planned.diff, planned.said);
        assert!(planned.all.iter().all(|code| *code == "deprecated-name"), "{:?}", planned.all);
    }

    #[track_caller]
    fn stays(body: &str) {
        let planned = fixed(body, "sentry-sdk>=2.72\n", None);
        assert!(planned.diff.is_empty() && planned.all == ["deprecated-name"], "{:?}{}", planned.all, planned.diff);
    }

    #[test]
    fn a_pushed_scope_is_an_isolation_scope() {
        becomes(
            "import sentry_sdk\nwith sentry_sdk.push_scope() as scope:\n    pass\n",
            "with sentry_sdk.isolation_scope() as scope:\n",
        );
        becomes(
            "from sentry_sdk import capture_message, push_scope\nwith push_scope() as scope:\n    pass\n",
            "from sentry_sdk import capture_message, isolation_scope\nwith isolation_scope() as scope:\n",
        );
        stays("import sentry_sdk\nsentry_sdk.push_scope(lambda scope: None)\n");
        stays("from sentry_sdk import push_scope as push\nwith push() as scope:\n    pass\n");
    }

    #[test]
    fn a_configured_scope_is_the_isolation_scope() {
        becomes(
            "def f():\n    from sentry_sdk import configure_scope\n    with configure_scope() as scope:\n        scope.set_tag(\n            'a', 1)\n\n        # why\n        g()\n",
            "    from sentry_sdk import get_isolation_scope\n    scope = get_isolation_scope()\n    scope.set_tag(\n        'a', 1)\n    # why\n    g()\n",
        );
        stays("import sentry_sdk\nwith sentry_sdk.configure_scope() as s:\n    s.set_tag('a', '''b\nc''')\n");
        stays("import sentry_sdk\nwith sentry_sdk.configure_scope() as s: s.set_tag('a', 1)\n");
    }

    #[test]
    fn methods_of_the_hub_are_functions_of_the_module() {
        becomes(
            "from sentry_sdk import Hub\nHub.current.capture_exception(error)\nHub.current.scope.set_tag('a', 1)\n",
            "import sentry_sdk\nsentry_sdk.capture_exception(error)\nsentry_sdk.get_isolation_scope().set_tag('a', 1)\n",
        );
        becomes("import sentry_sdk\nfrom sentry_sdk import Hub\nHub.current.flush()\n", "sentry_sdk.flush()\n");
        stays("import sentry_sdk\nsentry_sdk.Hub(sentry_sdk.Hub)\n");
        let mixed = "from sentry_sdk import Hub\nHub.current.flush()\nHub.current.bind_client(None)\n";
        assert!(fixed(mixed, "sentry-sdk>=2.72\n", None).diff.is_empty());
    }

    #[test]
    fn what_the_next_sdk_has_no_more() {
        let body = "import sentry_sdk\nfrom sentry_sdk import Hub\nfrom sentry_sdk.integrations.flask import FlaskIntegration\nsentry_sdk.start_transaction()\nFlaskIntegration(transaction_style='url')\nsentry_sdk.set_tag('a', 1)\n";
        let next = fixed(body, "sentry-sdk>=2.72\n", Some("3.0.0b2"));
        assert_eq!(next.all, ["removed-name", "removed-name", "removed-name"], "{}", next.said);
        assert_eq!(fixed(body, "sentry-sdk>=2.72\n", None).all, ["deprecated-name"]);
    }
}
