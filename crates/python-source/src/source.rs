//! The bytes of a file and the text they stand for. Read [`Source`] first. Never parses.

use changeset::Edit;
use encoding_rs::Encoding;

/// A Python file as it is on disk and as the parser reads it.
///
/// Decoding follows the reference manual, section 2.1.4: a byte-order mark or a coding cookie in the first two lines, else UTF-8.
#[derive(Debug, Clone)]
pub struct Source {
    bytes: Vec<u8>,
    text: String,
    encoding: TextEncoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextEncoding {
    Utf8,
    /// A file that promises to stay below 128.
    Ascii,
    /// ISO-8859-1: each byte is the character of that number. (encoding_rs reads this label as windows-1252, Python does not.)
    Latin1,
    Other(&'static Encoding),
}

/// Why the bytes of a file are no Python text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are not valid in the file's encoding.
    #[error("byte {offset} is not valid {encoding}")]
    Invalid {
        /// The encoding that the file declares, or `UTF-8`.
        encoding: String,
        /// Offset of the first bad byte.
        offset: usize,
    },
    /// The cookie names an encoding that is not known here.
    #[error("the encoding `{0}` is not known")]
    UnknownEncoding(String),
    /// The file holds NUL bytes: Python refuses it, it is most likely no text at all.
    #[error("a NUL byte at offset {0}: this is no Python source")]
    Nul(usize),
}

impl Source {
    /// Decodes the bytes of a file.
    ///
    /// # Errors
    /// When the bytes are no text in the declared encoding, or would not come back the same when encoded again.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        if let Some(offset) = memchr::memchr(0, &bytes) {
            return Err(DecodeError::Nul(offset));
        }
        let encoding = declared_encoding(&bytes)?;
        let text = match encoding {
            TextEncoding::Utf8 => String::from_utf8(bytes.clone()).map_err(|error| DecodeError::Invalid {
                encoding: "UTF-8".to_owned(),
                offset: error.utf8_error().valid_up_to(),
            })?,
            TextEncoding::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
                None => bytes.iter().map(|&byte| char::from(byte)).collect(),
                Some(offset) => return Err(DecodeError::Invalid { encoding: "ASCII".to_owned(), offset }),
            },
            TextEncoding::Latin1 => bytes.iter().map(|&byte| char::from(byte)).collect(),
            TextEncoding::Other(encoding) => {
                let invalid = || DecodeError::Invalid { encoding: encoding.name().to_owned(), offset: 0 };
                let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes).ok_or_else(invalid)?;
                let (again, _, lossy) = encoding.encode(&text);
                if lossy || *again != *bytes {
                    return Err(invalid());
                }
                text.into_owned()
            }
        };
        Ok(Self { bytes, text, encoding })
    }

    /// The bytes as they are on disk.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The decoded text; a byte-order mark, where there is one, is its first character.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The edit of the bytes that replaces `range` of the text; `None` when the file's encoding cannot write `replacement`.
    pub fn edit(&self, range: std::ops::Range<usize>, replacement: &str) -> Option<Edit> {
        let start = self.encode(&self.text[..range.start])?.len();
        let end = start + self.encode(&self.text[range])?.len();
        Some(Edit::replace(start..end, self.encode(replacement)?))
    }

    fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self.encoding {
            TextEncoding::Utf8 => Some(text.as_bytes().to_vec()),
            TextEncoding::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            TextEncoding::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            TextEncoding::Other(encoding) => {
                let (bytes, _, lossy) = encoding.encode(text);
                (!lossy).then(|| bytes.into_owned())
            }
        }
    }

    /// The line and column, both from 1, of a byte offset in the text; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..offset.min(self.text.len())];
        let line_start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let lines = before
            .bytes()
            .enumerate()
            .filter(|&(at, byte)| byte == b'\n' || (byte == b'\r' && before.as_bytes().get(at + 1) != Some(&b'\n')));
        (lines.count() + 1, before[line_start..].chars().filter(|&c| c != '\u{feff}').count() + 1)
    }
}

