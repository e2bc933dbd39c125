//! Programs that only start another program: `env`, `poetry run`, `sh -c`, `tini --`. Read [`peel`] first; the programs are in
//! `wrappers.rs`.
//! Knows how each is called, never what the program inside is for.

use super::place::set_env;
use super::shell::Shell;
use super::variables::assignment;
use super::wrappers::{WATCHFILES, WRAPPERS, Wrapper};

/// What a command runs once the wrappers are off.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// These words.
    Words(Vec<String>),
    /// A text that a shell reads, as `sh -c` does.
    Text(String),
}

/// A command without its wrappers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Peeled {
    /// Variables that the wrappers set.
    pub(super) env: Vec<(String, String)>,
    pub(super) runs: Runs,
}

/// Takes off everything that only wraps a command: `sudo -u web env A=b poetry run /venv/bin/python3 -u -m shop` is
/// `A=b` and `python -m shop`.
///
/// Interpreters and programs in a `bin` folder lose the folder, `python3.12` is `python`. Of `sh -c "a && b"` the last
/// command comes back: it is the one that stays. A text that no shell can read comes back as it is.
pub fn unwrap_command(words: &[String]) -> (Vec<(String, String)>, Vec<String>) {
    let last = Shell::default().read_words(words.to_vec()).ok().and_then(|mut started| started.pop());
    match last {
        Some(started) => (started.env, started.argv),
        None => (Vec::new(), words.to_vec()),
    }
}

/// Takes the wrappers off, up to a text that has to be read as shell.
pub(super) fn peel(mut words: Vec<String>) -> Peeled {
    let mut env = Vec::new();
    loop {
        let assignments = words.iter().map_while(|word| assignment(word)).count();
        for (name, value) in words.drain(..assignments).collect::<Vec<_>>().iter().filter_map(|word| assignment(word)) {
            set_env(&mut env, name, value);
        }
        if let Some(text) = shell_text(&words) {
            return Peeled { env, runs: Runs::Text(text) };
        }
        match command_inside(&words) {
            Some(inside) => words = inside,
            None => return Peeled { env, runs: Runs::Words(plain_program(words)) },
        }
    }
}

/// The last part of a path.
pub(super) fn basename(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The words inside one layer of wrapping, where there is one. Always fewer words, or a script without its shell.
fn command_inside(words: &[String]) -> Option<Vec<String>> {
    let (program, arguments) = words.split_first()?;
    let name = basename(program);
    let name = name.strip_suffix(".sh").unwrap_or(name);
    if is_shell(name) && !program.ends_with(".sh") {
        return script_of_shell(arguments);
    }
    if name == WATCHFILES.name {
        return watched_module(arguments);
    }
    if let Some(inside) = command_of_waiting_script(name, arguments) {
        return Some(inside);
    }
    WRAPPERS.iter().filter(|wrapper| wrapper.name == name).find_map(|wrapper| wrapper.command(arguments))
}

impl Wrapper {
    /// The command in the wrapper's arguments; `None` when there is none, so that the program is called for itself.
    fn command(&self, arguments: &[String]) -> Option<Vec<String>> {
        let mut rest = arguments;
        if !self.subcommand.is_empty() {
            rest = self.skip_options(rest);
            rest = rest.split_first().filter(|(word, _)| *word == self.subcommand)?.1;
        }
        rest = self.skip_options(rest);
        if let Some(module) = self.module_option(rest) {
            return Some(["python", "-m"].map(str::to_owned).into_iter().chain(module.iter().cloned()).collect());
        }
        for _ in 0..self.operands {
            if rest.first().is_some_and(|word| word == "--") {
                break;
            }
            rest = self.skip_options(rest.get(1..)?);
        }
        if rest.first().is_some_and(|word| word == "--") {
            rest = &rest[1..];
        }
        let program = rest.first()?;
        let runs_files = self.name == "uv" && program.ends_with(".py");
        let interpreter = runs_files.then(|| "python".to_owned());
        Some(interpreter.into_iter().chain(rest.iter().cloned()).collect())
    }

    fn skip_options<'a>(&self, words: &'a [String]) -> &'a [String] {
        let mut rest = words;
        while let Some(word) = rest.first() {
            if !word.starts_with('-') || word == "--" || self.module_option(rest).is_some() {
                break;
            }
            let length = if self.valued.split(' ').any(|option| option == word) { 2 } else { 1 };
            rest = &rest[length.min(rest.len())..];
        }
        rest
    }

    /// `uv run -m shop` runs a module without naming the interpreter.
    fn module_option<'a>(&self, words: &'a [String]) -> Option<&'a [String]> {
        let (option, module) = words.split_first()?;
        (self.name == "uv" && matches!(option.as_str(), "-m" | "--module") && !module.is_empty()).then_some(module)
    }
}

/// `watchfiles celery.__main__.main --args '-A shop worker'` calls a function, here the one that `python -m celery` calls.
fn watched_module(arguments: &[String]) -> Option<Vec<String>> {
    let (module, _) = WATCHFILES.skip_options(arguments).first()?.split_once(".__main__.")?;
    let value = arguments.iter().position(|word| word == "--args").and_then(|option| arguments.get(option + 1));
    let arguments = value.and_then(|text| shlex::split(text)).unwrap_or_default();
    Some(["python", "-m", module].map(str::to_owned).into_iter().chain(arguments).collect())
}

