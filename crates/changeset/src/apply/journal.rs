//! The journal: what an apply is about to do, with every old and new byte of it. Read [`Journal`] first. Never touches
//! the disk.
//!
//! One line of JSON for a person to read (paths, modes, lengths, SHA-256), then the bytes of all files one after
//! another. The same file, renamed, is the undo record.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::disk::hex;
use crate::change::FileChange;
use crate::path::is_plain;

/// Raised when the format changes; a journal of another version is not read.
const VERSION: u32 = 1;

/// What an apply or an undo is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) kind: Kind,
    /// Part of the names of the temporary files, so that no two runs share one.
    pub(super) id: String,
    pub(super) entries: Vec<Entry>,
}

/// What the journal is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A changeset is carried out.
    Apply,
    /// The last one is taken back. Once done, there is nothing left to undo.
    Undo,
}

/// One file of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The file as the user names it, seen from the root.
    pub(super) path: PathBuf,
    /// The file that is written, seen from the canonical root: another one when `path` is a symbolic link.
    pub(super) target: PathBuf,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<Vec<u8>>,
    pub(super) attributes: Attributes,
}

/// What a file has beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attributes {
    /// Unix permission bits.
    pub(super) mode: u32,
    /// Known when both were read off a file: they are then kept exactly. A new file gets its mode less the umask.
    pub(super) owner: Option<Owner>,
}

/// Unix user and group numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Entry {
    pub(super) fn new(change: &FileChange) -> Self {
        let FileChange { path, before, after, mode } = change.clone();
        Self { target: path.clone(), path, before, after, attributes: Attributes { mode, owner: None } }
    }

    /// The entry that takes this one back, with the mode and owner that the file had.
    pub(super) fn inverted(self) -> Self {
        Self { target: self.path.clone(), before: self.after, after: self.before, ..self }
    }
}

impl Journal {
    /// The temporary file of an entry: hidden, beside its target, and no `*.py` for a reloading server to see.
    pub(super) fn temp(&self, index: usize) -> PathBuf {
        let name = format!(".sentry-codemod-{}-{index}.tmp", self.id);
        self.entries[index].target.with_file_name(name)
    }

    /// The folders whose names change, each once.
    pub(super) fn folders(&self) -> Vec<&Path> {
        let mut folders: Vec<_> = self.entries.iter().filter_map(|entry| entry.target.parent()).collect();
        folders.sort_unstable();
        folders.dedup();
        folders
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let files = self.entries.iter().map(StoredEntry::from).collect();
        let head = Head { version: VERSION, kind: self.kind, id: self.id.clone(), files };
        let mut bytes = serde_json::to_vec(&head)?;
        bytes.push(b'\n');
        for content in self.entries.iter().flat_map(|entry| [&entry.before, &entry.after]).flatten() {
            bytes.extend_from_slice(content);
        }
        Ok(bytes)
    }

    /// Reads a journal back and holds every content against its hash.
    ///
    /// # Errors
    /// A sentence on what is wrong with the bytes.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let line = bytes.iter().position(|&byte| byte == b'\n').ok_or("its first line has no end")?;
        let head: Head = serde_json::from_slice(&bytes[..line]).map_err(|error| error.to_string())?;
        if head.version != VERSION {
            return Err(format!("it has version {}, this program reads {VERSION}", head.version));
        }
        if !head.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(format!("`{}` is not an id", head.id));
        }
        let mut rest = &bytes[line + 1..];
        let entries = head.files.into_iter().map(|file| file.load(&mut rest)).collect::<Result<_, _>>()?;
        Ok(Self { kind: head.kind, id: head.id, entries })
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    kind: Kind,
    id: String,
    files: Vec<StoredEntry>,
}

#[derive(Serialize, Deserialize)]
struct StoredEntry {
    path: StoredPath,
    target: StoredPath,
    #[serde(flatten)]
    attributes: Attributes,
    before: Option<StoredContent>,
    after: Option<StoredContent>,
}

/// A path as text, or in the platform's own form where it is none.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredPath {
    Text(String),
    Platform(OsString),
}

