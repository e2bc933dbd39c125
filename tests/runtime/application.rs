//! What `runtime.toml` says of one application: how it is started and driven, and what must arrive. Only data; read [`Application`].

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::arrivals::{Arrivals, Part};
use crate::verify::Expected;

/// One project under `tests/projects` and how it is run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    /// The project's folder.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    /// The folder's name.
    #[serde(skip)]
    pub(crate) name: String,
    /// The rules whose placement this application proves.
    pub(crate) rules: Vec<String>,
    /// The lock file that holds its packages: `locks/GROUP.txt`.
    pub(crate) group: String,
    /// Whether it needs a Redis; its address is then in `REDIS_URL`.
    #[serde(default)]
    pub(crate) redis: bool,
    /// Arguments for the codemod beside `--apply`.
    #[serde(default)]
    pub(crate) options: Vec<String>,
    /// The ways to start it, each a trial.
    #[serde(rename = "launch")]
    pub(crate) launches: Vec<Launch>,
    /// What is done to it once it runs, in order.
    #[serde(default)]
    pub(crate) drive: Vec<Step>,
    /// What must arrive.
    pub(crate) arrives: Arrivals,
    /// The right placement, spelled out.
    pub(crate) by_hand: Vec<Site>,
    /// What `sentry-codemod verify` says of it.
    #[serde(default)]
    pub(crate) verify: Expected,
    /// Placements that are known to be wrong, each a trial with the first launcher.
    pub(crate) bad: Vec<Bad>,
}

/// One way to start an application.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Launch {
    /// How the row is called.
    pub(crate) name: String,
    /// The processes, started in this order, each when the one before is ready.
    pub(crate) start: Vec<Start>,
    /// What must arrive, when this launcher differs from the others.
    pub(crate) arrives: Option<Arrivals>,
    /// Seconds to wait for it all to arrive.
    #[serde(default = "default_patience")]
    pub(crate) patience: u64,
}

/// One process. Its command may speak of `$PORT`, `$REDIS_URL` and `$SUITE`, the folder of this suite.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// The command, as a shell reads it.
    pub(crate) command: String,
    /// How to tell that it is up.
    pub(crate) ready: Ready,
}

/// How to tell that a process is up.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ready {
    /// Something listens on `$PORT`.
    Port,
    /// It has written this text.
    Log(String),
    /// It has ended, with this exit code.
    Exit(i32),
}

/// One thing done to a running application.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Step {
    /// A request to `$PORT`.
    Request(Request),
    /// A command run to its end in the project's folder, such as one that enqueues a job.
    Run(Run),
}

/// A request and the status that must come back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) path: String,
    /// Sent by POST; without it the request is a GET.
    pub(crate) json: Option<String>,
    pub(crate) status: u16,
}

/// A command and the exit code that must come back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    pub(crate) command: String,
    #[serde(default)]
    pub(crate) exit: i32,
}

/// A place in a project and the text that goes there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Site {
    /// The file, from the project's folder on.
    pub(crate) file: PathBuf,
    /// The line the text goes before, with that line's indentation; the end of the file when there is none.
    pub(crate) before: Option<String>,
    /// The text; the usual import and init when there is none.
    pub(crate) text: Option<String>,
}

/// A placement that must fail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bad {
    /// Where init is.
    pub(crate) name: String,
    /// The same, spelled out.
    pub(crate) sites: Vec<Site>,
    /// What must be missing, at least.
    pub(crate) lacks: Vec<Part>,
    /// What `sentry-codemod verify` says of it.
    #[serde(default)]
    pub(crate) verify: Expected,
}

fn default_patience() -> u64 {
    30
}

impl Application {
    /// All projects that have a `runtime.toml`, by name.
    ///
    /// # Errors
    /// When a folder cannot be read or a `runtime.toml` is not understood; the message names it.
    pub(crate) fn load_all(projects: &Path) -> Result<Vec<Self>, String> {
        let named = |error: &dyn std::fmt::Display, path: &Path| format!("`{}`: {error}", path.display());
        let folders = std::fs::read_dir(projects).map_err(|error| named(&error, projects))?;
        let mut applications = Vec::new();
        for folder in folders {
            let folder = folder.map_err(|error| named(&error, projects))?.path();
            let file = folder.join("runtime.toml");
            if file.is_file() {
                let text = std::fs::read_to_string(&file).map_err(|error| named(&error, &file))?;
                let application: Self = toml_edit::de::from_str(&text).map_err(|error| named(&error, &file))?;
                let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                applications.push(Self { folder, name, ..application });
            }
        }
        applications.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(applications)
    }
}
