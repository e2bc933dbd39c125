//! Shell text into simple commands: `a && b | c > log` is `a`, `b` and `c`. Read [`split`] first.
//! Knows quotes, comments, continued lines, subshells, functions, `case` patterns, redirections and here-documents well
//! enough to step over them. Never expands and never runs.

use super::CommandsError;

/// One simple command, quotes and expansions still in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// The line it begins on, 1-based.
    pub(super) line: usize,
    /// How many subshells are open around it.
    pub(super) subshells: usize,
    /// Whether its output goes to the next piece.
    piped: bool,
}

/// How deep quotes and substitutions may nest before the text counts as broken.
const DEEPEST: usize = 32;

/// Splits shell text at its operators.
///
/// # Errors
/// When a quote or a bracket is never closed.
pub(super) fn split(text: &str) -> Result<Vec<Piece>, CommandsError> {
    let mut splitter = Splitter {
        text,
        at: 0,
        line: 1,
        current: String::new(),
        current_line: 1,
        subshells: 0,
        pieces: Vec::new(),
        here_documents: Vec::new(),
    };
    while splitter.at < text.len() {
        splitter.step()?;
    }
    splitter.finish_piece(false);
    Ok(splitter.pieces)
}

/// The offset after the quoted text, substitution or bracket that begins at `at`; `at + 1` for an ordinary character.
///
/// `None` when it is never closed.
pub(super) fn end_of_group(text: &str, at: usize, depth: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if depth > DEEPEST {
        return None;
    }
    match (bytes.get(at)?, bytes.get(at + 1)) {
        (b'\\', _) => Some(text[at + 1..].chars().next().map_or(text.len(), |next| at + 1 + next.len_utf8())),
        (b'\'', _) => text[at + 1..].find('\'').map(|length| at + length + 2),
        (b'`', _) => end_of_run(text, at + 1, b'`', depth, &[]),
        (b'"', _) => end_of_run(text, at + 1, b'"', depth, b"$`"),
        (b'$', Some(b'(')) => end_of_run(text, at + 2, b')', depth, b"'\"`$("),
        (b'$', Some(b'{')) => end_of_run(text, at + 2, b'}', depth, b"'\"`$"),
        (b'(', _) => end_of_run(text, at + 1, b')', depth, b"'\"`$("),
        _ => Some(at + 1),
    }
}

/// The offset after the next `close`, stepping over groups that begin with one of `openers`, and over escapes.
fn end_of_run(text: &str, from: usize, close: u8, depth: usize, openers: &[u8]) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        if byte == close {
            return Some(at + 1);
        }
        // A comment may hold any quote.
        if byte == b'#' && close == b')' && bytes[at - 1].is_ascii_whitespace() {
            at += memchr::memchr(b'\n', &bytes[at..])?;
            continue;
        }
        at = if byte == b'\\' || openers.contains(&byte) { end_of_group(text, at, depth + 1)? } else { at + 1 };
    }
    None
}

struct Splitter<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    current: String,
    current_line: usize,
    subshells: usize,
    pieces: Vec<Piece>,
    /// End words of the here-documents that begin on the next line.
    here_documents: Vec<String>,
}

