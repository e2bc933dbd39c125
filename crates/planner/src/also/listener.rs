//! The word `listener`: a call of the SDK in a hook of the object, for what needs the running event loop. Read [`listener`] first.

use python_project::Workspace;
use python_project::process::Process;
use python_source::{ImportLine, Site, free_name};

use super::names::assigned_name;
use crate::addition::Addition;
use crate::catalogue::{Listener, System};
use crate::diagnostic::{Code, Diagnostic};
use crate::facts::{Facts, location};
use crate::placement::body_of;

/// Puts the hook right below the statement that builds the object, in a factory too.
///
/// ```python
///                         app = Sanic("shop")
/// app = Sanic("shop")
///                     ->
///                         @app.listener("before_server_start")
///                         async def enable_sentry_asyncio(*_):
///                             enable_asyncio_integration()
/// ```
///
/// `None` when the module speaks of the call already, or the SDK in force does not have it.
///
/// # Errors
/// A finding with the lines to write where the object has no name of its own.
pub(super) fn listener(
    workspace: &Workspace,
    facts: &Facts,
    process: &Process,
    (number, system): (usize, &System),
    listener: &Listener,
) -> Result<Option<Addition>, Diagnostic> {
    let Some((_, built)) = process.trace.built().find(|(object, _)| object.0 == number) else { return Ok(None) };
    let Listener { method, event, call, module: sdk_module, .. } = listener;
    let by_hand = || {
        Diagnostic::new(
            Code::ListenerByHand,
            format!(
                "errors of background tasks arrive without their request: {} has no name to hang a hook on",
                system.name
            ),
            format!("in a `{event}` listener: `from {sdk_module} import {call}`, `{call}()`"),
        )
        .at(location(workspace, built.file, built.span.start))
    };
    let Ok(module) = workspace.module(built.file) else { return Err(by_hand()) };
    if !facts.sdk.can_have(&listener.since()) || module.source.text().contains(call.as_str()) {
        return Ok(None);
    }
    let Some((block, position)) = built.path.last() else { return Err(by_hand()) };
    let Some(stmt) = body_of(&module.outline, *block).get(*position) else { return Err(by_hand()) };
    let (Some(name), Ok(parsed)) = (assigned_name(stmt), python_source::parse(&module.source)) else {
        return Err(by_hand());
    };
    let at = stmt.span.end;
    let local = free_name(&parsed, &format!("{sdk_module}.{call}"), at);
    let function = free_name(&parsed, "enable_sentry_asyncio", at);
    Ok(Some(Addition {
        file: block.file,
        site: Site::After(stmt.span.start),
        block: format!("@{name}.{method}(\"{event}\")\nasync def {function}(*_):\n    {local}()\n"),
        one_line: format!("{name}.{method}(\"{event}\")(lambda *_: {local}())"),
        imports: vec![ImportLine::from(sdk_module, call).named(&local)],
        imports_not_before: None,
    }))
}

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::fixture::{planned, planned_as};

    const REQUIREMENTS: (&str, &str) = ("requirements.txt", "sanic\n");
    const HOOK: &str = "@app.listener(\"before_server_start\")\nasync def enable_sentry_asyncio(*_):\n    enable_asyncio_integration()\n";

    #[test]
    fn a_module_level_app_gets_a_hook() {
        let planned = planned(&[
            REQUIREMENTS,
            ("clock.py", "from sanic import Sanic\n\napp = Sanic('clock')\napp.update_config({})\n"),
        ]);
        let added = planned.added("clock.py");
        assert!(added.ends_with(HOOK), "{}", planned.diff);
        assert!(
            added.contains("from sentry_sdk.integrations.asyncio import enable_asyncio_integration\n"),
            "{}",
            planned.diff
        );
        assert!(planned.added("requirements.txt").contains("sentry-sdk[sanic]>=2.70"), "{}", planned.diff);
    }

    #[test]
    fn a_factory_gets_it_beside_the_app() {
        let module = "from sanic import Sanic\n\n\ndef create():\n    app = Sanic('clock')\n    return app\n";
        let planned =
            planned(&[REQUIREMENTS, ("Procfile", "web: sanic clock:create --factory\n"), ("clock.py", module)]);
        let indented: String = HOOK.lines().map(|line| format!("    {line}\n")).collect();
        assert!(planned.added("clock.py").ends_with(&indented), "{}", planned.diff);
    }

    #[test]
    fn an_app_without_a_name_is_left_to_a_person() {
        let module = "from sanic import Sanic\n\nclass Shop:\n    pass\n\nshop = Shop()\nshop.app = Sanic('clock')\n";
        let planned = planned(&[REQUIREMENTS, ("clock.py", module)]);
        assert!(
            planned.codes.contains(&"listener-by-hand") && !planned.diff.contains("enable_asyncio"),
            "{}",
            planned.diff
        );
    }

    #[test]
    fn an_older_sdk_goes_without() {
        let files = [REQUIREMENTS, ("clock.py", "from sanic import Sanic\n\napp = Sanic('clock')\n")];
        let old = Choices { sdk_version: Some("2.40".parse().expect("a version")), ..Choices::default() };
        let planned = planned_as(&files, &old);
        assert!(!planned.diff.contains("enable_asyncio"), "{}", planned.diff);
        assert!(planned.said.contains("needs sentry-sdk 2.50.0"), "{}", planned.said);
        let declared = [("requirements.txt", "sanic\nsentry-sdk>=2.40,<3\n"), files[1]];
        let raised = crate::fixture::planned(&declared).added("requirements.txt");
        assert!(raised.contains(">=2.50"), "{raised}");
    }
}
