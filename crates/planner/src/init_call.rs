//! The call of `sentry_sdk.init` as Python source, rendered from typed options. Read [`InitCall`] first.

use python_source::ImportLine;

use crate::recommend::{InitArgument, IntegrationCall};

/// A call to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitCall {
    /// The name by which the SDK is reached.
    pub sdk: String,
    /// Whether that name may be `None`: its import is allowed to fail.
    pub guarded: bool,
    /// Its arguments in order.
    pub arguments: Vec<InitArgument>,
    /// Calls of integration classes, as they are named in the file.
    pub integrations: Vec<String>,
}

impl InitCall {
    /// The call on several lines, indented by four spaces a level, with comments.
    pub fn block(&self) -> String {
        let mut lines = Vec::new();
        if !self.arguments.iter().any(|argument| argument.name == "dsn") {
            lines.push("# Reads SENTRY_DSN, SENTRY_ENVIRONMENT and SENTRY_RELEASE.".to_owned());
        }
        for argument in &self.arguments {
            lines.extend(argument.comment.as_ref().map(|comment| format!("# {comment}")));
            lines.extend(format!("{}={},", argument.name, argument.value).lines().map(str::to_owned));
        }
        if !self.integrations.is_empty() {
            lines.push(format!("integrations=[{}],", self.integrations.join(", ")));
        }
        let body: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        let call = format!("{}.init(\n{body})\n", self.sdk);
        if !self.guarded {
            return call;
        }
        let indented: String = call.lines().map(|line| format!("    {line}\n")).collect();
        format!("if {} is not None:\n{indented}", self.sdk)
    }

    /// The call on one line.
    pub fn one_line(&self) -> String {
        let mut arguments: Vec<String> = self
            .arguments
            .iter()
            .map(|argument| format!("{}={}", argument.name, on_one_line(&argument.value)))
            .collect();
        if !self.integrations.is_empty() {
            arguments.push(format!("integrations=[{}]", self.integrations.join(", ")));
        }
        format!("{}.init({})", self.sdk, arguments.join(", "))
    }
}

fn on_one_line(value: &str) -> String {
    value.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

impl IntegrationCall {
    /// The import of the class.
    pub fn import(&self) -> ImportLine {
        ImportLine::from(&self.module, &self.class)
    }

    /// The call of the class by a name.
    pub fn of(&self, name: &str) -> String {
        let argument = self.option.as_ref().map(|option| format!("{option}=True"));
        format!("{name}({})", argument.unwrap_or_default())
    }
}
