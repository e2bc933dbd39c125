//! The one walk over the user's tree, and the only place that reads from it. Never decides what a file means.
//! Read [`walk`] first.
#![allow(clippy::disallowed_methods, reason = "this is the door through which files are read")]

use std::ffi::OsStr;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::vocabulary::Vocabulary;
use aho_corasick::packed::{MatchKind, Searcher};
use ignore::{DirEntry, WalkBuilder, WalkState};

/// A file of the tree that is worth knowing of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Relative to the root.
    pub(crate) path: PathBuf,
    /// For a Python file: what stands in it. `None` for other files.
    pub(crate) python: Option<Words>,
}

/// Which kinds of words a Python file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words {
    /// A word of the vocabulary.
    pub vocabulary: bool,
    /// The package whose call starts the SDK.
    pub starts: bool,
    /// A word that may order or load something.
    pub hint: bool,
    /// `__main__`: it may be run as a script.
    pub main: bool,
    /// Bytes that are no UTF-8; looked for only where a word of the vocabulary stands.
    pub not_utf8: bool,
    /// Its first lines say that a program wrote it; looked for only where another word stands.
    pub generated: bool,
}

/// What could not be walked or read, and why.
pub(crate) type Unreadable = (PathBuf, std::io::Error);

/// Folders that hold other people's code whatever the ignore files say.
const FOREIGN_FOLDERS: [&str; 4] = ["node_modules", "site-packages", "__pycache__", "__pypackages__"];

/// Walks the tree below `root` in parallel, obeying ignore files, and scans each Python file once.
/// Other files are kept when `wanted` says so; what is `excluded` is not entered. The result is sorted by path.
pub(crate) fn walk(
    root: &Path,
    vocabulary: &Vocabulary,
    wanted: impl Fn(&Path) -> bool + Sync,
    excluded: impl Fn(&Path) -> bool + Sync + Send + 'static,
) -> (Vec<Found>, Vec<Unreadable>) {
    let scanner = Scanner::new(vocabulary);
    let collected = Mutex::new((Vec::new(), Vec::new()));
    let shut = Arc::new(Mutex::new(Vec::new()));
    let mut builder = WalkBuilder::new(root);
    builder
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .filter_entry({
            let (shut, root) = (Arc::clone(&shut), root.to_owned());
            move |entry| {
                let below = entry.path().strip_prefix(&root).unwrap_or(entry.path());
                is_first_party(entry) && (entry.depth() == 0 || !excluded(below) && is_open(entry, &shut))
            }
        })
        .threads(std::thread::available_parallelism().map_or(1, usize::from));
    // The walk cannot begin without these; where one of them is a trap, none is obeyed.
    if let Some(trap) = root.ancestors().find_map(ignore_file_that_is_none) {
        builder.ignore(false).git_ignore(false).git_exclude(false).parents(false);
        lock(&shut).push(trap);
    }
    builder.build_parallel().run(|| {
        let mut batch = Batch { collected: &collected, found: Vec::new(), unreadable: Vec::new() };
        let (scanner, wanted) = (&scanner, &wanted);
        let mut buffer = Vec::new();
        Box::new(move |entry| {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
                    if is_python(path) {
                        match scanner.scan(entry.path(), &mut buffer) {
                            Ok(words) => batch.found.push(Found { path: path.to_owned(), python: Some(words) }),
                            Err(error) => batch.unreadable.push((path.to_owned(), error)),
                        }
                    } else if wanted(path) {
                        batch.found.push(Found { path: path.to_owned(), python: None });
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error_path(&error, root);
                    let error = error.into_io_error().unwrap_or_else(|| std::io::Error::other("cannot be walked"));
                    batch.unreadable.push((path, error));
                }
            }
            WalkState::Continue
        })
    });
    let (mut found, mut unreadable) = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
    unreadable.extend(lock(&shut).drain(..).map(|path| {
        let path = path.strip_prefix(root).map(Path::to_owned).unwrap_or(path);
        (path, std::io::Error::other("no regular file, so what it ignores is not known"))
    }));
    found.sort_unstable_by(|a: &Found, b: &Found| a.path.cmp(&b.path));
    unreadable.sort_unstable_by(|a: &Unreadable, b: &Unreadable| a.0.cmp(&b.0));
    (found, unreadable)
}

