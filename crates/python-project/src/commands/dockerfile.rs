//! Dockerfiles: what each stage starts, with the variables and the folder in force. Read [`Stage`] first.
//! Never looks at RUN, and never at the base image except where it is another stage.

use std::path::Path;

use super::family::names_development;
use super::place::{Place, set_env};
use super::variables::{Syntax, Variables, assign, expand};
use super::{CommandsError, DeclaredCommand, Declares, Trust};

/// An instruction with its arguments, continued lines joined.
struct Instruction {
    line: usize,
    keyword: String,
    arguments: String,
}

/// CMD or ENTRYPOINT.
#[derive(Debug, Clone)]
struct Start {
    line: usize,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// `["a", "b"]`: these words.
    Exec(Vec<String>),
    /// A text for a shell.
    Shell(String),
}

impl Form {
    /// The words that Docker makes of it.
    fn words(&self) -> Vec<String> {
        match self {
            Form::Exec(words) => words.clone(),
            Form::Shell(text) => ["/bin/sh", "-c", text].map(str::to_owned).to_vec(),
        }
    }
}

/// A build stage, as far as it has been read.
#[derive(Debug, Clone, Default)]
struct Stage {
    name: Option<String>,
    line: usize,
    /// The image or the stage it builds on.
    base: String,
    variables: Variables,
    env: Vec<(String, String)>,
    workdir: Option<String>,
    entrypoint: Option<Start>,
    cmd: Option<Start>,
    /// Whether `cmd` is this stage's own: an ENTRYPOINT forgets the one of the base.
    has_own_cmd: bool,
    has_own_start: bool,
}

/// The commands of a Dockerfile: those of the last stage, which a build makes when nobody says otherwise, and of the
/// other stages that have a name and start something. A last stage that starts nothing declares its environment.
pub(super) fn commands(path: &Path, text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let stages = stages(text);
    let mut commands = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let is_last = index + 1 == stages.len();
        if is_last || (stage.name.is_some() && stage.has_own_start) {
            let name = stage.name.clone().unwrap_or_else(|| file_label(path));
            let trust = if names_development(&name) { Trust::Development } else { trust };
            commands.extend(stage.commands(&name, trust)?);
        }
    }
    Ok(commands)
}

/// `worker` for `Dockerfile.worker` and `worker.Dockerfile`, else the whole name.
fn file_label(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.split_once(['.', '-', '_']) {
        Some((first, rest)) if first.eq_ignore_ascii_case("dockerfile") => rest.to_owned(),
        Some((first, rest)) if rest.eq_ignore_ascii_case("dockerfile") => first.to_owned(),
        _ => name.into_owned(),
    }
}

fn stages(text: &str) -> Vec<Stage> {
    let mut global = Variables::new();
    let mut stages: Vec<Stage> = Vec::new();
    for instruction in instructions(text) {
        if instruction.keyword == "FROM" {
            let stage = Stage::begin(&instruction, &global, &stages);
            stages.push(stage);
        } else if let Some(stage) = stages.last_mut() {
            stage.apply(&instruction, &global);
        } else if instruction.keyword == "ARG" {
            define_arguments(&instruction.arguments, &mut global, &Variables::new());
        }
    }
    stages
}

