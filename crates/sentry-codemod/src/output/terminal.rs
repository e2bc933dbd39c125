//! Lines for people, on stderr. Names and sources come from the user's tree and may hold anything: nothing of them reaches
//! a terminal that could do more there than be read. Read [`say`], then [`visible`].
#![allow(clippy::print_stderr, clippy::disallowed_macros, reason = "this is where the program speaks")]

use std::fmt::{self, Write as _};

/// Says a line, formatted as by `format!`. Its colours are kept; other control characters are shown, not sent.
macro_rules! say {
    ($($line:tt)*) => { $crate::output::terminal::line(format_args!($($line)*)) };
}
pub(crate) use say;

/// Prints one line; [`say`] is how it is called.
pub(crate) fn line(line: fmt::Arguments<'_>) {
    anstream::eprintln!("{}", visible(&line.to_string()));
}

/// The text with its control characters written out, as `\u{1b}`: all but tabs, line feeds and the colours that this
/// program uses.
///
/// Characters that turn the direction of writing are written out too, since they can make a text read as another one.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let colour = colour_at_start(rest);
        let (shown, after) = rest.split_at(colour.unwrap_or(c.len_utf8()));
        if colour.is_some() || is_harmless(c) {
            visible.push_str(shown);
        } else {
            // Writing to a string does not fail.
            let _ = write!(visible, "{}", c.escape_default());
        }
        rest = after;
    }
    visible
}

fn is_harmless(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    matches!(c, '\n' | '\t') || !(c.is_control() || turns)
}

/// The length of a sequence that makes what follows bold, coloured or plain again. None that could hide it.
fn colour_at_start(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix("\u{1b}[")?.split_once('m')?.0;
    let is_colour = |number: &str| matches!(number, "0" | "1" | "31" | "32" | "33" | "34" | "35" | "36");
    numbers.split(';').all(is_colour).then_some("\u{1b}[m".len() + numbers.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        for (text, expected) in [
            ("a.py:1\n\tshown", "a.py:1\n\tshown"),
            ("é 🐍", "é 🐍"),
            ("\u{1b}[1m\u{1b}[31merror\u{1b}[0m", "\u{1b}[1m\u{1b}[31merror\u{1b}[0m"),
            ("\u{1b}[2J", r"\u{1b}[2J"),
            ("\u{1b}[8mhidden", r"\u{1b}[8mhidden"),
            ("\u{1b}[31", r"\u{1b}[31"),
            ("\u{1b}]0;title\u{7}", r"\u{1b}]0;title\u{7}"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("over\rwritten\u{8}", r"over\rwritten\u{8}"),
            ("\u{202e}yp.ppa", r"\u{202e}yp.ppa"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }
}