/// The words in the text of a Python file.
pub(crate) fn words_of(text: &[u8], vocabulary: &Vocabulary) -> Words {
    Scanner::new(vocabulary).scan_text(text)
}

/// Larger files are named and not read: no program is written by hand in as many bytes, and a syntax tree takes up many
/// times as much.
const LARGEST: u64 = 8 << 20;

/// Reads a whole file of the tree.
///
/// # Errors
/// When it cannot be read, is larger than 8 MiB, or has become something that is no regular file.
pub fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    read_into(path, &mut content)?;
    Ok(content)
}

fn read_into(path: &Path, buffer: &mut Vec<u8>) -> std::io::Result<()> {
    // Looked at before it is opened, for opening a pipe waits until somebody writes into it.
    let meta = std::fs::metadata(path)?;
    if !meta.is_file() {
        return Err(std::io::Error::other("no regular file"));
    }
    let too_large = || {
        let limit = LARGEST >> 20;
        std::io::Error::new(ErrorKind::FileTooLarge, format!("larger than {limit} MiB, which no source is"))
    };
    if meta.len() > LARGEST {
        return Err(too_large());
    }
    // It may grow while it is read.
    let count = std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(buffer)?;
    if count as u64 > LARGEST { Err(too_large()) } else { Ok(()) }
}

/// What one thread of the walk has found; handed over when the thread ends.
struct Batch<'a> {
    collected: &'a Mutex<(Vec<Found>, Vec<Unreadable>)>,
    found: Vec<Found>,
    unreadable: Vec<Unreadable>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = lock(self.collected);
        all.0.append(&mut self.found);
        all.1.append(&mut self.unreadable);
    }
}

/// A lock that outlives a thread that panicked: its list is whole after each push.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn error_path(error: &ignore::Error, root: &Path) -> PathBuf {
    match error {
        ignore::Error::WithPath { path, .. } => path.strip_prefix(root).unwrap_or(path).to_owned(),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err, root),
        ignore::Error::Loop { child, .. } => child.strip_prefix(root).unwrap_or(child).to_owned(),
        _ => PathBuf::new(),
    }
}

/// `.wsgi` files are Python modules that a server loads by path.
pub(crate) fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py" || extension == "wsgi")
}

/// Whether the walk goes into a folder: hidden ones, virtual environments and package folders are other people's.
fn is_first_party(entry: &DirEntry) -> bool {
    if entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    let name = entry.file_name();
    let hidden = name.as_encoded_bytes().starts_with(b".");
    !hidden
        && !FOREIGN_FOLDERS.iter().any(|foreign| name == OsStr::new(foreign))
        && !entry.path().join("pyvenv.cfg").exists()
}

/// Whether a folder's own ignore files can be read. One that cannot is noted, and the folder left out.
fn is_open(entry: &DirEntry, shut: &Mutex<Vec<PathBuf>>) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    let trap = ignore_file_that_is_none(entry.path());
    let is_open = trap.is_none();
    lock(shut).extend(trap);
    is_open
}

/// A pipe or a device under the name of an ignore file of this folder: the walk would wait for it, or read it for ever.
fn ignore_file_that_is_none(folder: &Path) -> Option<PathBuf> {
    const NAMES: [&str; 3] = [".gitignore", ".ignore", ".git/info/exclude"];
    let is_trap = |path: &PathBuf| {
        std::fs::metadata(path).is_ok_and(|meta| !meta.is_dir() && (!meta.is_file() || meta.len() > LARGEST))
    };
    NAMES.iter().map(|name| folder.join(name)).find(is_trap)
}

