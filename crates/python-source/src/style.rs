//! How a file is written: where its lines end, with which characters, how it indents, which quote it likes. Never edits. Read [`FileStyle`] first.

use ruff_python_ast::str::Quote;
use ruff_python_codegen::Stylist;
use ruff_source_file::{LineRanges, find_newline};
use ruff_text_size::TextSize;

use crate::{ParsedModule, Source};

/// The habits of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStyle {
    /// One level of indentation; four spaces when the file has none.
    pub indentation: String,
    /// The quote of the file's first plain string; a double quote when it has none.
    pub quote: char,
}

impl FileStyle {
    /// Reads the habits off a file.
    pub fn of(source: &Source, module: &ParsedModule) -> Self {
        let stylist = Stylist::from_tokens(module.parsed().tokens(), source.text());
        let quote = match stylist.quote() {
            Quote::Single => '\'',
            Quote::Double => '"',
        };
        // Where a lone backslash stands before an indented statement, the indentation spans two lines.
        let indentation = stylist.indentation().rsplit(['\n', '\r']).next().filter(|last| !last.is_empty());
        Self { indentation: indentation.unwrap_or("    ").to_owned(), quote }
    }
}

/// The line ending for text put in at `offset`: that of the line above, else of the line below, else LF. A file may mix them.
pub(crate) fn line_ending_at(text: &str, offset: usize) -> &'static str {
    let above = &text[..offset];
    if above.ends_with("\r\n") {
        return "\r\n";
    }
    if above.ends_with('\r') {
        return "\r";
    }
    if above.ends_with('\n') {
        return "\n";
    }
    // The middle of a line: what ends the line before it speaks for it, if there is one.
    let line = line_start(text, offset);
    if line > content_start(text) {
        return line_ending_at(text, line);
    }
    find_newline(&text[offset..]).map_or("\n", |(_, ending)| ending.as_str())
}

/// The offset behind the byte-order mark, where there is one.
pub(crate) fn content_start(text: &str) -> usize {
    text.bom_start_offset().into()
}

/// Where the line that holds `offset` begins.
pub(crate) fn line_start(text: &str, offset: usize) -> usize {
    text.line_start(size(offset)).into()
}

/// Where the line that holds `offset` ends, before its line ending.
pub(crate) fn line_end(text: &str, offset: usize) -> usize {
    text.line_end(size(offset)).into()
}

/// Where the line that holds `offset` ends, behind its line ending.
pub(crate) fn next_line(text: &str, offset: usize) -> usize {
    text.full_line_end(size(offset)).into()
}

/// The line above the one that begins at `line`, as its start; `None` for the first line.
pub(crate) fn line_above(text: &str, line: usize) -> Option<usize> {
    let end = text[..line].strip_suffix("\r\n").or_else(|| text[..line].strip_suffix(['\n', '\r']))?;
    Some(line_start(text, end.len()))
}

/// Offsets are below 4 GiB: the parser refuses longer files before any other function sees them.
pub(crate) fn size(offset: usize) -> TextSize {
    TextSize::try_from(offset).unwrap_or(TextSize::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixed_file_is_continued_as_the_line_above() {
        let text = "a\r\nb\nc\rd";
        let endings: Vec<_> = [0, 3, 5, 7, 8].map(|at| line_ending_at(text, at)).to_vec();
        assert_eq!(endings, ["\r\n", "\r\n", "\n", "\r", "\r"]);
        assert_eq!(line_ending_at("", 0), "\n");
        assert_eq!(line_ending_at("\u{feff}a\r\n", 3), "\r\n");
    }

    #[test]
    fn habits_are_read_off_the_file() {
        let source = Source::decode(b"if x:\n\ty = 'z'\n".to_vec()).expect("UTF-8");
        let module = crate::parse(&source).expect("Python");
        assert_eq!(FileStyle::of(&source, &module), FileStyle { indentation: "\t".into(), quote: '\'' });
    }
}
