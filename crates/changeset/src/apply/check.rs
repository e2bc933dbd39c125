//! What must hold before the first byte is written. Read [`check()`] first. Reads metadata and files; never writes.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path;

use super::disk::{self, found};
use super::error::{Reason, Refusal};
use super::journal::{Entry, Kind};

/// Looks at every file below the canonical `root` and fills in its real place, mode and owner.
///
/// # Errors
/// Every file that must not be written, not only the first.
pub(super) fn check(root: &Path, entries: &mut [Entry], kind: Kind) -> Result<(), Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut seen = HashMap::new();
    for entry in entries {
        let verdict = inspect(root, entry, kind).and_then(|meta| {
            // Two paths can meet in one file by symbolic links or by hard links.
            let file = meta.as_ref().and_then(disk::identity);
            match file.and_then(|file| seen.insert(file, entry.path.clone())) {
                Some(other) => Err(Reason::SameFile(other)),
                None => Ok(()),
            }
        });
        refusals.extend(verdict.err().map(|reason| Refusal { path: entry.path.clone(), reason }));
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// Checks one file; gives the metadata of the one that will be written, when it is there.
fn inspect(root: &Path, entry: &mut Entry, kind: Kind) -> Result<Option<Metadata>, Reason> {
    let path = root.join(&entry.path);
    match (found(fs::symlink_metadata(&path))?, &entry.before) {
        (None, None) => inspect_new(root, &path, entry).map(|()| None),
        (None, Some(_)) => Err(Reason::Vanished),
        (Some(_), None) => Err(Reason::InTheWay),
        (Some(_), Some(_)) => inspect_present(root, &path, entry, kind).map(Some),
    }
}

fn inspect_new(root: &Path, path: &Path, entry: &mut Entry) -> Result<(), Reason> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Reason::NotAFile);
    };
    let folder = found(folder.canonicalize())?.ok_or(Reason::NoFolder)?;
    settle(root, &folder.join(name), entry)
}

fn inspect_present(root: &Path, path: &Path, entry: &mut Entry, kind: Kind) -> Result<Metadata, Reason> {
    let target = found(path.canonicalize())?.ok_or(Reason::Vanished)?;
    settle(root, &target, entry)?;
    if entry.after.is_none() && fs::symlink_metadata(path)?.is_symlink() {
        return Err(Reason::LinkDeleted);
    }
    let meta = fs::metadata(&target)?;
    if !meta.is_file() {
        return Err(Reason::NotAFile);
    }
    check_writable(&target)?;
    if entry.before != Some(fs::read(&target)?) {
        return Err(match kind {
            Kind::Apply => Reason::Changed,
            Kind::Undo => Reason::ChangedSinceApply,
        });
    }
    entry.attributes = disk::attributes(&meta);
    Ok(meta)
}

/// Notes the real place of a file, which has to lie in the root.
fn settle(root: &Path, target: &Path, entry: &mut Entry) -> Result<(), Reason> {
    entry.target = target.strip_prefix(root).map_err(|_| Reason::Outside(target.to_owned()))?.to_owned();
    Ok(())
}

/// Whether this user may write the file, as any editor would find out: a rename over it would ask only for the folder's leave.
fn check_writable(target: &Path) -> Result<(), Reason> {
    match fs::OpenOptions::new().write(true).open(target) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(Reason::ReadOnly),
        Err(error) => Err(error.into()),
    }
}
