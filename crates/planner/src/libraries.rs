//! Which libraries of the catalogue a project really uses. Read [`used`] first.

use std::collections::BTreeSet;

use pep440_rs::Version;
use python_manifest::{Declared, Group, Lock};
use python_project::process::Process;
use python_project::{FileId, Workspace};
use python_source::outline::{Outline, Stmt, StmtKind};

use crate::catalogue::{Catalogue, Library};
use crate::version;

/// A library that is declared for running, and that a module which a process loads imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryUse {
    /// Its number in the catalogue.
    pub library: usize,
    /// The locked version, else the oldest that the requirement lets in; `None` when nothing says.
    pub version: Option<Version>,
}

/// The libraries in use. To be installed is not enough: a framework may bring a library that nobody calls. Nor is an import: it may be
/// of an extra that production does not install.
pub fn used<'a>(
    catalogue: &Catalogue,
    workspace: &Workspace,
    processes: &[Process],
    declared: impl Iterator<Item = &'a Declared> + Clone,
    locks: &[Lock],
) -> Vec<LibraryUse> {
    let loaded: BTreeSet<FileId> =
        processes.iter().flat_map(|process| process.trace.loads.iter().map(|load| load.file)).collect();
    let required = catalogue.libraries.iter().enumerate().filter_map(|(number, library)| {
        let is_it = |one: &&Declared| one.group == Group::Runtime && library.distributions.contains(&one.distribution);
        Some((number, library, declared.clone().find(is_it)?))
    });
    let required: Vec<(usize, &Library, &Declared)> = required.collect();
    let imported =
        imported(workspace, &loaded, required.iter().map(|(number, library, _)| (*number, *library)).collect());
    let used = required.into_iter().filter(|(number, ..)| imported.contains(number));
    used.map(|(number, _, requirement)| {
        let locked = locks.iter().find_map(|lock| lock.version_of(&requirement.distribution)?.parse().ok());
        LibraryUse { library: number, version: locked.or_else(|| version::lowest(&requirement.specifier)) }
    })
    .collect()
}

/// Those of the libraries that one of the files imports. Only a file that holds a library's name is parsed.
fn imported(workspace: &Workspace, files: &BTreeSet<FileId>, mut open: Vec<(usize, &Library)>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for file in files {
        if open.is_empty() {
            break;
        }
        let text = workspace.glance(*file);
        let holds = |part: &str| memchr::memmem::find(&text, part.as_bytes()).is_some();
        open.retain(|(number, library)| {
            let is_imported = library
                .modules
                .iter()
                .filter(|name| name.split('.').all(holds))
                .any(|name| workspace.module(*file).is_ok_and(|module| imports(&module.outline, name)));
            if is_imported {
                found.insert(*number);
            }
            !is_imported
        });
    }
    found
}

/// Whether the module imports `name` or something below it, at any depth, other than for type checkers.
pub fn imports(outline: &Outline, name: &str) -> bool {
    import_of(outline, name).is_some()
}

/// The first such import.
pub fn import_of<'a>(outline: &'a Outline, name: &str) -> Option<&'a Stmt> {
    in_body(&outline.body, name)
}

fn in_body<'a>(body: &'a [Stmt], name: &str) -> Option<&'a Stmt> {
    let is_it = |dotted: &str| dotted.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Import(aliases) => aliases.iter().any(|alias| is_it(&alias.name)).then_some(stmt),
        StmtKind::ImportFrom(import) if import.level == 0 => {
            let module = import.module.as_deref().unwrap_or_default();
            let below = |dotted: &str| is_it(&format!("{module}.{dotted}"));
            (is_it(module) || import.names.iter().any(|alias| below(&alias.name))).then_some(stmt)
        }
        StmtKind::Function(function) => in_body(&function.body, name),
        StmtKind::Class(class) => in_body(&class.body, name),
        StmtKind::If(branches) => {
            branches.iter().filter(|branch| !is_type_checking(branch)).find_map(|branch| in_body(&branch.body, name))
        }
        _ => stmt.blocks().into_iter().find_map(|block| in_body(block, name)),
    })
}