fn is_shell(name: &str) -> bool {
    matches!(name, "ash" | "bash" | "dash" | "ksh" | "sh" | "zsh")
}

/// The text in `sh -c TEXT`, `su web -c TEXT` and `watchfiles TEXT`.
fn shell_text(words: &[String]) -> Option<String> {
    let (program, arguments) = words.split_first()?;
    match basename(program) {
        name if is_shell(name) => {
            let option =
                arguments.iter().take_while(|word| is_option_of_shell(word)).position(|word| takes_text(word))?;
            // Options may stand between `-c` and the text.
            let text = option + 1 + arguments[option + 1..].iter().position(|word| !word.starts_with('-'))?;
            Some(with_positional(&arguments[text], &arguments[text + 1..]))
        }
        "su" | "runuser" => {
            let option = arguments.iter().position(|word| matches!(word.as_str(), "-c" | "--command" | "-lc"))?;
            arguments.get(option + 1).cloned()
        }
        "watchfiles" => WATCHFILES.skip_options(arguments).first().filter(|text| text.contains(' ')).cloned(),
        _ => None,
    }
}

/// The text in which `$0` and `$@` are the words after it, as in `sh -c 'exec "$0" "$@"' gunicorn shop`.
fn with_positional(text: &str, arguments: &[String]) -> String {
    let Some((zero, rest)) = arguments.split_first() else { return text.to_owned() };
    let joined = |words: &[String]| shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default();
    let (zero, rest) = (joined(std::slice::from_ref(zero)), joined(rest));
    let text = ["\"$@\"", "\"$*\"", "$@", "$*"].iter().fold(text.to_owned(), |text, all| text.replace(all, &rest));
    text.replace("\"$0\"", &zero).replace("$0", &zero)
}

fn is_option_of_shell(word: &str) -> bool {
    // `pipefail` and the like are the values of `-o`.
    word.starts_with(['-', '+']) || matches!(word, "errexit" | "nounset" | "pipefail" | "xtrace")
}

fn takes_text(option: &str) -> bool {
    option.starts_with('-') && !option.starts_with("--") && option.ends_with('c')
}

/// `bash -e deploy/start.sh web` without the shell.
fn script_of_shell(arguments: &[String]) -> Option<Vec<String>> {
    let options = arguments.iter().take_while(|word| is_option_of_shell(word)).count();
    let script = &arguments[options..];
    (!script.is_empty()).then(|| script.to_vec())
}

/// Scripts that by custom end in `exec "$@"`: an entrypoint, or one that waits for a service until its `--`.
fn command_of_waiting_script(name: &str, arguments: &[String]) -> Option<Vec<String>> {
    if name.contains("entrypoint") {
        return (!arguments.is_empty()).then(|| arguments.to_vec());
    }
    let separator = arguments.iter().position(|word| word == "--")?;
    let command = &arguments[separator + 1..];
    (name.starts_with("wait") && !command.is_empty()).then(|| command.to_vec())
}

/// The program by its plain name, the interpreter without the options that change nothing about what it runs.
fn plain_program(mut words: Vec<String>) -> Vec<String> {
    let Some(program) = words.first_mut() else { return words };
    if is_installed(program) || is_python(program) {
        *program = basename(program).to_owned();
    }
    if is_python(program) {
        return python_command(&words[1..]);
    }
    // `./manage.py` is run by the interpreter that its first line names.
    if program.contains('/') && program.ends_with(".py") {
        words.insert(0, "python".to_owned());
    }
    words
}

/// Whether a program lies where installers put it, and not in a `bin` folder of the project itself.
fn is_installed(program: &str) -> bool {
    let Some((folder, _)) = program.rsplit_once('/') else { return false };
    let Some(above) = folder.strip_suffix("bin").or_else(|| folder.strip_suffix("Scripts")) else { return false };
    let is_outside = above.starts_with(['/', '$', '~']) || above.contains("env/");
    is_outside && !program.ends_with(".sh")
}

fn is_python(program: &str) -> bool {
    let name = basename(program);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let version = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// `python ARGUMENTS` with at most the one option that says what is run: `-m` or `-c`.
fn python_command(arguments: &[String]) -> Vec<String> {
    let mut rest = arguments;
    let mut command = vec!["python".to_owned()];
    while let Some(option) = rest.first().filter(|word| word.len() > 1 && word.starts_with('-')) {
        rest = &rest[1..];
        if matches!(option.as_str(), "-X" | "-W") {
            rest = rest.get(1..).unwrap_or_default();
        } else if !option.starts_with("--") && !option.starts_with("-X") && option.ends_with(['m', 'c']) {
            command.push(format!("-{}", &option[option.len() - 1..]));
            break;
        }
    }
    if command.len() == 2 && rest.first().is_some_and(|module| module == "debugpy") {
        return debugged_command(&rest[1..]);
    }
    command.extend_from_slice(rest);
    command
}

/// The program in `python -m debugpy --listen 0.0.0.0:5678 -m shop`.
fn debugged_command(arguments: &[String]) -> Vec<String> {
    let mut rest = arguments;
    while let Some(option) = rest.first().filter(|word| word.starts_with("--")) {
        let valued = matches!(option.as_str(), "--configure-subProcess" | "--connect" | "--listen" | "--log-to");
        rest = rest.get(if valued { 2 } else { 1 }..).unwrap_or_default();
    }
    std::iter::once("python".to_owned()).chain(rest.iter().cloned()).collect()
}
