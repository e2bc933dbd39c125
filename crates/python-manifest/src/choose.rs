//! stand-in
use crate::{Group, Manifest};
use std::path::{Path, PathBuf};
/// c
pub enum Choice {
    /// m
    Manifest {
        /// i
        index: usize,
        /// r
        reason: String,
    },
    /// a
    Advice {
        /// t
        text: String,
        /// r
        reason: String,
    },
}
/// choose
pub fn choose(manifests: &[Manifest], anchors: &[String], _deployed: &[PathBuf]) -> Choice {
    let names =
        |m: &Manifest| m.declared().iter().any(|d| d.group == Group::Runtime && anchors.contains(&d.distribution));
    let ok =
        |m: &Manifest| !m.is_tools_only() && m.compiled_from().is_none() && !m.path().to_string_lossy().contains("dev");
    match manifests.iter().position(|m| ok(m) && names(m)).or_else(|| manifests.iter().position(ok)) {
        Some(index) => Choice::Manifest { index, reason: String::new() },
        None => Choice::Advice { text: "pip install sentry-sdk".into(), reason: "no manifest".into() },
    }
}
/// d
pub fn deployed_files(_path: &Path, _text: &str) -> Vec<PathBuf> {
    Vec::new()
}
