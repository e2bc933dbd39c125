//! What pages name exists: the targets of their links, the paths on the map, the pages in the table of contents.

use std::path::Path;

use crate::pages::{all, is_update, read, root};

#[test]
fn links_between_pages_lead_somewhere() {
    if is_update() {
        return;
    }
    let mut dead = Vec::new();
    for page in all() {
        let text = read(&page);
        for target in link_targets(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let place = Path::new(&page).parent().unwrap().join(file);
            let linked = if file.is_empty() { page.clone() } else { place.to_str().unwrap().to_owned() };
            let has_heading = || read(&linked).lines().any(|line| anchor(line).as_deref() == Some(heading));
            if !root().join(&linked).exists() || !heading.is_empty() && !has_heading() {
                dead.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
}

/// mdBook copies what lies below `docs`; a link that leads out of it is dead in the book.
#[test]
fn links_of_the_book_stay_in_it() {
    let docs = root().join("docs");
    for page in all().iter().filter(|page| page.starts_with("docs/")) {
        for target in link_targets(&read(page)).filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let file = target.split('#').next().unwrap();
            let place = root().join(page).parent().unwrap().join(file).canonicalize();
            assert!(place.is_ok_and(|place| place.starts_with(&docs)), "{page}: {target} leads out of the book");
        }
    }
}

#[test]
fn paths_on_the_map_exist() {
    for page in ["docs/architecture.md", "CONTRIBUTING.md"] {
        for path in code_spans(&read(page)).filter(|span| is_path(span)) {
            assert!(root().join(path.trim_end_matches('/')).exists(), "{page} names `{path}`, which does not exist");
        }
    }
}

#[test]
fn the_table_of_contents_names_every_page_of_the_book() {
    if is_update() {
        return;
    }
    let contents = read("docs/SUMMARY.md");
    for page in all() {
        let Some(page) = page.strip_prefix("docs/").filter(|page| *page != "SUMMARY.md") else { continue };
        assert!(contents.contains(&format!("({page})")), "docs/SUMMARY.md does not name {page}");
    }
}

/// The targets of `[text](target)` outside code.
fn link_targets(page: &str) -> impl Iterator<Item = &str> {
    prose(page)
        .flat_map(|line| line.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// What stands between backquotes.
fn code_spans(page: &str) -> impl Iterator<Item = &str> {
    prose(page).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The lines outside fenced blocks.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut in_block = false;
    page.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence
    })
}

/// Whether a code span names a place in the repository: one of its top folders, and no placeholder.
fn is_path(span: &str) -> bool {
    let tops = ["crates/", "rules/", "tests/", "docs/", ".ci/", "snapshots/"];
    tops.iter().any(|top| span.starts_with(top)) && !span.contains(|c: char| c.is_uppercase() || " *{<".contains(c))
}

/// The anchor of a heading, as GitHub and mdBook make it.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}
