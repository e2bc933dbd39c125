//! Python in, Python out. The statement that starts with `app` is the site.

mod blocks;
mod imports;
mod inside;

use ruff_python_trivia::textwrap::dedent;

use super::*;
use crate::{preserved, preserved_but_for};

/// A text as it stands in a test: without the first line, and without the indentation that all lines share.
fn text(raw: &str) -> String {
    dedent(raw.strip_prefix('\n').unwrap_or(raw)).trim_end_matches(' ').to_owned()
}

fn init(site: Site) -> Insertion {
    Insertion {
        site,
        block: "sentry_sdk.init()\n".to_owned(),
        one_line: "sentry_sdk.init()".to_owned(),
        imports: vec![ImportLine::module("sentry_sdk")],
        imports_not_before: None,
    }
}

fn apply(source: &Source, insertion: &Insertion, style: &ImportStyle) -> Source {
    let edits = insert(source, insertion, style).expect("a place");
    let bytes = changeset::apply_edits(source.bytes(), &edits).expect("edits do not overlap");
    let after = Source::decode(bytes).expect("the encoding stays");
    assert_eq!(preserved(source, &after), Ok(()));
    after
}

#[track_caller]
fn changes_with(style: &ImportStyle, insertion: impl Fn(usize) -> Insertion, before: &str, after: &str) {
    let source = Source::decode(text(before).into_bytes()).expect("UTF-8");
    let site = source.text().find("app").expect("the site is in the text");
    let changed = apply(&source, &insertion(site), style);
    let expected = text(after);
    assert!(changed.text() == expected, "--- changed\n{}\n--- expected\n{expected}", changed.text());

    let site = changed.text().find("app").expect("the site is still there");
    let again = insert(&changed, &insertion(site), style).expect("a place");
    assert_eq!(again.len(), 1, "the imports are there already");
}

/// With `sentry_sdk.init()` put in before `app`.
#[track_caller]
fn before(text: &str, expected: &str) {
    changes_with(&ImportStyle::default(), |at| init(Site::Before(at)), text, expected);
}

#[track_caller]
fn after(text: &str, expected: &str) {
    changes_with(&ImportStyle::default(), |at| init(Site::After(at)), text, expected);
}

fn own(names: &[&str]) -> ImportStyle {
    ImportStyle {
        first_party: names.iter().map(|&name| name.to_owned()).collect(),
        checks_e402: true,
        ..ImportStyle::default()
    }
}

fn sorted(options: SorterOptions) -> ImportStyle {
    ImportStyle { sorter: Some(options), ..own(&["mine"]) }
}
