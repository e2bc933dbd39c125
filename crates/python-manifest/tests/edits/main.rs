//! Every dialect: a file, the one edit, the file afterwards. One module for each dialect.
//!
//! `changes` also asks once more and expects nothing left to do.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail as tests do")]

mod choose;
mod conda;
mod dockerfile;
mod lock;
mod pep621;
mod pipfile;
mod pixi;
mod poetry;
mod requirements;
mod setup_cfg;
mod setup_py;

use std::path::Path;
use std::str::FromStr;

use changeset::apply_edits;
use python_manifest::{Applicability, Manifest, ManifestError, Outcome, Version, Wanted};

/// `sentry-sdk[flask]>=2.35,<3`, beside flask.
pub(crate) fn wanted() -> Wanted {
    Wanted {
        distribution: "sentry-sdk".to_owned(),
        extras: vec!["flask".to_owned()],
        floor: version("2.35.0"),
        end: Some(version("3.0.0")),
        newest: version("2.75.0"),
        anchors: vec!["flask".to_owned()],
        needs_end: false,
    }
}

pub(crate) fn version(text: &str) -> Version {
    Version::from_str(text).unwrap()
}

pub(crate) fn read(path: &str, text: &str) -> Result<Manifest, ManifestError> {
    let path = Path::new(path);
    let manifest = Manifest::read(path, text.as_bytes().to_vec())?;
    Ok(manifest.unwrap_or_else(|| Manifest::read_reference(path, text.as_bytes().to_vec()).unwrap()))
}

/// The text after the edits, and how sure they are.
pub(crate) fn edited(path: &str, text: &str, wanted: &Wanted) -> (String, Applicability) {
    match read(path, text).unwrap().require(wanted).unwrap() {
        Outcome::Edit { edits, applicability, .. } => {
            (String::from_utf8(apply_edits(text.as_bytes(), &edits).unwrap()).unwrap(), applicability)
        }
        other => panic!("{path}: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn changes_to(path: &str, before: &str, after: &str, wanted: &Wanted, sure: Applicability) {
    let (text, applicability) = edited(path, before, wanted);
    assert_eq!(text, after, "\n{text}");
    assert_eq!(applicability, sure);
    assert_eq!(read(path, &text).unwrap().require(wanted).unwrap(), Outcome::Satisfied, "the second run");
}

#[track_caller]
pub(crate) fn changes(path: &str, before: &str, after: &str) {
    changes_to(path, before, after, &wanted(), Applicability::Safe);
}

#[track_caller]
pub(crate) fn changes_with_risk(path: &str, before: &str, after: &str) {
    changes_to(path, before, after, &wanted(), Applicability::Unsafe);
}

#[track_caller]
pub(crate) fn stays(path: &str, text: &str) {
    assert_eq!(read(path, text).unwrap().require(&wanted()).unwrap(), Outcome::Satisfied);
}

/// A person has to do it, and `words` stand in the reason or the text.
#[track_caller]
pub(crate) fn advises(path: &str, text: &str, words: &str) {
    match read(path, text).unwrap().require(&wanted()).unwrap() {
        Outcome::Advice { text, reason } => {
            assert!(text.contains(words) || reason.contains(words), "{text}\n{reason}");
        }
        other => panic!("{path}: {other:?}"),
    }
}

/// The file cannot be read: the place and the message.
#[track_caller]
pub(crate) fn fails(path: &str, text: &str, place: (usize, usize), words: &str) {
    let error = read(path, text).map(|_| ()).unwrap_err();
    assert_eq!((error.line, error.column), place, "{error}");
    assert!(error.message.contains(words), "{error}");
}
