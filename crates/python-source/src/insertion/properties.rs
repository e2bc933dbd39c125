//! Small generated modules: whatever they look like, an insertion keeps them whole.

use proptest::prelude::*;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Decorator, Expr, Stmt};
use ruff_text_size::Ranged;

use super::*;
use crate::tree::bodies;
use crate::{preserved, preserved_but_for};

/// Statements of Python 3.11, so that the second parser reads them; blocks are indented with one tab.
const STATEMENTS: &[&str] = &[
    "import os\n",
    "import abc, json as j\n",
    "import sentry_sdk\n",
    "from flask import Flask\n",
    "from zope import (\n\ta,\n\tb,  # why\n)\n",
    "from mine import a  # noqa: F401\n",
    "from . import b\n",
    "from x import *\n",
    "from y import c, \\\n\td\n",
    "import sys; import re\n",
    "try:\n\timport sentry_sdk\nexcept ImportError:\n\tsentry_sdk = None\n",
    "if TYPE_CHECKING:\n\timport sentry_sdk\n\t# deeper\n",
    "x = 1\n",
    "x = 1; y = 2\n",
    "x = 1;\n",
    "x = [\n\t1,\n# odd\n\t2,\n]  # c\n",
    "x = '''a\n\n\tb'''\n",
    "x = 1 + \\\n\t2\n",
    "if x: y = 1\n",
    "if x: y = 1; z = 2  # c\n",
    "if x:\n\ty = 1\nelif z:\n\t# c\n\ty = 2\nelse:\n\ty = 3\n\n\t# deep\n",
    "def f(a, *, b=1): return a\n",
    "@d\n# c\n@e\ndef f():\n\t'''d'''\n\tx = 1\n\n\treturn x\n",
    "@d(1)  # c\n@e(\n\tf,\n)\nasync def f(): call(g, (h.i), key=f)\n",
    "class B:\n\t@d.e\n\tdef f(self): call(self.g, \\\n\t\tf)\n",
    "async def f():\n\tasync with a as b:\n\t\tawait b; return\n",
    "class A:\n\n\tx = 1\n\tdef f(self): pass\n",
    "for x in y:\n\tpass\nelse:\n\tz\n",
    "match x:\n\tcase [1, *rest]:\n\t\ty = rest\n\tcase _: pass\n",
    "with a as b, c: d\n",
    "sys.path.insert(0, 'x')\n",
    "__all__ = ['x']\n",
    "\\\nx = 1\n",
    "x = 1\\\n\n",
    "import z\\\n\n",
    "x = 1\\\n# c\n",
    "import z\\\n  # c\n",
    "# c \\\nx = 1\n",
    "def f():\\\n\n\tx = 1\\\n\n\treturn x\n",
];

const GAPS: &[&str] = &[
    "",
    "",
    "\n",
    "\n",
    "\n\n",
    "\n\n\n",
    "# c\n",
    "\n# c\n",
    "# c\n\n",
    "\n# Third party\n",
    "  \n",
    "\u{c}\n",
    "\\\n",
];

const HEADERS: &[&str] =
    &["", "", "#!/usr/bin/env python\n", "# -*- coding: utf-8 -*-\n# c\n\n", "\u{feff}", "\u{feff}# c\n"];

const DOCSTRINGS: &[&str] = &["", "", "'''d'''\n", "\"\"\"d\n\ne\"\"\"\n\n", "'''d'''; x = 1\n"];

const FUTURES: &[&str] =
    &["", "", "from __future__ import annotations\n", "\n# c\nfrom __future__ import annotations; import a\n"];

const UNITS: &[&str] = &["    ", "  ", "\t"];

fn modules() -> impl Strategy<Value = String> {
    let statements = prop::collection::vec((prop::sample::select(GAPS), prop::sample::select(STATEMENTS)), 0..8);
    let endings =
        prop_oneof![Just(vec!["\n"]), Just(vec!["\r\n"]), Just(vec!["\r"]), Just(vec!["\n", "\r\n", "\n", "\r"])];
    (
        prop::sample::select(HEADERS),
        prop::sample::select(DOCSTRINGS),
        prop::sample::select(FUTURES),
        statements,
        prop::sample::select(GAPS),
        prop::sample::select(UNITS),
        endings,
        any::<bool>(),
    )
        .prop_map(|(header, docstring, future, statements, end, unit, endings, last_newline)| {
            let body: String = statements.into_iter().flat_map(|(gap, statement)| [gap, statement]).collect();
            let text = format!("{header}{docstring}{future}{body}{end}").replace('\t', unit);
            let text = if last_newline { text.as_str() } else { text.trim_end_matches('\n') };
            let lines = text.split_inclusive('\n').zip(endings.iter().cycle());
            lines
                .map(|(line, ending)| line.strip_suffix('\n').map_or(line.to_owned(), |line| line.to_owned() + ending))
                .collect()
        })
}

fn styles() -> impl Strategy<Value = ImportStyle> {
    let options = any::<[bool; 6]>().prop_map(|[within, single, from_first, float, comments, two]| SorterOptions {
        force_sort_within_sections: within,
        force_single_line: single,
        from_first,
        float_to_top: float,
        ensure_newline_before_comments: comments,
        lines_after_imports: two.then_some(2),
        ..SorterOptions::default()
    });
    (any::<bool>(), prop::option::of(options)).prop_map(|(checks_e402, sorter)| ImportStyle {
        first_party: ["mine".to_owned()].into(),
        checks_e402,
        sorter,
        ..ImportStyle::default()
    })
}

