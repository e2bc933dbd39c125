//! What starts the project, as its deployment files say it: the text of one file in, the commands it declares out.
//! Read [`DeclaredCommand`] first. Never touches the disk, never decides what a command means: that gunicorn serves
//! `shop:app` is for the reader of the words.

mod compose;
mod crontab;
mod dockerfile;
mod environment;
mod family;
mod gunicorn;
pub(crate) mod ini;
mod kubernetes;
mod makefile;
mod packaging;
mod place;
mod platforms;
mod procfile;
mod serverless;
mod shell;
mod split;
mod supervisor;
mod systemd;
#[cfg(test)]
mod tests;
mod tomlfile;
mod unwrap;
mod uwsgi;
mod variables;
mod wrappers;
pub(crate) mod yaml;

use std::path::Path;

use family::Family;
pub use unwrap::unwrap_command;

/// One command that starts a process, as a deployment file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredCommand {
    /// What the file calls it: the process type, the service, the script, else the file's own name.
    pub name: String,
    /// The line of the declaration, 1-based.
    pub line: usize,
    /// Environment variables that the file sets for the process. A name stands here once, with the value in force.
    pub env: Vec<(String, String)>,
    /// The folder the process starts in, as the file writes it. Often a path inside an image, such as `/app`.
    pub cwd: Option<String>,
    /// The words of the command without the programs that only wrap it. Empty where `kind` says all.
    pub argv: Vec<String>,
    /// The folder an image is built from, relative to the file.
    pub build_context: Option<String>,
    /// What sort of declaration this is.
    pub kind: Declares,
    /// How near the declaration is to what runs in production.
    pub trust: Trust,
    /// When a clock starts it, as the file writes it; `None` for what is started once.
    pub schedule: Option<String>,
}

/// What sort of thing a deployment file declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declares {
    /// A command line, in `argv`.
    Command,
    /// A script that an installer generates: it calls `attribute` of `module`.
    EntryPoint {
        /// Dotted name of the module.
        module: String,
        /// Name inside the module, dotted when nested.
        attribute: String,
    },
    /// A function, or a WSGI object, that a platform calls by name.
    Handler {
        /// Dotted name of the module, relative to `cwd`.
        module: String,
        /// Name inside the module.
        attribute: String,
    },
    /// No command: only variables and a folder for commands that are declared elsewhere.
    Environment,
    /// A service that runs whatever its image runs.
    Image {
        /// Path of the Dockerfile relative to `build_context`.
        dockerfile: String,
        /// The stage that is built, the last one when absent.
        target: Option<String>,
    },
}

/// How near a declaration is to what runs in production; the nearest is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// A file that a platform or a process manager reads.
    Deployed,
    /// A script that somebody starts: nobody says where.
    Script,
    /// For a developer's machine: overrides, `dev` and `local` files, Makefiles.
    Development,
}

/// Why a deployment file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct CommandsError {
    /// The line, 1-based.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// Whether the name and the folder of a file say that it may declare commands. `path` is relative to the project's root.
///
/// Cheap, and generous: [`declared_commands`] looks at the text and may find nothing.
pub fn is_deployment_file(path: &Path) -> bool {
    Family::of(path).is_some()
}

/// The commands of a line that a shell reads and that no deployment file holds: the user declares it, for a folder as in
/// [`DeclaredCommand::cwd`].
///
/// # Errors
/// When the shell could not read the line.
pub fn own_command(
    name: &str,
    line: usize,
    text: &str,
    folder: Option<String>,
) -> Result<Vec<DeclaredCommand>, CommandsError> {
    place::Place { cwd: folder, ..place::Place::new(name, line, Trust::Deployed) }.shell(text)
}

/// The commands that the file at `path` (relative to the project's root) declares with `text`, in the order of the file.
///
/// A file of no known kind declares nothing.
///
/// # Errors
/// When the file does not follow its own format, with the line where reading stopped.
pub fn declared_commands(path: &Path, text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
    let Some(family) = Family::of(path) else { return Ok(Vec::new()) };
    // Neither a byte-order mark nor a carriage return is part of a command, and no line number depends on them.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    family.read(path, &text)
}
