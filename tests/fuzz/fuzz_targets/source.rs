//! Any bytes as a Python file: lines are inserted at a place of it, and it stays whole.
//!
//! The first byte chooses the place, the second the habits of the project's import sorter.
#![no_main]

use changeset::apply_edits;
use libfuzzer_sys::fuzz_target;
use python_source::outline::{Outline, Stmt};
use python_source::{ImportLine, ImportStyle, InsertError, Insertion, Site, SorterOptions, Source, insert, preserved};

fuzz_target!(|data: &[u8]| {
    let [place, habits, module @ ..] = data else { return };
    let Ok(source) = Source::decode(module.to_vec()) else { return };
    let Ok(outline) = Outline::of(&source) else { return };
    // What this cannot compare with itself, nobody edits.
    if preserved(&source, &source).is_err() {
        return;
    }
    let site = site(&outline.body, *place);
    let edits = match insert(&source, &insertion(site), &style(*habits)) {
        Ok(edits) => edits,
        Err(InsertError::AboveFirst(_) | InsertError::ImportsBelowSite(_)) => return,
        Err(error) => panic!("{error}"),
    };
    assert!(edits.iter().all(|edit| edit.range.is_empty()), "only insertions");
    let after = Source::decode(apply_edits(source.bytes(), &edits).expect("disjoint")).expect("decodes as before");
    assert_eq!(preserved(&source, &after), Ok(()), "{}", after.text());
});

fn site(body: &[Stmt], place: u8) -> Site {
    let places: Vec<Site> =
        body.iter().flat_map(|stmt| [Site::Before(stmt.span.start), Site::After(stmt.span.start)]).collect();
    places.get(usize::from(place) % (places.len() + 1)).cloned().unwrap_or(Site::End)
}

fn insertion(site: Site) -> Insertion {
    Insertion {
        site,
        block: "# why\nsentry_init(\n    dsn=1,\n)\n".to_owned(),
        one_line: "sentry_init(dsn=1)".to_owned(),
        imports: vec![ImportLine::from("sentry_sdk.integrations.rq", "RqIntegration"), ImportLine::module("sentry_sdk")],
        imports_not_before: None,
    }
}

fn style(habits: u8) -> ImportStyle {
    let is = |bit: u8| habits & (1 << bit) != 0;
    let sorter = SorterOptions {
        force_sort_within_sections: is(0),
        force_single_line: is(1),
        from_first: is(2),
        float_to_top: is(3),
        ensure_newline_before_comments: is(4),
        lines_after_imports: is(5).then_some(2),
        ..SorterOptions::default()
    };
    ImportStyle { checks_e402: is(6), sorter: is(7).then_some(sorter), ..ImportStyle::default() }
}
