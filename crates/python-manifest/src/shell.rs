//! The words of shell commands with their spans, and what `pip install` commands install. Read [`commands`] first.
//!
//! Words as a POSIX shell splits them, without expanding anything.

use std::ops::Range;

/// A word and what it is after the shell has taken its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) span: Range<usize>,
    pub(crate) value: String,
}

/// The simple commands in `text[range]`: split at `&&`, `||`, `;`, `|`, parentheses and line ends that are not continued.
pub(crate) fn commands(text: &str, range: Range<usize>) -> Vec<Vec<Word>> {
    let mut commands = vec![Vec::new()];
    let (mut at, mut redirected) = (range.start, false);
    while let Some(c) = text[at..range.end].chars().next() {
        let rest = &text[at..range.end];
        if let Some(length) = continuation(rest) {
            at += length;
        } else if c == '\n' || "&;|()".contains(c) {
            commands.push(Vec::new());
            at += 1;
        } else if c.is_whitespace() {
            at += c.len_utf8();
        } else if c == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if c == '<' || c == '>' {
            // The next word is a file, not an argument.
            redirected = true;
            at += 1;
        } else {
            let word = word(text, at, range.end);
            at = word.span.end;
            if !std::mem::take(&mut redirected)
                && let Some(command) = commands.last_mut()
            {
                command.push(word);
            }
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// The length of a `\` at the end of a line with that end, and of the comment lines that may follow it.
fn continuation(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("\\\n").or_else(|| rest.strip_prefix("\\\r\n"))?;
    let mut length = rest.len() - after.len();
    for line in after.split_inclusive('\n').take_while(|line| line.trim_start().starts_with('#')) {
        length += line.len();
    }
    Some(length)
}

fn word(text: &str, start: usize, end: usize) -> Word {
    let (mut at, mut value, mut quote) = (start, String::new(), None);
    while let Some(c) = text[at..end].chars().next() {
        let ends = quote.is_none() && (c.is_whitespace() || "&;|()<>".contains(c));
        if ends || (quote.is_none() && continuation(&text[at..end]).is_some()) {
            break;
        }
        at += c.len_utf8();
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None | Some('"'), '\\') => {
                if let Some(escaped) = text[at..end].chars().next() {
                    value.push(escaped);
                    at += escaped.len_utf8();
                }
            }
            _ => value.push(c),
        }
    }
    Word { span: start..at, value }
}

/// What stands behind `pip install` in a command: the arguments that are requirements, and the files of `-r` and `-c`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PipInstall<'a> {
    pub(crate) requirements: Vec<&'a Word>,
    pub(crate) files: Vec<String>,
    pub(crate) constraints: Vec<String>,
    pub(crate) projects: Vec<String>,
}

/// Reads a `pip install` or `uv pip install` command; `None` when it is another command.
pub(crate) fn pip_install(command: &[Word]) -> Option<PipInstall<'_>> {
    let is_pip = |word: &str| word.rsplit('/').next().is_some_and(|name| name == "pip" || name.starts_with("pip3"));
    let start = command.windows(2).position(|pair| is_pip(&pair[0].value) && pair[1].value == "install")? + 2;
    let mut found = PipInstall::default();
    let mut arguments = command[start..].iter();
    while let Some(word) = arguments.next() {
        let value = word.value.as_str();
        let (option, attached) = match value.split_once('=') {
            Some((option, attached)) if option.starts_with("--") => (option, Some(attached.to_owned())),
            _ if value.starts_with("-r") && value.len() > 2 => ("-r", Some(value[2..].to_owned())),
            _ => (value, None),
        };
        let mut argument = || attached.clone().or_else(|| arguments.next().map(|word| word.value.clone()));
        match option {
            "-r" | "--requirement" | "--requirements" => found.files.extend(argument()),
            "-c" | "--constraint" | "--constraints" => found.constraints.extend(argument()),
            "-e" | "--editable" => found.projects.extend(argument()),
            _ if takes_value(option) => {
                argument();
            }
            _ if option.starts_with('-') => {}
            _ if is_folder(value) => found.projects.push(value.to_owned()),
            _ => found.requirements.push(word),
        }
    }
    Some(found)
}

fn is_folder(value: &str) -> bool {
    value == "."
        || value.starts_with(".[")
        || value.starts_with("./")
        || value.starts_with("../")
        || value.starts_with('/')
}

fn takes_value(option: &str) -> bool {
    const OPTIONS: &[&str] = &[
        "-i",
        "-f",
        "-t",
        "-p",
        "-b",
        "--index-url",
        "--extra-index-url",
        "--index",
        "--default-index",
        "--find-links",
        "--target",
        "--python",
        "--prefix",
        "--root",
        "--platform",
        "--python-version",
        "--no-binary",
        "--only-binary",
        "--timeout",
        "--retries",
        "--progress-bar",
        "--cache-dir",
        "--trusted-host",
        "--proxy",
        "--cert",
        "--src",
        "--config-settings",
        "--upgrade-strategy",
        "--group",
        "--abi",
        "--implementation",
        "--log",
        "--report",
        "--root-user-action",
        "--exists-action",
        "--index-strategy",
        "--override",
        "--python-preference",
        "--resolution",
        "--prerelease",
        "--torch-backend",
        "--keyring-provider",
        "--exclude-newer",
        "--upgrade-package",
        "--reinstall-package",
        "--refresh-package",
        "--extra",
        "-P",
        "--overrides",
        "--link-mode",
    ];
    OPTIONS.contains(&option)
}
