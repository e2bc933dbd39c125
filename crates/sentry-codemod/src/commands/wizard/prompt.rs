//! Questions of one line each, answered with a line. Read [`Prompt`] first.
//!
//! Nothing is drawn and no key is caught, so that a dumb terminal, a screen reader and a slow connection see the same as everybody.

use std::io::{self, BufRead, Write};

use crate::output::visible;

/// Who asks and who answers.
pub(super) struct Prompt<R, W> {
    input: R,
    output: W,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stopped {
    /// The user said `q`, or closed the input.
    #[error("stopped by the user")]
    Quit,
    /// The terminal cannot be read or written.
    #[error("cannot ask: {0}")]
    Io(#[from] io::Error),
}

impl<R: BufRead, W: Write> Prompt<R, W> {
    /// Asks by writing to `output`, and reads lines from `input`.
    pub(super) fn new(input: R, output: W) -> Self {
        Self { input, output }
    }

    /// Says what a question is about.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Stopped> {
        Ok(writeln!(self.output, "  {text}")?)
    }

    /// Yes or no; an empty line is the default.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) fn yes_or_no(&mut self, question: &str, default: bool) -> Result<bool, Stopped> {
        let keys = if default { "Y/n/q" } else { "y/N/q" };
        loop {
            let answer = self.line(&format!("{question} [{keys}] "))?;
            match answer.to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => writeln!(self.output, "  y for yes, n for no, q to quit and change nothing")?,
            }
        }
    }

    /// One of the options, as its number from 0; an empty line is the first.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) fn one_of(&mut self, question: &str, options: &[String]) -> Result<usize, Stopped> {
        writeln!(self.output, "{}", visible(question))?;
        for (number, option) in (1..).zip(options) {
            writeln!(self.output, "  {number}  {}", visible(option))?;
        }
        loop {
            let answer = self.line(&format!("Which? [1-{}, q; 1] ", options.len()))?;
            let number = if answer.is_empty() { Ok(1) } else { answer.parse::<usize>() };
            match number {
                Ok(number) if (1..=options.len()).contains(&number) => return Ok(number - 1),
                _ => writeln!(self.output, "  a number from 1 to {}, q to quit and change nothing", options.len())?,
            }
        }
    }

    /// A text that `read` can make something of; what it says to others is shown, and the question put again.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) fn text<T>(&mut self, question: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Stopped> {
        loop {
            let answer = self.line(&format!("{question} "))?;
            match read(&answer) {
                Ok(value) => return Ok(value),
                Err(message) => writeln!(self.output, "  {message}")?,
            }
        }
    }

    fn line(&mut self, question: &str) -> Result<String, Stopped> {
        write!(self.output, "{}", visible(question))?;
        self.output.flush()?;
        let mut line = String::new();
        if self.input.read_line(&mut line)? == 0 {
            writeln!(self.output)?;
            return Err(Stopped::Quit);
        }
        let answer = line.trim();
        if answer.eq_ignore_ascii_case("q") || answer.eq_ignore_ascii_case("quit") {
            return Err(Stopped::Quit);
        }
        Ok(answer.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered<T>(input: &str, ask: impl Fn(&mut Prompt<&[u8], &mut Vec<u8>>) -> T) -> (T, String) {
        let mut output = Vec::new();
        let value = ask(&mut Prompt::new(input.as_bytes(), &mut output));
        (value, String::from_utf8(output).unwrap())
    }

    #[test]
    fn an_empty_line_is_the_default() {
        let (value, shown) = answered("\n", |prompt| prompt.yes_or_no("Add profiling?", false).unwrap());
        assert_eq!((value, shown.as_str()), (false, "Add profiling? [y/N/q] "));
        assert!(answered("\n", |prompt| prompt.yes_or_no("?", true).unwrap()).0);
        assert_eq!(answered("\n", |prompt| prompt.one_of("?", &["a".into(), "b".into()]).unwrap()).0, 0);
    }

    #[test]
    fn what_is_no_answer_is_asked_again() {
        let (value, shown) = answered("perhaps\nYES\n", |prompt| prompt.yes_or_no("Sure?", false).unwrap());
        assert!(value && shown.contains("y for yes, n for no"));
        assert_eq!(answered("0\n3\n2\n", |prompt| prompt.one_of("?", &["a".into(), "b".into()]).unwrap()).0, 1);
    }

    #[test]
    fn q_and_the_end_of_the_input_stop_everything() {
        for input in ["q\n", "Quit\n", ""] {
            assert!(matches!(answered(input, |prompt| prompt.yes_or_no("?", true)).0, Err(Stopped::Quit)), "{input}");
            assert!(matches!(answered(input, |prompt| prompt.one_of("?", &["a".into()])).0, Err(Stopped::Quit)));
        }
    }
}
