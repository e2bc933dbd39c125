//! Any bytes as a dependency file of any dialect: one requirement comes in or changes, all others stay, and a second
//! look finds nothing to do.
//!
//! The first byte chooses the dialect.
#![no_main]

use std::path::Path;

use changeset::apply_edits;
use libfuzzer_sys::fuzz_target;
use python_manifest::{Declared, Lock, Manifest, Outcome, Version, Wanted};

const DIALECTS: [&str; 9] = [
    "requirements.txt",
    "requirements.in",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "setup.py",
    "environment.yml",
    "Dockerfile",
    "pixi.toml",
];
const LOCKS: [&str; 4] = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"];

fuzz_target!(|data: &[u8]| {
    let [dialect, text @ ..] = data else { return };
    let dialect = usize::from(*dialect) % (DIALECTS.len() + LOCKS.len());
    match DIALECTS.get(dialect) {
        Some(path) => manifest(Path::new(path), text),
        None => drop(Lock::read(Path::new(LOCKS[dialect - DIALECTS.len()]), text.to_vec())),
    }
});

fn manifest(path: &Path, text: &[u8]) {
    let Ok(Some(manifest)) = Manifest::read(path, text.to_vec()) else { return };
    let Ok(Outcome::Edit { edits, before, .. }) = manifest.require(&wanted()) else { return };
    let after = apply_edits(text, &edits).expect("disjoint");
    let shown = || String::from_utf8_lossy(&after).into_owned();
    let new = Manifest::read(path, after.clone()).expect("is read again").expect("is a manifest as before");
    assert_eq!(others(&manifest), others(&new), "{}", shown());
    assert_eq!(new.require(&wanted()).expect("a second time"), Outcome::Satisfied, "{}", shown());
    if before.is_none() {
        assert!(edits.iter().all(|edit| edit.range.is_empty()), "an insertion replaces nothing: {}", shown());
    }
}

fn others(manifest: &Manifest) -> Vec<(String, Vec<String>, String)> {
    let others = manifest.declared().into_iter().filter(|one| one.distribution != "sentry-sdk");
    others.map(|one: Declared| (one.distribution, one.extras, one.specifier)).collect()
}

fn wanted() -> Wanted {
    Wanted {
        distribution: "sentry-sdk".to_owned(),
        extras: vec!["flask".to_owned()],
        floor: Version::new([2, 35]),
        end: Some(Version::new([3])),
        newest: Version::new([2, 75, 0]),
        anchors: vec!["flask".to_owned()],
        needs_end: false,
    }
}
