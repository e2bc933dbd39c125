//! The table that a run leaves behind: rule by launcher, and what arrived. Read [`Table`].

use std::fmt::Write;

use crate::application::{Application, Bad, Launch};
use crate::arrivals::{Arrivals, Missing};
use crate::verify::Said;

/// What the trials that passed have shown.
#[derive(Default)]
pub(crate) struct Table {
    proofs: Vec<Proof>,
    counterproofs: Vec<Counterproof>,
    said: Vec<Said>,
}

/// One launcher, and all that arrived.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Proof {
    rules: String,
    application: String,
    launcher: String,
    errors: String,
    transactions: String,
    others: String,
}

/// One wrong placement, and what did not arrive.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counterproof {
    rules: String,
    application: String,
    launcher: String,
    placement: String,
    missing: String,
}

impl Table {
    pub(crate) fn add_proof(&mut self, proof: Proof) {
        self.proofs.push(proof);
        self.proofs.sort();
    }

    pub(crate) fn add_counterproof(&mut self, counterproof: Counterproof) {
        self.counterproofs.push(counterproof);
        self.counterproofs.sort();
    }

    pub(crate) fn add_said(&mut self, said: Said) {
        self.said.push(said);
        self.said.sort();
    }

    /// What `sentry-codemod verify` said, as Markdown.
    pub(crate) fn verify_to_markdown(&self) -> String {
        let mut text =
            String::from("| rule | application | launcher | init is | verdict | seen |\n|---|---|---|---|---|---|\n");
        for row in &self.said {
            push_row(&mut text, [&row.rules, &row.application, &row.launcher, &row.placement, &row.verdict, &row.seen]);
        }
        text
    }

    /// Both halves as Markdown, in an order that does not depend on which trial ended first.
    pub(crate) fn to_markdown(&self) -> String {
        let mut text = String::from(
            "| rule | application | launcher | error, caught by | transaction | also |\n|---|---|---|---|---|---|\n",
        );
        for row in &self.proofs {
            push_row(
                &mut text,
                [&row.rules, &row.application, &row.launcher, &row.errors, &row.transactions, &row.others],
            );
        }
        text.push_str("\nThe same applications with init at a wrong place, and what then does not arrive:\n\n");
        text.push_str("| rule | application | launcher | init is | missing |\n|---|---|---|---|---|\n");
        for row in &self.counterproofs {
            push_row(&mut text, [&row.rules, &row.application, &row.launcher, &row.placement, &row.missing]);
        }
        text
    }
}

fn push_row<const N: usize>(text: &mut String, cells: [&String; N]) {
    for cell in cells {
        // Writing to a string cannot fail.
        let _ = write!(text, "| {} ", cell.replace('|', "\\|"));
    }
    text.push_str("|\n");
}

impl Proof {
    /// The row of a trial in which everything `expected` arrived.
    pub(crate) fn new(application: &Application, launch: &Launch, expected: &Arrivals) -> Self {
        let errors = expected.errors.iter().map(|error| format!("`{}`, `{}`", error.kind, error.mechanism));
        let transactions = expected.transactions.iter().map(|one| format!("`{}` ({})", one.name, one.source));
        let mut others = Vec::new();
        if !expected.logs.is_empty() {
            others.push("logs".to_owned());
        }
        if expected.errors.iter().any(|error| error.body.is_some()) {
            others.push("request body".to_owned());
        }
        if !expected.one_trace.is_empty() {
            others.push("one trace".to_owned());
        }
        others.extend(
            expected.check_ins.iter().map(|check_in| format!("check-in `{}` ({})", check_in.slug, check_in.status)),
        );
        Self {
            rules: application.rules.join(", "),
            application: application.name.clone(),
            launcher: launch.name.clone(),
            errors: errors.collect::<Vec<_>>().join("; "),
            transactions: transactions.collect::<Vec<_>>().join("; "),
            others: others.join(", "),
        }
    }
}

impl Counterproof {
    /// The row of a trial in which `missing` was missing, as it had to be.
    pub(crate) fn new(application: &Application, launch: &Launch, bad: &Bad, missing: &[Missing]) -> Self {
        let missing: Vec<&str> = missing.iter().map(|missing| missing.what.as_str()).collect();
        Self {
            rules: application.rules.join(", "),
            application: application.name.clone(),
            launcher: launch.name.clone(),
            placement: bad.name.clone(),
            missing: missing.join("; "),
        }
    }
}
