//! What the probe writes down, as it is read here. Read [`Fact`]; a kind or a field that is not known is passed over.

use serde::Deserialize;

/// A fact and the process that wrote it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Line {
    /// The number of the command it descends from.
    #[serde(default)]
    pub(crate) command: usize,
    /// The process.
    pub(crate) pid: u32,
    /// Its parent.
    pub(crate) ppid: u32,
    /// What it says.
    #[serde(flatten)]
    pub(crate) fact: Fact,
}

/// One thing that the probe has seen.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Fact {
    /// A Python was started.
    Start { argv: Vec<String> },
    /// A process was forked from one that may have called init.
    Fork { inits: usize },
    /// `sentry_sdk.init` returned.
    Init(InitFact),
    /// `sentry_sdk.init` raised.
    InitError { at: Vec<String>, error: String },
    /// The first framework object of a kind was built.
    Object { at: Vec<String> },
    /// The names under which a Django application answers.
    Hosts { allowed: Vec<String> },
    /// The prefixes below which applications are mounted.
    Mounts { prefixes: Vec<String> },
    /// The failing handler was reached.
    Hit(Box<Hit>),
    /// A worker is up and has sent itself these tasks.
    WorkerReady { sent: Vec<String> },
    /// A beat has sent a task that is monitored under this name.
    Beat { slug: String, client: Option<Client> },
    /// Files that a plan changes and that this process has loaded.
    Loaded { files: Vec<String> },
    /// The probe itself failed.
    ProbeError {
        #[serde(rename = "where")]
        place: String,
        error: String,
    },
    /// Anything else.
    #[serde(other)]
    Other,
}

/// A call of init.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct InitFact {
    /// `file:line` of the nearest callers, the nearest first.
    pub(crate) at: Vec<String>,
    /// `environment`, `code` or `empty`.
    pub(crate) dsn: String,
    /// Options whose share was raised to 1 for the run.
    pub(crate) raised: Vec<String>,
    /// Framework objects that were there before it.
    pub(crate) objects_before: Vec<String>,
    /// Whether a request had come before it.
    pub(crate) in_request: bool,
    /// The SDK afterwards.
    pub(crate) client: Option<Client>,
}

/// The failing handler was reached in this process.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Hit {
    /// What the request or task carried.
    pub(crate) nonce: String,
    /// The framework that called it.
    pub(crate) framework: Framework,
    /// How often init had run, here or in the process this one was forked from.
    pub(crate) inits: usize,
    /// The SDK, when it was imported.
    pub(crate) client: Option<Client>,
    /// The user's own routes, where each is instrumented for itself.
    pub(crate) routes: Option<Routes>,
}

/// What the probe knows of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Framework {
    /// Its name.
    pub(crate) name: String,
    /// Who reports its errors when all is well.
    pub(crate) mechanisms: Vec<String>,
    /// Whether an error brings the body of its request.
    pub(crate) body: bool,
    /// Whether it runs tasks instead of requests.
    pub(crate) queue: bool,
    /// Whether only the SDK's middleware around it sees its requests.
    pub(crate) by_middleware: bool,
}

/// The SDK of a process.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Client {
    pub(crate) version: Option<String>,
    pub(crate) active: bool,
    pub(crate) options: Options,
    pub(crate) traces_sampler: bool,
    pub(crate) before_send: Vec<String>,
    pub(crate) integrations: Vec<String>,
    /// Integrations that report on jobs that the clock starts.
    pub(crate) monitors: Vec<String>,
    pub(crate) transport: bool,
}

/// Options of init that decide what has to arrive.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Options {
    pub(crate) traces_sample_rate: Option<f64>,
    pub(crate) profile_session_sample_rate: Option<f64>,
    pub(crate) profile_lifecycle: Option<String>,
    pub(crate) enable_logs: Option<bool>,
}

/// The user's own routes.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Routes {
    pub(crate) instrumented: usize,
    pub(crate) bare: Vec<String>,
    pub(crate) bare_count: usize,
}

impl Client {
    /// Whether requests and tasks are traced.
    pub(crate) fn traces(&self) -> bool {
        self.traces_sampler || self.options.traces_sample_rate.is_some_and(|rate| rate > 0.0)
    }

    /// Whether what is logged is sent.
    pub(crate) fn logs(&self) -> bool {
        self.options.enable_logs == Some(true)
    }

    /// Whether each transaction is profiled.
    pub(crate) fn profiles(&self) -> bool {
        self.options.profile_session_sample_rate.is_some_and(|rate| rate > 0.0)
            && self.options.profile_lifecycle.as_deref() == Some("trace")
    }
}

/// The facts of a file. A line that is still being written is passed over.
pub(crate) fn read(text: &str) -> Vec<Line> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_and_an_unknown_kind_do_no_harm() {
        let text = "{\"kind\":\"fork\",\"command\":1,\"pid\":7,\"ppid\":6,\"inits\":1}\n\
                    {\"kind\":\"news\",\"pid\":7,\"ppid\":6}\n{\"kind\":\"sta";
        let facts = read(text);
        assert!(matches!(facts[0], Line { command: 1, pid: 7, ppid: 6, fact: Fact::Fork { inits: 1 } }));
        assert!(matches!(facts[1].fact, Fact::Other));
        assert_eq!(facts.len(), 2);
    }
}
