//! Words on rules and findings. Read [`ExplainArguments`] first.

use clap::Args;

/// Explain a kind of finding or a rule: `double-init`, `Celery`
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod explain double-init    a kind of finding, with a wrong and a right example
  sentry-codemod explain celery         where init goes for a framework, and what was measured
  sentry-codemod rules                  all of them")]
pub(crate) struct ExplainArguments {
    /// The code of a finding, or the name of a framework, task queue or scheduler
    #[arg(value_name = "CODE|RULE")]
    pub name: String,
}

/// List the rules and the kinds of findings
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod rules                  frameworks, task queues, schedulers, findings
  sentry-codemod rules | grep error     the findings that fail a check")]
pub(crate) struct RulesArguments {}
