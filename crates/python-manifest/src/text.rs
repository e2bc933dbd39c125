//! The text of one dependency file with its lines. Never changes it. Read [`SourceText`] first.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::ManifestError;

/// The decoded file. Offsets are bytes of the original file: a byte-order mark counts, as it stays in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceText {
    path: PathBuf,
    text: String,
    /// The offsets of the line feeds.
    feeds: Vec<usize>,
}

const BOM: &str = "\u{feff}";

impl SourceText {
    /// Decodes UTF-8 and refuses what no edit could keep whole: other encodings, NUL, conflict markers, bare carriage returns.
    pub(crate) fn decode(path: &Path, bytes: Vec<u8>) -> Result<Self, ManifestError> {
        let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let head = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            let source = Self::new(path, head);
            if wide {
                source.error(0, "the file is UTF-16", "save it as UTF-8 (in PowerShell: `Out-File -Encoding utf8`)")
            } else {
                source.error(valid, "the file is not UTF-8", "save it as UTF-8")
            }
        })?;
        let source = Self::new(path, text);
        source.refuse_unsafe_text()?;
        Ok(source)
    }

    fn new(path: &Path, text: String) -> Self {
        let feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { path: path.to_owned(), text, feeds }
    }

    fn refuse_unsafe_text(&self) -> Result<(), ManifestError> {
        if let Some(at) = self.text.find('\0') {
            return Err(self.error(at, "the file holds a NUL byte", "it looks binary; is this a dependency file?"));
        }
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
                return Err(self.error(start, "the file holds merge conflict markers", "resolve the conflict first"));
            }
            let body = line.strip_suffix("\r\n").unwrap_or(line);
            if let Some(at) = body.find('\r') {
                let help = "rewrite the line endings of this file as LF or CRLF";
                return Err(self.error(start + at, "a carriage return stands without a line feed", help));
            }
            start += line.len();
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text at `range`, which comes from this file.
    pub(crate) fn slice(&self, range: Range<usize>) -> &str {
        &self.text[range]
    }

    /// Where the content begins: 3 after a byte-order mark.
    pub(crate) fn content_start(&self) -> usize {
        if self.text.starts_with(BOM) { BOM.len() } else { 0 }
    }

    /// The number of the line that holds `offset`, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.feeds.partition_point(|&feed| feed < offset) + 1
    }

    /// Where the line that holds `offset` begins, after a byte-order mark.
    pub(crate) fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(self.content_start().min(offset), |at| at + 1)
    }

    /// Where the line that holds `offset` ends, before its line ending.
    pub(crate) fn line_end(&self, offset: usize) -> usize {
        let rest = &self.text[offset..];
        let line = rest.split_once('\n').map_or(rest, |(line, _)| line.strip_suffix('\r').unwrap_or(line));
        offset + line.len()
    }

    /// Where the line after the one that holds `offset` begins; the end of the file when there is none.
    pub(crate) fn next_line(&self, offset: usize) -> usize {
        self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at + 1)
    }

    /// The line ending in use around `offset`: that of its line, else of the line before, else LF.
    pub(crate) fn eol(&self, offset: usize) -> &'static str {
        let end = match self.text[offset..].find('\n') {
            Some(at) => offset + at,
            None => match self.text[..offset].rfind('\n') {
                Some(at) => at,
                None => return "\n",
            },
        };
        if self.text[..end].ends_with('\r') { "\r\n" } else { "\n" }
    }

    /// The white space that the line of `offset` begins with, up to `offset`.
    pub(crate) fn indent(&self, offset: usize) -> &str {
        let line = &self.text[self.line_start(offset)..offset];
        &line[..line.len() - line.trim_start().len()]
    }

    /// Whether nothing but white space stands before `offset` on its line.
    pub(crate) fn is_first_on_line(&self, offset: usize) -> bool {
        self.text[self.line_start(offset)..offset].trim().is_empty()
    }

    /// The start of the comment lines that stand directly above the line of `offset`; that line's own start when there are none.
    ///
    /// They belong to the line below them. Not so a comment that pip-compile wrote (`# via`): it belongs to the line above.
    pub(crate) fn comments_above(&self, offset: usize) -> usize {
        let mut start = self.line_start(offset);
        while start > self.content_start() {
            let above = self.line_start(start - 1);
            let line = self.text[above..start].trim();
            if !line.starts_with('#') || is_origin_comment(&self.text[above..start]) {
                break;
            }
            start = above;
        }
        start
    }

    /// An error at `offset`.
    pub(crate) fn error(&self, offset: usize, message: impl Into<String>, help: impl Into<String>) -> ManifestError {
        let column = self.text[self.line_start(offset)..offset].chars().count() + 1;
        ManifestError {
            path: self.path.clone(),
            line: self.line(offset),
            column,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// Whether a line is an indented `# via ...` comment, as pip-compile and uv write them below a requirement.
pub(crate) fn is_origin_comment(line: &str) -> bool {
    let indented = line.starts_with([' ', '\t']);
    let comment = line.trim().strip_prefix('#').map(str::trim);
    indented && comment.is_some_and(|text| text == "via" || text.starts_with("via "))
}