/// The encoding by byte-order mark or cookie. A cookie counts in the first line, or in the second when the first is blank or a comment.
fn declared_encoding(bytes: &[u8]) -> Result<TextEncoding, DecodeError> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Ok(TextEncoding::Utf8);
    }
    let mut rest = bytes;
    for _ in 0..2 {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = rest[..end].trim_ascii_start();
        if let Some(name) = cookie(line) {
            return named_encoding(&name);
        }
        if !line.is_empty() && !line.starts_with(b"#") {
            break;
        }
        let newline = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = rest.get(end + newline..).unwrap_or_default();
    }
    Ok(TextEncoding::Utf8)
}

/// The name in a comment like `# -*- coding: latin-1 -*-`. The rest of the comment may hold bytes that are no UTF-8.
fn cookie(line: &[u8]) -> Option<String> {
    let comment = line.strip_prefix(b"#")?;
    let name = comment.windows(7).enumerate().find_map(|(at, window)| {
        let after = &comment[at + window.len()..];
        (window == b"coding:" || window == b"coding=").then_some(after.trim_ascii_start())
    })?;
    let end = name.iter().position(|c| !(c.is_ascii_alphanumeric() || b"-_.".contains(c))).unwrap_or(name.len());
    (end > 0).then(|| String::from_utf8_lossy(&name[..end]).to_ascii_lowercase().replace('_', "-"))
}

fn named_encoding(name: &str) -> Result<TextEncoding, DecodeError> {
    match name {
        "utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" => Ok(TextEncoding::Utf8),
        "ascii" | "us-ascii" => Ok(TextEncoding::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Ok(TextEncoding::Latin1),
        _ => Encoding::for_label(name.as_bytes())
            .filter(|encoding| encoding.is_ascii_compatible())
            .map(TextEncoding::Other)
            .ok_or_else(|| DecodeError::UnknownEncoding(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_is_edited_as_latin_1() {
        let source = Source::decode(b"# coding: latin-1\nx = '\xe9'\ny = 2\n".to_vec()).expect("valid latin-1");
        let at = source.text().find('y').expect("y");
        let edit = source.edit(at..at, "z = 'ü'\n").expect("latin-1 has ü");
        assert_eq!((edit.range.start, edit.replacement), (26, b"z = '\xfc'\n".to_vec()));
        assert!(source.edit(at..at, "€").is_none());
    }

    #[test]
    fn a_cookie_is_found_as_python_finds_it() {
        for (bytes, text) in [
            (&b"#!/usr/bin/python\r\n# vim: set fileencoding=latin-1 :\r\n'\xe9'"[..], Some('\u{e9}')),
            (b"\r# \xe9 coding: latin-1\r'\xe9'", Some('\u{e9}')),
            (b"# encoding coding: cp1251\n'\xe9'", Some('\u{439}')),
            (b"x = 1\n# coding: latin-1\n'\xe9'", None),
            (b"\n\n# coding: latin-1\n'\xe9'", None),
        ] {
            let source = Source::decode(bytes.to_vec()).ok();
            assert_eq!(source.and_then(|source| source.text().chars().nth_back(1)), text, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_file_that_promises_ascii_keeps_to_it() {
        let source = Source::decode(b"# coding: ascii\n".to_vec()).expect("ASCII");
        assert!(source.edit(16..16, "\u{e9}").is_none());
        assert!(Source::decode(b"# coding: ascii\n\xc3\xa9".to_vec()).is_err());
    }

    #[test]
    fn bytes_without_a_cookie_must_be_utf_8() {
        let error = Source::decode(b"x = '\xe9'".to_vec()).expect_err("no UTF-8");
        assert_eq!(error, DecodeError::Invalid { encoding: "UTF-8".into(), offset: 5 });
    }

    #[test]
    fn columns_count_characters_and_no_byte_order_mark() {
        let source = Source::decode("\u{feff}é = 1\r\nx".as_bytes().to_vec()).expect("UTF-8");
        assert_eq!(source.line_column(source.text().find('=').expect("=")), (1, 3));
        assert_eq!(source.line_column(source.text().find('x').expect("x")), (2, 1));
    }
}