impl Splitter<'_> {
    fn step(&mut self) -> Result<(), CommandsError> {
        let rest = &self.text.as_bytes()[self.at..];
        match rest {
            [b'\\', b'\n', ..] => self.skip(2),
            [b'\n', ..] => self.end_line(),
            [b'#', ..] if self.at_word_start() => {
                self.skip(rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len()))
            }
            [b'&', b'>', ..] => self.skip_redirection(2)?,
            [b'&', b'&', ..] | [b'|', b'|', ..] | [b';', b';', ..] => self.end_piece(2, false),
            [b'|', b'&', ..] => self.end_piece(2, true),
            [b'|', ..] => self.end_piece(1, true),
            [b'&' | b';', ..] => self.end_piece(1, false),
            [b'<', b'<', b'<', ..] => self.skip_redirection(3)?,
            [b'<', b'<', ..] => self.begin_here_document()?,
            [b'>', b'>' | b'&' | b'|', ..] | [b'<', b'&', ..] => self.skip_redirection(2)?,
            [b'>' | b'<', ..] => self.skip_redirection(1)?,
            [b'[', b'[', ..] if self.current_is_condition() => self.copy_condition("]]"),
            [b'(', b'(', ..] if self.current_is_condition() => self.copy_condition("))"),
            [b'(', ..] if self.current.ends_with('=') => self.drop_array()?,
            [b'(', ..] if self.current.trim().is_empty() => {
                self.end_piece(1, false);
                self.subshells += 1;
            }
            [b'(', b')', ..] => {
                // `name()` begins a function: a piece of its own, and its body is read like the rest.
                self.current.push_str("()");
                self.end_piece(2, false);
            }
            [b')', ..] if self.subshells > 0 => {
                self.end_piece(1, false);
                self.subshells -= 1;
            }
            [b')', ..] => self.drop_case_pattern(),
            _ => self.copy_group()?,
        }
        Ok(())
    }

    /// Whether what comes can be `[[ ... ]]` or `(( ... ))`: nothing, or one control word, stands before it.
    fn current_is_condition(&self) -> bool {
        matches!(self.current.trim(), "" | "!" | "if" | "elif" | "while" | "until" | "for")
    }

    /// Takes a condition whole: the operators in it do not end a command.
    fn copy_condition(&mut self, close: &str) {
        let rest = &self.text[self.at..];
        let length = rest.find(close).map_or(2, |at| at + close.len());
        if self.current.trim().is_empty() {
            self.current_line = self.line;
        }
        self.current.push_str(&rest[..length]);
        self.skip(length);
    }

    /// `A=(b c)` is no list of words to run, and its value none that could be known by one name.
    fn drop_array(&mut self) -> Result<(), CommandsError> {
        let name_at = self.current.rfind([' ', '\t']).map_or(0, |blank| blank + 1);
        self.current.truncate(name_at);
        let end = self.end_of_group()?;
        self.skip(end - self.at);
        Ok(())
    }

    fn at_word_start(&self) -> bool {
        self.current.is_empty() || self.current.ends_with([' ', '\t'])
    }

    /// Moves on without keeping what is passed.
    fn skip(&mut self, length: usize) {
        let end = self.at + length;
        self.line += memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.at..end]).count();
        self.at = end;
    }

    fn copy_group(&mut self) -> Result<(), CommandsError> {
        let end = self.end_of_group()?;
        // An ordinary character may be longer than a byte.
        let end = (end..=self.text.len()).find(|&end| self.text.is_char_boundary(end)).unwrap_or(self.text.len());
        if self.current.trim().is_empty() {
            self.current_line = self.line;
        }
        self.current.push_str(&self.text[self.at..end]);
        self.skip(end - self.at);
        Ok(())
    }

    fn end_of_group(&self) -> Result<usize, CommandsError> {
        end_of_group(self.text, self.at, 0).ok_or_else(|| {
            let opener = self.text[self.at..].chars().next().unwrap_or_default();
            CommandsError { line: self.line, message: format!("`{opener}` is never closed") }
        })
    }

    fn end_piece(&mut self, operator: usize, piped: bool) {
        self.finish_piece(piped);
        self.skip(operator);
    }

    fn finish_piece(&mut self, piped: bool) {
        let text = std::mem::take(&mut self.current);
        let text = text.trim();
        if !text.is_empty() {
            let (line, subshells) = (self.current_line, self.subshells);
            self.pieces.push(Piece { text: text.to_owned(), line, subshells, piped });
        }
    }

    /// `web|api)` looks like a pipe until its bracket comes.
    fn drop_case_pattern(&mut self) {
        self.current.clear();
        self.skip(1);
        while self.pieces.last().is_some_and(|piece| piece.piped) {
            self.pieces.pop();
        }
    }

    /// Steps over `>`, its target, and the file number before it.
    fn skip_redirection(&mut self, operator: usize) -> Result<(), CommandsError> {
        let number_at = self.current.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if self.current[..number_at].is_empty() || self.current[..number_at].ends_with([' ', '\t']) {
            self.current.truncate(number_at);
        }
        self.skip(operator);
        self.take_word().map(drop)
    }

    fn begin_here_document(&mut self) -> Result<(), CommandsError> {
        self.skip(2);
        if self.text[self.at..].starts_with('-') {
            self.skip(1);
        }
        let word = self.take_word()?;
        self.here_documents.push(word.trim_matches(['\'', '"', '\\']).to_owned());
        Ok(())
    }

    /// Steps over blanks and one word, which it returns as written.
    fn take_word(&mut self) -> Result<String, CommandsError> {
        let rest = &self.text[self.at..];
        self.skip(rest.len() - rest.trim_start_matches([' ', '\t']).len());
        let start = self.at;
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            if b" \t\n;|&<>)".contains(&byte) {
                break;
            }
            let end = self.end_of_group()?;
            self.skip(end - self.at);
        }
        Ok(self.text[start..self.at].to_owned())
    }

    fn end_line(&mut self) {
        self.end_piece(1, false);
        for end_word in std::mem::take(&mut self.here_documents) {
            while self.at < self.text.len() {
                let rest = &self.text[self.at..];
                let line = rest.split('\n').next().unwrap_or(rest);
                let ended = line.trim() == end_word;
                self.skip((line.len() + 1).min(rest.len()));
                if ended {
                    break;
                }
            }
        }
    }
}