fn starts(body: &[Stmt]) -> Vec<usize> {
    body.iter()
        .flat_map(|stmt| std::iter::once(stmt.start().into()).chain(bodies(stmt).into_iter().flat_map(starts)))
        .collect()
}

fn insertion(site: Site) -> Insertion {
    Insertion {
        site,
        block: "# why\nsentry_init(\n    # what\n    dsn=1,\n)\n".to_owned(),
        one_line: "sentry_init(dsn=1)".to_owned(),
        imports: vec![
            ImportLine::from("sentry_sdk.integrations.rq", "RqIntegration"),
            ImportLine::module("sentry_sdk"),
        ],
        imports_not_before: None,
    }
}

fn check(source: &Source, site: Site, style: &ImportStyle) -> Result<(), TestCaseError> {
    let edits = match insert(source, &insertion(site), style) {
        Err(InsertError::AboveFirst(_)) => return Ok(()),
        other => other.map_err(|error| TestCaseError::fail(error.to_string()))?,
    };
    prop_assert!(edits.iter().all(|edit| edit.range.is_empty()), "only insertions");
    let bytes = changeset::apply_edits(source.bytes(), &edits).expect("edits do not overlap");
    let after = Source::decode(bytes).expect("UTF-8");
    prop_assert_eq!(preserved(source, &after), Ok(()), "{}", after.text());

    let (old, new) = (source.text(), after.text());
    if !old.trim_start_matches('\u{feff}').is_empty() {
        prop_assert_eq!(old.ends_with(['\n', '\r']), new.ends_with(['\n', '\r']), "the last newline");
    }
    if old.matches('\n').count() == old.matches("\r\n").count()
        && old.contains('\n')
        && old.matches('\r').count() == old.matches('\n').count()
    {
        prop_assert_eq!(new.matches('\n').count(), new.matches("\r\n").count(), "CRLF only");
    }
    let call = new.find("sentry_init(").expect("the block is there");
    let module = parse(&after).expect("checked above");
    prop_assert!(
        !imported_above(&module, "sentry_sdk.integrations.rq.RqIntegration", call).is_empty(),
        "imported above: {}",
        new
    );

    // The second opinion does not take a lone CR for the end of a line, nor a form feed before a statement.
    let plain = new.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace(['\r'], "\n");
    prop_assert!(rustpython_parser::parse(&plain, rustpython_parser::Mode::Module, "m.py").is_ok(), "{}", plain);

    let again = insert(&after, &insertion(Site::Before(block_start(&module, call))), style).expect("a place");
    prop_assert_eq!(again.len(), 1, "nothing but the block: {}", new);
    Ok(())
}

/// The start of the statement that holds `offset`.
fn block_start(module: &ParsedModule, offset: usize) -> usize {
    starts(module.suite()).into_iter().filter(|&start| start <= offset).max().unwrap_or(0)
}

/// Decorators, and names that are arguments.
#[derive(Default)]
struct Inside(Vec<Site>);

impl<'a> Visitor<'a> for Inside {
    fn visit_decorator(&mut self, decorator: &'a Decorator) {
        self.0.push(Site::BelowDecorator(decorator.expression.start().into()));
        visitor::walk_decorator(self, decorator);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            let given = call.arguments.iter_source_order().map(|argument| argument.value());
            let names = given.filter(|given| matches!(given, Expr::Name(_) | Expr::Attribute(_)));
            self.0.extend(names.map(|name| Site::Around(name.start().into(), name.end().into())));
        }
        visitor::walk_expr(self, expr);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_insertion_keeps_the_module_whole(text in modules(), style in styles(), choice in any::<prop::sample::Index>()) {
        let source = Source::decode(text.into_bytes()).expect("UTF-8");
        // Some are no Python: a `__future__` import below code, a backslash before a comment.
        let Ok(module) = parse(&source) else { return Ok(()) };
        if preserved(&source, &source).is_err() {
            return Ok(());
        }
        let starts = starts(module.suite());
        let mut sites: Vec<Site> = starts.iter().flat_map(|&at| [Site::Before(at), Site::After(at)]).collect();
        sites.push(Site::End);
        check(&source, sites[choice.index(sites.len())], &style)?;
    }

    #[test]
    fn a_place_inside_a_statement_keeps_it_whole(text in modules(), style in styles(), choice in any::<prop::sample::Index>()) {
        let source = Source::decode(text.into_bytes()).expect("UTF-8");
        let Ok(module) = parse(&source) else { return Ok(()) };
        let mut inside = Inside::default();
        inside.visit_body(module.suite());
        if inside.0.is_empty() || preserved(&source, &source).is_err() {
            return Ok(());
        }
        let insertion = insertion(inside.0[choice.index(inside.0.len())]);
        // Where everything above shares its line with the statement, there is no place for the imports.
        let edits = match insert(&source, &insertion, &style) {
            Err(InsertError::ImportsBelowSite(_)) => return Ok(()),
            other => other.map_err(|error| TestCaseError::fail(error.to_string()))?,
        };
        prop_assert!(edits.iter().all(|edit| edit.range.is_empty()), "only insertions");
        let bytes = changeset::apply_edits(source.bytes(), &edits).expect("edits do not overlap");
        let after = Source::decode(bytes).expect("UTF-8");
        let calls = [insertion.one_line];
        prop_assert_eq!(preserved_but_for(&source, &after, &calls), Ok(()), "{}", after.text());
        prop_assert!(preserved(&source, &after).is_err(), "without leave it is a change");
    }
}