#[derive(Serialize, Deserialize)]
struct StoredContent {
    len: usize,
    sha256: String,
}

impl From<&Entry> for StoredEntry {
    fn from(entry: &Entry) -> Self {
        Self {
            path: StoredPath::from(&entry.path),
            target: StoredPath::from(&entry.target),
            attributes: entry.attributes,
            before: entry.before.as_deref().map(StoredContent::of),
            after: entry.after.as_deref().map(StoredContent::of),
        }
    }
}

impl StoredEntry {
    /// The entry, its contents taken from the front of `rest`.
    fn load(self, rest: &mut &[u8]) -> Result<Entry, String> {
        Ok(Entry {
            path: self.path.load()?,
            target: self.target.load()?,
            attributes: self.attributes,
            before: self.before.map(|content| content.load(rest)).transpose()?,
            after: self.after.map(|content| content.load(rest)).transpose()?,
        })
    }
}

impl From<&PathBuf> for StoredPath {
    fn from(path: &PathBuf) -> Self {
        path.to_str().map_or_else(|| Self::Platform(path.clone().into()), |text| Self::Text(text.to_owned()))
    }
}

impl StoredPath {
    fn load(self) -> Result<PathBuf, String> {
        let path = match self {
            Self::Text(text) => PathBuf::from(text),
            Self::Platform(name) => PathBuf::from(name),
        };
        if is_plain(&path) { Ok(path) } else { Err(format!("`{}` is not a path below the root", path.display())) }
    }
}

impl StoredContent {
    fn of(content: &[u8]) -> Self {
        Self { len: content.len(), sha256: sha256(content) }
    }

    fn load(&self, rest: &mut &[u8]) -> Result<Vec<u8>, String> {
        let (content, after) = rest.split_at_checked(self.len).ok_or("it ends too early")?;
        if sha256(content) != self.sha256 {
            return Err("a content does not have the hash written for it".to_owned());
        }
        *rest = after;
        Ok(content.to_vec())
    }
}

fn sha256(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let attributes = Attributes { mode: 0o755, owner: Some(Owner { user: 1, group: 2 }) };
        let edited = Entry {
            path: "link.py".into(),
            target: "src/app.py".into(),
            before: Some(b"old\0\xff".to_vec()),
            after: Some(Vec::new()),
            attributes,
        };
        Journal {
            kind: Kind::Undo,
            id: "1-a".into(),
            entries: vec![edited, Entry::new(&FileChange::created("n", "x"))],
        }
    }

    #[test]
    fn a_journal_comes_back_as_it_was() {
        assert_eq!(Journal::decode(&journal().encode().unwrap()), Ok(journal()));
    }

    #[test]
    #[cfg(unix)]
    fn a_path_that_is_no_text_comes_back_too() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(OsString::from_vec(b"gr\xfcn.py".to_vec()));
        let journal = Journal { entries: vec![Entry::new(&FileChange::created(path, ""))], ..journal() };
        assert_eq!(Journal::decode(&journal.encode().unwrap()), Ok(journal));
    }

    #[test]
    fn damage_is_found() {
        let whole = journal().encode().unwrap();
        for end in 0..whole.len() {
            assert!(Journal::decode(&whole[..end]).is_err(), "cut at {end}");
        }
        let mut flipped = whole;
        *flipped.last_mut().unwrap() ^= 1;
        assert!(Journal::decode(&flipped).unwrap_err().contains("hash"));
    }

    #[test]
    fn a_journal_cannot_lead_out_of_the_root() {
        let text = String::from_utf8(journal().encode().unwrap().split(|&byte| byte == b'\n').next().unwrap().to_vec());
        let evil = text.unwrap().replace("src/app.py", "../app.py") + "\n";
        assert_eq!(Journal::decode(evil.as_bytes()).unwrap_err(), "`../app.py` is not a path below the root");
    }

    #[test]
    fn temporary_files_lie_beside_their_targets() {
        assert_eq!(journal().temp(0), Path::new("src/.sentry-codemod-1-a-0.tmp"));
    }
}
