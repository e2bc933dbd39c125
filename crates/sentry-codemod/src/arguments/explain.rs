//! Words on rules and findings. Read [`ExplainArguments`] first.

use clap::Args;

/// Explain a kind of finding, a rule or a cause: `double-init`, `Celery`
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod explain double-init    a kind of finding, with a wrong and a right example
  sentry-codemod explain celery         where init goes for a framework, and what was measured
  sentry-codemod rules                  all of them")]
pub(crate) struct ExplainArguments {
    /// The code of a finding, the name of a framework, task queue or scheduler, or a cause that `verify` names
    #[arg(value_name = "CODE|RULE|CAUSE")]
    pub name: String,
}

/// List the rules, the kinds of findings and the causes that `verify` names
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  sentry-codemod rules                  frameworks, task queues, schedulers, findings
  sentry-codemod rules | grep error     the findings that fail a check")]
pub(crate) struct RulesArguments {}
