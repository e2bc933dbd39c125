//! Shell text read as a shell would, without running it: assignments, `cd`, control words, then the commands that start
//! something. Read [`Shell`] first. Never looks at which program a command names.

use std::collections::BTreeSet;
use std::path::Path;

use super::place::{Place, set_env};
use super::split::split;
use super::unwrap::{Runs, basename, peel};
use super::variables::{Syntax, Variables, assign, assignment, expand};
use super::{CommandsError, DeclaredCommand, Trust};

/// What a shell knows when it comes to the next command.
#[derive(Debug, Clone, Default)]
pub(super) struct Shell {
    pub(super) variables: Variables,
    /// What the processes it starts find in their environment.
    pub(super) env: Vec<(String, String)>,
    pub(super) cwd: Option<String>,
    /// Where `cd -` goes.
    previous_cwd: Option<String>,
    /// Names of the functions defined so far.
    functions: BTreeSet<String>,
    /// How many `sh -c` lie around this one.
    depth: usize,
}

/// A process that the shell starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) line: usize,
    pub(super) env: Vec<(String, String)>,
    pub(super) cwd: Option<String>,
    pub(super) argv: Vec<String>,
}

/// `sh -c` inside `sh -c` inside ... : deeper than this nobody writes.
const DEEPEST: usize = 8;

/// Words that begin or end a construct; what follows them on the line is a command.
const CONTROL_WORDS: &[&str] = &["!", "do", "elif", "else", "if", "then", "until", "while", "{", "}"];

/// Commands of the shell itself, and constructs whose words are no command: they start no process worth knowing.
const BUILTINS: &[&str] = &[
    ".", ":", "[", "[[", "alias", "bg", "break", "case", "command", "continue", "declare", "done", "echo", "esac",
    "eval", "exit", "false", "fg", "fi", "for", "getopts", "hash", "jobs", "kill", "let", "local", "popd", "printf",
    "pushd", "pwd", "read", "readonly", "return", "select", "set", "shift", "shopt", "sleep", "source", "test",
    "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "wait",
];

impl Shell {
    /// A shell started with these variables in this folder.
    pub(super) fn new(env: Vec<(String, String)>, cwd: Option<String>) -> Self {
        let variables = env.iter().cloned().collect();
        Shell { variables, env, cwd, ..Shell::default() }
    }

    /// Reads a command line or a whole script.
    pub(super) fn read(&mut self, text: &str) -> Result<Vec<Started>, CommandsError> {
        let mut started = Vec::new();
        // The folder of each shell around the current one: leaving a subshell returns to it.
        let mut outer: Vec<Option<String>> = Vec::new();
        for piece in split(text)? {
            while outer.len() < piece.subshells {
                outer.push(self.cwd.clone());
            }
            while outer.len() > piece.subshells {
                self.cwd = outer.pop().flatten();
            }
            let expanded = expand(&piece.text, &self.variables, Syntax::Shell);
            let words = shlex::split(&expanded).ok_or_else(|| unclosed_quote(piece.line))?;
            let commands = self.read_words(words).map_err(|error| CommandsError { line: piece.line, ..error })?;
            started.extend(commands.into_iter().map(|command| Started { line: piece.line, ..command }));
        }
        Ok(started)
    }

    /// Reads one command that is already split into words.
    pub(super) fn read_words(&mut self, words: Vec<String>) -> Result<Vec<Started>, CommandsError> {
        let words: Vec<String> = words.into_iter().skip_while(|word| CONTROL_WORDS.contains(&word.as_str())).collect();
        if words.iter().all(|word| assignment(word).is_some()) {
            self.set(&words);
            return Ok(Vec::new());
        }
        match words[0].as_str() {
            "function" => self.functions.extend(words.get(1).map(|name| name.trim_end_matches("()").to_owned())),
            name if name.ends_with("()") => drop(self.functions.insert(name[..name.len() - 2].to_owned())),
            "cd" => self.change_folder(words[1..].iter().find(|word| *word != "--")),
            "export" => self.export(&words[1..]),
            builtin if BUILTINS.contains(&builtin) => {}
            _ => return self.start(words),
        }
        Ok(Vec::new())
    }