fn is_type_checking(branch: &python_source::outline::Branch) -> bool {
    let test = branch.test.as_ref().and_then(python_source::outline::Expr::dotted);
    test.is_some_and(|test| test.rsplit('.').next() == Some("TYPE_CHECKING"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices::Choices;
    use crate::fixture::{planned, planned_as};

    #[test]
    fn imports_count_at_any_depth_but_not_for_type_checkers() {
        for (text, expected) in [
            ("import grpc\n", true),
            ("from grpc.aio import server\n", true),
            ("def call():\n    import grpc as g\n", true),
            ("from google import protobuf\n", false),
            ("import grpclib\nfrom . import grpc\n", false),
            ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import grpc\n", false),
        ] {
            let source = python_source::Source::decode(text.as_bytes().to_vec()).expect("text");
            assert_eq!(imports(&Outline::of(&source).expect("syntax"), "grpc"), expected, "{text}");
        }
    }

    #[track_caller]
    fn integrations(requirements: &str, import: &str) -> (String, String) {
        let app = format!("from flask import Flask\n{import}\napp = Flask(__name__)\n");
        let planned = planned(&[("requirements.txt", &format!("flask\n{requirements}")), ("app.py", &app)]);
        let added = planned.added("app.py");
        let line = added.lines().find(|line| line.contains("integrations=")).unwrap_or_default().trim().to_owned();
        (line, format!("{}{}", planned.said, planned.added("requirements.txt")))
    }

    #[test]
    fn what_the_sdk_does_not_enable_is_written_where_it_is_used() {
        for (requirements, import, expected) in [
            ("grpcio\nprotobuf\n", "import grpc", "integrations=[GRPCIntegration()],"),
            ("grpcio\n", "", ""),
            ("", "import grpc", ""),
            ("litellm\n", "from litellm import completion", "integrations=[LiteLLMIntegration()],"),
            ("litellm==1.80\n", "from litellm import completion", "integrations=[LiteLLMIntegration()],"),
            ("mistralai>=2.1\n", "from mistralai.client import Mistral", "integrations=[MistralIntegration()],"),
            ("sqlalchemy\nredis\n", "import sqlalchemy\nimport redis", ""),
            ("strawberry-graphql\n", "import strawberry", ""),
            ("sentry-sdk==1.45\nstrawberry-graphql\n", "import strawberry", "integrations=[StrawberryIntegration()],"),
        ] {
            assert_eq!(integrations(requirements, import).0, expected, "{requirements}{import}");
        }
    }

    #[test]
    fn what_would_stop_the_program_is_left_out_with_a_note() {
        let (written, said) = integrations("litellm>=1.40\n", "import litellm");
        assert_eq!(written, "");
        assert!(said.contains("LiteLLM 1.77.5"), "{said}");
        let (written, said) = integrations("sentry-sdk==2.35.0\nlitellm\n", "import litellm");
        assert_eq!(written, "");
        assert!(said.contains("needs sentry-sdk 2.40.0"), "{said}");
        let (written, said) = integrations("grpcio\n", "import grpc");
        assert_eq!(written, "");
        assert!(said.contains("once protobuf is declared too"), "{said}");
        let (_, said) = integrations("opentelemetry-sdk\n", "from opentelemetry import trace");
        assert!(said.contains("OTLPIntegration"), "{said}");
    }

    #[test]
    fn an_integration_that_came_after_a_fixed_sdk_is_left_out() {
        let jobs = "import dramatiq\nfrom dramatiq.brokers.redis import RedisBroker\nbroker = RedisBroker()\n";
        let planned = planned(&[
            ("requirements.txt", "dramatiq\nsentry-sdk==2.12.0\n"),
            ("Procfile", "w: dramatiq jobs\n"),
            ("jobs.py", jobs),
        ]);
        assert!(planned.added("jobs.py").contains("sentry_sdk.init(") && !planned.diff.contains("DramatiqIntegration"));
        assert!(planned.said.contains("no `DramatiqIntegration`: it needs sentry-sdk 2.13.0"), "{}", planned.said);
    }

    #[test]
    fn what_an_installed_library_would_switch_off_is_written() {
        let (written, _) = integrations("openai\nlangchain\n", "import openai");
        assert_eq!(written, "integrations=[OpenAIIntegration()],");
        let (written, said) = integrations("openai\nlangchain\n", "import openai, langchain");
        assert_eq!(written, "");
        assert!(said.contains("`LangchainIntegration` switches `OpenAIIntegration` off"), "{said}");
        assert_eq!(integrations("openai\n", "import openai").0, "");
    }

    #[test]
    fn logs_of_the_next_sdk_come_by_an_integration() {
        let app = "from flask import Flask\napp = Flask(__name__)\n";
        let next = Choices { sdk_version: "3.0.0b2".parse().ok(), ..Choices::default() };
        let planned = planned_as(&[("requirements.txt", "flask\n"), ("app.py", app)], &next);
        assert!(planned.added("app.py").contains("integrations=[LoggingIntegration()],"), "{}", planned.diff);
        assert!(!planned.diff.contains("enable_logs") && !planned.said.contains("logs left out"), "{}", planned.said);
    }

    #[test]
    fn a_declared_sdk_is_raised_to_the_integration() {
        let (written, said) = integrations("sentry-sdk>=2.35,<3\ngrpcio\nprotobuf\nlitellm\n", "import grpc, litellm");
        assert_eq!(written, "integrations=[GRPCIntegration(), LiteLLMIntegration()],");
        assert!(said.contains("grpcio,litellm]>=2.40"), "{said}");
    }
}
