use super::*;

fn monitor(site: Site) -> Insertion {
    Insertion {
        site,
        block: String::new(),
        one_line: "monitor(slug=\"a\")".to_owned(),
        imports: vec![ImportLine::from("sentry_sdk.crons", "monitor")],
        imports_not_before: None,
    }
}

/// The text after an insertion at the first `at`, which it passes to `site` with its end.
#[track_caller]
fn changed(before: &str, at: &str, site: impl Fn(usize, usize) -> Site) -> String {
    let source = Source::decode(before.as_bytes().to_vec()).expect("UTF-8");
    let start = source.text().find(at).expect("the site is in the text");
    let insertion = monitor(site(start, start + at.len()));
    let edits = insert(&source, &insertion, &ImportStyle::default()).expect("a place");
    let bytes = changeset::apply_edits(source.bytes(), &edits).expect("edits do not overlap");
    let after = Source::decode(bytes).expect("the encoding stays");
    assert_eq!(preserved_but_for(&source, &after, &[insertion.one_line]), Ok(()), "{}", after.text());
    assert!(preserved(&source, &after).is_err(), "without leave it is a change");
    after.text().to_owned()
}

#[test]
fn a_decorator_goes_below_another() {
    for (before, after) in [
        (
            "import s\n@s.job(1)\ndef f(): pass\n",
            "import s\nfrom sentry_sdk.crons import monitor\n@s.job(1)\n@monitor(slug=\"a\")\ndef f(): pass\n",
        ),
        (
            "import s\r\nclass A:\r\n\t@s.job(\r\n\t\t1,\r\n\t)  # c\r\n\tasync def f(): pass",
            "import s\r\nfrom sentry_sdk.crons import monitor\r\nclass A:\r\n\t@s.job(\r\n\t\t1,\r\n\t)  # c\r\n\t@monitor(slug=\"a\")\r\n\tasync def f(): pass",
        ),
    ] {
        assert_eq!(changed(before, "s.job", |start, _| Site::BelowDecorator(start)), after);
    }
}

#[test]
fn a_call_goes_around_a_name() {
    let before = "from sentry_sdk.crons import monitor\ns.add(a.f, 'x')\n";
    let after = "from sentry_sdk.crons import monitor\ns.add(monitor(slug=\"a\")(a.f), 'x')\n";
    assert_eq!(changed(before, "a.f", Site::Around), after);
}

#[test]
fn what_is_not_there_is_no_place() {
    let source = Source::decode(b"s.add(lambda: 1)\n".to_vec()).expect("UTF-8");
    for site in [Site::BelowDecorator(0), Site::Around(6, 15), Site::Around(0, 3)] {
        let found = insert(&source, &monitor(site), &ImportStyle::default());
        assert!(matches!(found, Err(InsertError::NoExpression(_))), "{site:?}");
    }
}
