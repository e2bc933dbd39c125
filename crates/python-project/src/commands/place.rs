//! Where a declaration stands and what surrounds it, so that each family says only what is its own. Read [`Place`] first.

use super::shell::{Shell, Started, unclosed_quote};
use super::variables::{Syntax, Variables, expand};
use super::{CommandsError, DeclaredCommand, Declares, Trust};

/// Everything about a command that is known before its words are read.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) trust: Trust,
    pub(super) env: Vec<(String, String)>,
    pub(super) cwd: Option<String>,
    pub(super) build_context: Option<String>,
    pub(super) schedule: Option<String>,
}

impl Place {
    pub(super) fn new(name: &str, line: usize, trust: Trust) -> Self {
        Place { name: name.to_owned(), line, trust, env: Vec::new(), cwd: None, build_context: None, schedule: None }
    }

    /// A command that a shell reads: operators, `cd` and variables have their meaning.
    pub(super) fn shell(&self, text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
        let started = self.new_shell().read(text).map_err(|error| self.moved(error))?;
        Ok(started
            .into_iter()
            .map(|started| Started { line: self.line + started.line - 1, ..started })
            .map(|started| self.command(started))
            .collect())
    }

    /// A command given as words, which no shell reads.
    pub(super) fn exec(&self, words: Vec<String>) -> Result<Vec<DeclaredCommand>, CommandsError> {
        let started = self.new_shell().read_words(words).map_err(|error| self.moved(error))?;
        Ok(started.into_iter().map(|started| self.command(Started { line: self.line, ..started })).collect())
    }

    /// A command that is split into words without a shell. Operators that people write all the same, as if there were
    /// one, separate commands.
    pub(super) fn split_words(&self, text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
        let words = shlex::split(text).ok_or_else(|| unclosed_quote(self.line))?;
        let mut shell = self.new_shell();
        let mut commands = Vec::new();
        for words in words.split(|word| matches!(word.as_str(), "&&" | "||" | ";" | "|")) {
            let started = shell.read_words(words.to_vec()).map_err(|error| self.moved(error))?;
            commands.extend(started.into_iter().map(|started| self.command(Started { line: self.line, ..started })));
        }
        Ok(commands)
    }

    /// A declaration that is no command line.
    pub(super) fn declare(&self, kind: Declares) -> DeclaredCommand {
        DeclaredCommand {
            name: self.name.clone(),
            line: self.line,
            env: self.env.clone(),
            cwd: self.cwd.clone(),
            argv: Vec::new(),
            build_context: self.build_context.clone(),
            kind,
            trust: self.trust,
            schedule: self.schedule.clone(),
        }
    }

    /// A command that a shell has found.
    pub(super) fn command(&self, started: Started) -> DeclaredCommand {
        let Started { line, env, cwd, argv } = started;
        DeclaredCommand { line, env, cwd, argv, ..self.declare(Declares::Command) }
    }

    fn new_shell(&self) -> Shell {
        Shell::new(self.env.clone(), self.cwd.clone())
    }

    fn moved(&self, error: CommandsError) -> CommandsError {
        CommandsError { line: self.line + error.line - 1, ..error }
    }
}

/// Sets a variable: a name stands in the list once.
pub(super) fn set_env(env: &mut Vec<(String, String)>, name: &str, value: &str) {
    match env.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => value.clone_into(old),
        None => env.push((name.to_owned(), value.to_owned())),
    }
}

/// A value of a configuration file with its `${NAME:-default}` parts replaced, as far as they can be.
pub(super) fn with_defaults(text: &str) -> String {
    expand(text, &Variables::new(), Syntax::Plain)
}

/// The object that `package.module:name.inner` points to, without the extras some files write after it.
pub(super) fn object_reference(text: &str) -> Option<(String, String)> {
    let text = text.split('[').next().unwrap_or(text);
    let (module, attribute) = text.split_once(':')?;
    let (module, attribute) = (module.trim(), attribute.trim());
    let dotted = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    (dotted(module) && dotted(attribute)).then(|| (module.to_owned(), attribute.to_owned()))
}
