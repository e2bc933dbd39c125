//! Blows to a tree: bytes, lines and files are lost, doubled, swapped and dressed up. Read [`strike`] first.

use std::path::PathBuf;

use super::Files;
use super::chance::Chance;

/// Bytes that mean something somewhere.
const SHARDS: &[&[u8]] = &[
    b"\\\n",
    b"\\",
    b"\r",
    b"\r\n",
    b"\n",
    b"\x0c",
    b"\0",
    b"\t",
    b"\x1a",
    b"\x1b[31m",
    b"'",
    b"\"\"\"",
    b"'''",
    b"f'{",
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b"{{ x }}",
    b"${X:-",
    b"#",
    b";",
    b":",
    b"=",
    b"->",
    b"*",
    b"&a ",
    b"*a",
    b"<<: ",
    b"---\n",
    b"async ",
    b"await ",
    b"if x:\n",
    b"else:\n",
    b"return ",
    b"lambda: ",
    b"import sentry_sdk\n",
    b"sentry_sdk.init()\n",
    b"from __future__ import annotations\n",
    b"# type: ignore",
    b"# fmt: off\n",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3\xa9",
    b"\xe2\x80\xa8",
    b"\xf0\x9f\x90\x8d",
    b"sentry-sdk==1.0\n",
    b"-r requirements.txt\n",
    b"[tool.poetry]\n",
    b"[[project]]\n",
];

/// Names that programs stumble over.
const NAMES: &[&str] = &[
    "-rf.py",
    "--apply",
    "a b.py",
    "a\nb.py",
    "\u{1b}[2J.py",
    "\"q\".py",
    "'.py",
    "é.py",
    "$(x).py",
    "__init__.py",
    "__main__.py",
    "sentry_sdk.py",
    "flask.py",
    "os.py",
    "wsgi.py",
    "manage.py",
    "settings.py",
    "conftest.py",
    "setup.py",
    "pyproject.toml",
    "requirements.txt",
    "Procfile",
    "Dockerfile",
    "compose.yaml",
    ".gitignore",
    "uv.lock",
    "a/b/c/d/e.py",
    "site-packages/x.py",
    "tests/test_app.py",
];

/// One blow.
pub(crate) fn strike(files: &mut Files, samples: &[Files], chance: &mut Chance) {
    let Some(path) = any_path(files, chance) else { return };
    match chance.below(12) {
        0 => drop(files.remove(&path)),
        1 => rename(files, &path, chance),
        2 => into_folder(files, chance),
        3 => adopt(files, samples, chance),
        4 => drop(files.insert((*chance.of(NAMES)).into(), files[&path].clone())),
        _ => {
            let mut bytes = files[&path].clone();
            for _ in 0..=chance.below(3) {
                bytes = if chance.one_in(2) { strike_bytes(bytes, chance) } else { strike_lines(&bytes, chance) };
            }
            files.insert(path, bytes);
        }
    }
    // A path that is a folder of another one cannot be a file.
    let folders: Vec<PathBuf> = files.keys().flat_map(|path| path.ancestors().skip(1).map(PathBuf::from)).collect();
    files.retain(|path, _| !folders.contains(path));
}

fn any_path(files: &Files, chance: &mut Chance) -> Option<PathBuf> {
    if files.is_empty() {
        return None;
    }
    files.keys().nth(chance.below(files.len())).cloned()
}

fn rename(files: &mut Files, path: &PathBuf, chance: &mut Chance) {
    if let Some(bytes) = files.remove(path) {
        files.insert(path.with_file_name(chance.of(NAMES)), bytes);
    }
}

/// Everything one folder deeper.
fn into_folder(files: &mut Files, chance: &mut Chance) {
    let folder = *chance.of(&["src", "app", "a b", "web/app", "tests", "é"]);
    *files = std::mem::take(files).into_iter().map(|(path, bytes)| (PathBuf::from(folder).join(path), bytes)).collect();
}

/// A file of another project, in its place or over one of its own.
fn adopt(files: &mut Files, samples: &[Files], chance: &mut Chance) {
    let other = chance.of(samples);
    if let Some(path) = any_path(other, chance) {
        let bytes = other[&path].clone();
        let place = if chance.one_in(2) { Some(path) } else { any_path(files, chance) };
        files.extend(place.map(|place| (place, bytes)));
    }
}

fn strike_bytes(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(bytes.len() + 1);
    let end = (at + 1 + chance.below(40)).min(bytes.len());
    match chance.below(7) {
        0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
        1 => drop(bytes.drain(at.min(end)..end)),
        2 => {
            let twice = bytes[at.min(end)..end].to_vec();
            drop(bytes.splice(at..at, twice));
        }
        3 => bytes.truncate(at),
        4 => bytes = utf_16(&bytes),
        _ => drop(bytes.splice(at..at, chance.of(SHARDS).iter().copied())),
    }
    bytes
}

fn utf_16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn strike_lines(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(9) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(one, lines[other].clone()),
        2 => lines.swap(one, other),
        3 => lines[one].splice(0..0, *b"    ").for_each(drop),
        4 => lines[one].splice(0..0, *b"\t").for_each(drop),
        5 => lines.iter_mut().for_each(|line| end_with(line, b"\r\n")),
        6 => lines.iter_mut().for_each(|line| end_with(line, b"\r")),
        7 => lines.iter_mut().skip(one).for_each(|line| end_with(line, b"\r\n")),
        _ => {
            let shard = chance.of::<&[u8]>(SHARDS);
            end_with(&mut lines[one], shard);
        }
    }
    lines.concat()
}

fn end_with(line: &mut Vec<u8>, end: &[u8]) {
    if line.ends_with(b"\n") {
        line.pop();
        line.extend_from_slice(end);
    }
}