    fn set(&mut self, assignments: &[String]) {
        for (name, value) in assignments.iter().filter_map(|word| assignment(word)) {
            assign(&mut self.variables, name, value);
            if let Some((_, exported)) = self.env.iter_mut().find(|(exported, _)| exported == name) {
                value.clone_into(exported);
            }
        }
    }

    fn export(&mut self, words: &[String]) {
        self.set(words);
        for word in words {
            let name = assignment(word).map_or(word.as_str(), |(name, _)| name);
            if let Some(value) = self.variables.get(name) {
                set_env(&mut self.env, name, value);
            }
        }
    }

    /// A folder that cannot be known leaves the one that was.
    fn change_folder(&mut self, to: Option<&String>) {
        let left = self.cwd.clone();
        match to.map(String::as_str) {
            Some("-") => self.cwd = self.previous_cwd.take(),
            Some(to) if !to.contains('$') && !to.starts_with('~') => self.cwd = Some(join(left.as_deref(), to)),
            _ => return,
        }
        self.previous_cwd = left;
    }

    fn start(&self, words: Vec<String>) -> Result<Vec<Started>, CommandsError> {
        let peeled = peel(words);
        let mut env = self.env.clone();
        for (name, value) in &peeled.env {
            set_env(&mut env, name, value);
        }
        match peeled.runs {
            Runs::Text(text) if self.depth < DEEPEST => {
                let variables = self.variables.clone().into_iter().chain(peeled.env).collect();
                Shell { variables, env, depth: self.depth + 1, ..self.clone() }.read(&text)
            }
            Runs::Text(_) => Ok(Vec::new()),
            Runs::Words(argv) => {
                let starts_one = argv.first().is_some_and(|program| self.is_program(program));
                Ok(starts_one.then(|| Started { line: 1, env, cwd: self.cwd.clone(), argv }).into_iter().collect())
            }
        }
    }

    /// Whether a word can be the name of a program. `$@` is for somebody else to say, `-x` an argument for whatever the
    /// image starts, `((` and `a+=b` are the shell's own,
    /// `{%` a template's.
    fn is_program(&self, word: &str) -> bool {
        let is_word = !word.is_empty()
            && !word.starts_with(['$', '`', '-', '(', '<', '{'])
            && !word.contains('=')
            && word != "exec";
        is_word && !BUILTINS.contains(&word) && !self.functions.contains(word)
    }
}

pub(super) fn unclosed_quote(line: usize) -> CommandsError {
    CommandsError { line, message: "a quote is never closed".to_owned() }
}

/// The folder `to`, seen from `from`, without `.` and `..` where they can be resolved.
pub(super) fn join(from: Option<&str>, to: &str) -> String {
    let absolute = to.starts_with('/') || from.is_some_and(|from| from.starts_with('/'));
    let from = if to.starts_with('/') { "" } else { from.unwrap_or_default() };
    let mut parts: Vec<&str> = Vec::new();
    for part in from.split('/').chain(to.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// The commands of a shell script. A file without a shell's shebang counts only when its name ends in `.sh` or `.bash`.
pub(super) fn script(path: &Path, text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let has_shell_name = path.extension().is_some_and(|extension| extension == "sh" || extension == "bash");
    if !has_shell_name && !has_shell_shebang(text) {
        return Ok(Vec::new());
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let place = Place::new(&name, 1, trust);
    let mut shell = Shell::default();
    assign(&mut shell.variables, "0", &path.to_string_lossy());
    Ok(shell.read(text)?.into_iter().map(|started| place.command(started)).collect())
}

fn has_shell_shebang(text: &str) -> bool {
    let Some(shebang) = text.lines().next().and_then(|line| line.strip_prefix("#!")) else { return false };
    shebang.split_whitespace().any(|word| matches!(basename(word), "sh" | "bash" | "dash" | "ash" | "zsh"))
}