/// Whether the first lines say that a program wrote the file.
fn is_generated(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').take(5).any(|line| {
        let line = String::from_utf8_lossy(line).to_ascii_lowercase();
        line.starts_with('#')
            && (line.contains("@generated") || (line.contains("generated") && line.contains("do not edit")))
    })
}

/// Looks for the vocabulary's words in bytes.
struct Scanner {
    /// All patterns in parts.
    parts: Vec<Part>,
}

/// So many patterns that Teddy still takes them: it looks for all of them at once, ten times faster than an automaton.
const AT_ONCE: usize = 60;

/// Some of the patterns.
struct Part {
    /// Teddy; it exists only for some lists of words and on some processors.
    searcher: Option<Searcher>,
    patterns: Vec<Vec<u8>>,
    /// What each pattern shows.
    shows: Vec<Words>,
}

impl Scanner {
    fn new(vocabulary: &Vocabulary) -> Self {
        let main = ("__main__", Words { main: true, ..Words::default() });
        let hints = vocabulary.hints().into_iter().map(|hint| (hint, Words { hint: true, ..Words::default() }));
        let words = vocabulary.words().iter().map(|word| {
            let starts = vocabulary.starts_with(word.as_bytes());
            (word.as_str(), Words { vocabulary: true, starts, ..Words::default() })
        });
        let patterns: Vec<(&str, Words)> = std::iter::once(main).chain(hints).chain(words).collect();
        Self { parts: patterns.chunks(AT_ONCE).map(Part::new).collect() }
    }

    fn scan(&self, path: &Path, buffer: &mut Vec<u8>) -> std::io::Result<Words> {
        buffer.clear();
        read_into(path, buffer)?;
        Ok(self.scan_text(buffer))
    }

    fn scan_text(&self, text: &[u8]) -> Words {
        let words = self.words_in(text);
        let not_utf8 = words.vocabulary && std::str::from_utf8(text).is_err();
        Words { not_utf8, generated: (words.vocabulary || words.main) && is_generated(text), ..words }
    }

    fn words_in(&self, text: &[u8]) -> Words {
        let mut words = Words::default();
        for part in &self.parts {
            part.look(text, &mut words);
        }
        words
    }
}

impl Part {
    fn new(patterns: &[(&str, Words)]) -> Self {
        let (patterns, shows): (Vec<Vec<u8>>, Vec<Words>) =
            patterns.iter().map(|(pattern, shows)| (pattern.as_bytes().to_vec(), *shows)).unzip();
        let mut config = aho_corasick::packed::Config::new();
        let searcher = config.match_kind(MatchKind::LeftmostLongest).builder().extend(&patterns).build();
        Self { searcher, patterns, shows }
    }

    fn look(&self, text: &[u8], words: &mut Words) {
        match &self.searcher {
            Some(searcher) => {
                searcher.find_iter(text).for_each(|found| words.add(self.shows[found.pattern().as_usize()]))
            }
            None => {
                let shown = self.patterns.iter().zip(&self.shows);
                let shown = shown.filter(|(pattern, _)| memchr::memmem::find(text, pattern).is_some());
                shown.for_each(|(_, shows)| words.add(*shows));
            }
        }
    }
}

impl Words {
    fn add(&mut self, other: Self) {
        self.vocabulary |= other.vocabulary;
        self.starts |= other.starts;
        self.hint |= other.hint;
        self.main |= other.main;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{Meaning, ObjectId};

    #[test]
    fn words_are_found_by_their_kind() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add("flask.Flask", Meaning::Builds(ObjectId(0)));
        vocabulary.add("dotenv.load_dotenv", Meaning::Prepares);
        let scanner = Scanner::new(&vocabulary);
        assert_eq!(scanner.words_in(b"from dotenv import x"), Words { hint: true, ..Words::default() });
        assert_eq!(scanner.words_in(b"from flask import Flask"), Words { vocabulary: true, ..Words::default() });
        assert_eq!(scanner.words_in(b"if __name__ == '__main__':"), Words { main: true, ..Words::default() });
        assert_eq!(scanner.words_in(b"import os"), Words::default());
    }
}