impl Stage {
    /// `FROM base AS name`. A base that is an earlier stage hands on all it has.
    fn begin(instruction: &Instruction, global: &Variables, earlier: &[Stage]) -> Stage {
        let arguments = expand(&instruction.arguments, global, Syntax::Plain);
        let mut words = arguments.split_whitespace().filter(|word| !word.starts_with("--"));
        let base = words.next().unwrap_or_default().to_owned();
        let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        let parent = earlier.iter().rfind(|stage| stage.name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(&base)));
        let inherited = parent.cloned().unwrap_or_else(|| Stage { base, ..Stage::default() });
        let name = name.map(str::to_owned);
        Stage { name, line: instruction.line, has_own_cmd: false, has_own_start: false, ..inherited }
    }

    fn apply(&mut self, instruction: &Instruction, global: &Variables) {
        let line = instruction.line;
        let arguments = instruction.arguments.as_str();
        match instruction.keyword.as_str() {
            "ARG" => define_arguments(arguments, &mut self.variables, global),
            "ENV" => self.set_environment(arguments),
            "WORKDIR" => {
                let folder = expand(arguments, &self.variables, Syntax::Plain);
                let folder = folder.trim().trim_matches(['"', '\'']);
                self.workdir = Some(super::shell::join(self.workdir.as_deref().or(Some("/")), folder));
            }
            "ENTRYPOINT" => {
                self.entrypoint = start(line, arguments);
                self.has_own_start = true;
                if !self.has_own_cmd {
                    self.cmd = None;
                }
            }
            "CMD" => {
                self.cmd = start(line, arguments);
                self.has_own_cmd = true;
                self.has_own_start = true;
            }
            _ => {}
        }
    }

    /// `ENV A=b C="d e"`, or the old `ENV A b c`.
    fn set_environment(&mut self, arguments: &str) {
        let expanded = expand(arguments, &self.variables, Syntax::Shell);
        let Some(words) = shlex::split(&expanded) else { return };
        let pairs: Vec<(String, String)> = match expanded.split_once(char::is_whitespace) {
            Some((name, value)) if !name.contains('=') => vec![(name.to_owned(), value.trim().to_owned())],
            _ => words
                .iter()
                .filter_map(|word| word.split_once('='))
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .collect(),
        };
        for (name, value) in pairs {
            assign(&mut self.variables, &name, &value);
            set_env(&mut self.env, &name, &value);
        }
    }

    fn commands(&self, name: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
        let place = |line| Place { env: self.env.clone(), cwd: self.workdir.clone(), ..Place::new(name, line, trust) };
        match (&self.entrypoint, &self.cmd) {
            (None, None) if self.env.is_empty() && self.workdir.is_none() => Ok(Vec::new()),
            (None, None) => Ok(vec![place(self.line).declare(Declares::Environment)]),
            (None, Some(Start { line, form: Form::Shell(text) })) => place(*line).shell(text),
            (None, Some(Start { line, form: Form::Exec(words) })) => self.exec(&place(*line), words.clone()),
            (Some(entrypoint), None) => match &entrypoint.form {
                Form::Shell(text) => place(entrypoint.line).shell(text),
                Form::Exec(words) => self.exec(&place(entrypoint.line), words.clone()),
            },
            (Some(entrypoint), Some(cmd)) => {
                // A text ends the command unless it asks for its arguments; words go on with them.
                let line = if matches!(entrypoint.form, Form::Shell(_)) { entrypoint.line } else { cmd.line };
                self.exec(&place(line), [entrypoint.form.words(), cmd.form.words()].concat())
            }
        }
    }

    /// On the Lambda images the command is the name of a function.
    fn exec(&self, place: &Place, words: Vec<String>) -> Result<Vec<DeclaredCommand>, CommandsError> {
        if let ([handler], true) = (words.as_slice(), self.base.contains("lambda/python")) {
            return Ok(super::serverless::handler(handler).map(|kind| place.declare(kind)).into_iter().collect());
        }
        place.exec(words)
    }
}

/// `ARG A=b C`: a default, or the value that the file's head gives.
fn define_arguments(arguments: &str, variables: &mut Variables, global: &Variables) {
    let Some(words) = shlex::split(arguments) else { return };
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => {
                let value = expand(value, variables, Syntax::Plain);
                assign(variables, name, &value);
            }
            None => {
                if let Some(value) = global.get(&word) {
                    assign(variables, &word, value);
                }
            }
        }
    }
}

/// The exec form is JSON; Docker takes anything else as text for a shell. Nothing at all starts nothing.
fn start(line: usize, arguments: &str) -> Option<Start> {
    let form = match serde_json::from_str::<Vec<String>>(arguments.trim()) {
        Ok(words) if words.is_empty() => return None,
        Ok(words) => Form::Exec(words),
        Err(_) => Form::Shell(arguments.to_owned()),
    };
    Some(Start { line, form })
}

/// The instructions, with continued lines joined, comments and here-documents left out.
fn instructions(text: &str) -> Vec<Instruction> {
    let escape = if has_backtick_escape(text) { '`' } else { '\\' };
    let mut instructions = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, first)) = lines.next() {
        if is_comment_or_blank(first) {
            continue;
        }
        let mut joined = first.trim().to_owned();
        while let Some(continued) = joined.strip_suffix(escape) {
            joined = continued.to_owned();
            let Some((_, next)) = lines.find(|(_, next)| !is_comment_or_blank(next)) else { break };
            joined.push_str(next.trim_end());
        }
        for end_word in here_documents(&joined) {
            lines.find(|(_, next)| next.trim() == end_word);
        }
        let (keyword, arguments) = joined.split_once(char::is_whitespace).unwrap_or((joined.as_str(), ""));
        let (keyword, arguments) = (keyword.to_ascii_uppercase(), arguments.trim().to_owned());
        instructions.push(Instruction { line, keyword, arguments });
    }
    instructions
}

fn is_comment_or_blank(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// Whether the head of the file says `# escape=`` ` ``.
fn has_backtick_escape(text: &str) -> bool {
    text.lines()
        .map_while(|line| line.trim().strip_prefix('#'))
        .any(|directive| directive.replace(' ', "").eq_ignore_ascii_case("escape=`"))
}

/// The end words of `RUN <<EOF` and `COPY <<"A" <<-B /target`.
fn here_documents(instruction: &str) -> Vec<String> {
    let takes_them = ["RUN", "COPY", "ADD"]
        .iter()
        .any(|keyword| instruction.get(..keyword.len()).is_some_and(|start| start.eq_ignore_ascii_case(keyword)));
    if !takes_them {
        return Vec::new();
    }
    instruction
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("<<"))
        .map(|word| word.trim_start_matches('-').trim_matches(['"', '\'']).to_owned())
        .filter(|word| !word.is_empty() && !word.starts_with('<'))
        .collect()
}
