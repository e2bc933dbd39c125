//! Python in, Python out.

use super::*;

/// Puts `sentry_sdk.init()` at the statement that starts with `at`, and checks what must hold for every insertion.
fn changed(before: &str, site: fn(usize) -> Site, at: &str, style: &ImportStyle) -> String {
    let offset = before.find(at).expect("the site is in the text");
    let insertion = Insertion {
        site: site(offset),
        block: "sentry_sdk.init(\n    dsn=1,\n)\n".to_owned(),
        one_line: "sentry_sdk.init(dsn=1)".to_owned(),
        imports: vec![ImportLine::module("sentry_sdk")],
        imports_not_before: before.find("patch_all()").map(|at| before[..at].rfind('\n').map_or(0, |line| line + 1)),
    };
    let source = Source::decode(before.as_bytes().to_vec()).expect("UTF-8");
    let edits = insert(&source, &insertion, style).expect("a place");
    let after = changeset::apply_edits(before.as_bytes(), &edits).expect("edits do not overlap");
    String::from_utf8(after).expect("UTF-8")
}

#[track_caller]
fn before(text: &str, expected: &str) {
    assert_eq!(changed(text, Site::Before, "app", &ImportStyle::default()), expected);
}

#[test]
fn below_the_imports() {
    before(
        "from flask import Flask\napp = Flask()\n",
        "import sentry_sdk\nfrom flask import Flask\n\nsentry_sdk.init(\n    dsn=1,\n)\n\napp = Flask()\n",
    );
}
