//! The single moves on the disk that everything here is made of. Read [`Staged`] first. Never decides what to write.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::journal::{Attributes, Owner};

/// New content that is ready to take its place in one move.
///
/// Modes, owners, access lists and extended attributes are kept: what cannot be given to a new file makes the old one be
/// written in place.
#[derive(Debug)]
pub(super) enum Staged {
    /// The content lies on the disk under a name of its own, in the folder of the file it will replace.
    Beside,
    /// The file has other names too (hard links), or an owner or attributes that this process cannot give, so its bytes
    /// have to be changed where they are. The journal holds what was and what shall be.
    InPlace(File),
    /// The file goes away.
    Removal,
}

impl Staged {
    /// Makes the content ready, durably, and touches nothing that was there before.
    pub(super) fn prepare(
        target: &Path,
        temp: &Path,
        content: Option<&[u8]>,
        attributes: &Attributes,
    ) -> io::Result<Self> {
        let Some(content) = content else {
            return Ok(Self::Removal);
        };
        if found(fs::metadata(target))?.is_some_and(|meta| link_count(&meta) > 1) {
            return Ok(Self::InPlace(OpenOptions::new().write(true).open(target)?));
        }
        let mut file = create_beside(temp, attributes)?;
        if target.is_file() && !(give(&file, attributes.owner)? && give_extended(&file, target)?) {
            remove_if_there(temp)?;
            return Ok(Self::InPlace(OpenOptions::new().write(true).open(target)?));
        }
        file.write_all(content)?;
        if attributes.owner.is_some() {
            set_mode(&file, attributes.mode)?;
        }
        file.sync_all()?;
        Ok(Self::Beside)
    }

    /// Puts the content in its place. Apart from [`Staged::InPlace`], other programs see the old file or the new one
    /// and nothing between.
    pub(super) fn commit(self, target: &Path, temp: &Path, content: Option<&[u8]>) -> io::Result<()> {
        match self {
            Self::Beside => fs::rename(temp, target),
            Self::InPlace(file) => overwrite(file, content.unwrap_or_default()),
            Self::Removal => fs::remove_file(target),
        }
    }
}

/// Writes over the old bytes and cuts the file last, so that whenever it stops, each byte is an old one or a new one:
/// recovery knows it by that.
fn overwrite(mut file: File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    file.sync_all()
}

/// What a file below the canonical `root` holds now; nothing when it is not there.
pub(super) fn content(root: &Path, target: &Path) -> io::Result<Option<Vec<u8>>> {
    let path = root.join(target);
    let Some(folder) = found(path.parent().unwrap_or(root).canonicalize())? else {
        return Ok(None);
    };
    if !folder.starts_with(root) {
        return Err(io::Error::other("its folder leads out of the project now"));
    }
    match found(fs::symlink_metadata(&path))? {
        None => Ok(None),
        Some(meta) if meta.is_file() => fs::read(&path).map(Some),
        Some(_) => Err(io::Error::other("it is not a regular file any more")),
    }
}

/// Turns "not found" into a value.
pub(super) fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file; one that is not there is no error.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    found(fs::remove_file(path)).map(|_| ())
}

/// Writes a file of the state folder so that it is there whole or not at all.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let written = write_durably(&unfinished, content).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // The disk may be full; the reason that is reported is the first one.
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    path.parent().map_or(Ok(()), sync_folder)
}

fn write_durably(path: &Path, content: &[u8]) -> io::Result<()> {
    // Never into a file that is there: it may be a link planted to have another one overwritten.
    remove_if_there(path)?;
    let mut file = private_file().create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the names in a folder durable. A folder that is gone has none.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // Windows offers no such call for folders; the file system's own journal has to do.
        return Ok(());
    }
    match found(File::open(folder).and_then(|folder| folder.sync_all())) {
        // Some network file systems do not know it either.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result.map(|_| ()),
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens a lock file, which is created when it is not there. Nothing is ever written to it.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    private_file().create(true).truncate(false).open(path)
}

/// For files that the user alone can read, since old content is kept in them.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A folder, with those above it, that the user alone can enter; durable, as what is kept in it has to be.
pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    let new: Vec<_> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    new.into_iter().filter_map(Path::parent).try_for_each(sync_folder)
}

/// The temporary file beside a target. One that replaces a file is private until it has that file's owner and mode.
fn create_beside(temp: &Path, attributes: &Attributes) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        let mode = if attributes.owner.is_some() { 0o600 } else { attributes.mode };
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    }
    #[cfg(not(unix))]
    let _ = attributes;
    options.open(temp)
}

/// Mode and owner of a file that is there.
#[cfg(unix)]
pub(super) fn attributes(meta: &Metadata) -> Attributes {
    use std::os::unix::fs::MetadataExt;
    Attributes { mode: meta.mode() & 0o7777, owner: Some(Owner { user: meta.uid(), group: meta.gid() }) }
}

/// Mode and owner of a file that is there: neither is known on this platform.
#[cfg(not(unix))]
pub(super) fn attributes(_meta: &Metadata) -> Attributes {
    Attributes { mode: 0o644, owner: None }
}

/// How many names a file has.
#[cfg(unix)]
fn link_count(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(meta)
}

/// How many names a file has: not known on this platform, so hard links are cut.
#[cfg(not(unix))]
fn link_count(_meta: &Metadata) -> u64 {
    1
}

/// What tells whether two names mean one file, where the platform says it.
#[cfg(unix)]
pub(super) fn identity(meta: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.dev(), meta.ino()))
}

/// What tells whether two names mean one file: not known on this platform.
#[cfg(not(unix))]
pub(super) fn identity(_meta: &Metadata) -> Option<(u64, u64)> {
    None
}

/// Gives a new file its owner; false when this process may not.
#[cfg(unix)]
fn give(file: &File, owner: Option<Owner>) -> io::Result<bool> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let meta = file.metadata()?;
    let Some(owner) = owner.filter(|owner| (meta.uid(), meta.gid()) != (owner.user, owner.group)) else {
        return Ok(true);
    };
    match fchown(file, Some(owner.user), Some(owner.group)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(false),
        result => result.map(|()| true),
    }
}

#[cfg(not(unix))]
fn give(_file: &File, _owner: Option<Owner>) -> io::Result<bool> {
    Ok(true)
}

/// Gives a new file the access list and the extended attributes of the one at `target`; false when this process may not.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn give_extended(file: &File, target: &Path) -> io::Result<bool> {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};

    /// The most that Linux keeps of either.
    const LARGEST: usize = 64 << 10;
    let old = File::open(target)?;
    let mut names = vec![0; LARGEST];
    // A file system without them has none to lose.
    let Ok(length) = flistxattr(&old, &mut names[..]) else { return Ok(true) };
    let value_of = |file: &File, name: &[u8]| {
        let mut value = vec![0; LARGEST];
        let length = fgetxattr(file, name, &mut value[..]).ok()?;
        value.truncate(length);
        Some(value)
    };
    let names = names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let is_given = |name: &[u8]| match value_of(&old, name) {
        Some(value) if value_of(file, name).as_ref() != Some(&value) => {
            fsetxattr(file, name, &value, XattrFlags::empty()).is_ok()
        }
        _ => true,
    };
    Ok(names.into_iter().all(is_given))
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn give_extended(_file: &File, _target: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}
