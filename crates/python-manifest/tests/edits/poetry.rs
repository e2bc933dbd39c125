//! pyproject.toml with `[tool.poetry]`.

use crate::*;

const FILE: &str = "pyproject.toml";

#[track_caller]
fn table(before: &str, after: &str) {
    let file = |lines: &str| {
        format!(
            "[tool.poetry]\nname = \"x\"\n\n[tool.poetry.dependencies]\n{lines}\n\n[tool.poetry.group.dev.dependencies]\npytest = \"^8\"\n"
        )
    };
    changes(FILE, &file(before), &file(after));
    changes(FILE, &file(before).replace('\n', "\r\n"), &file(after).replace('\n', "\r\n"));
}

#[test]
fn quotes_of_most_entries_not_of_the_first() {
    changes(
        FILE,
        "[tool.poetry.dependencies]\npython = '^3.8'\nwerkzeug = \">= 2.2.1\"\nflask = \">= 2.2\"\n",
        "[tool.poetry.dependencies]\npython = '^3.8'\nwerkzeug = \">= 2.2.1\"\nflask = \">= 2.2\"\nsentry-sdk = {extras = [\"flask\"], version = \">= 2.35, < 3\"}\n",
    );
}

#[test]
fn new_entry_is_an_inline_table_with_a_caret() {
    table(
        "python = \"^3.10\"\nflask = \"^3.0\"  # web\ngunicorn = {version = \"^23\", extras = [\"setproctitle\"]}",
        "python = \"^3.10\"\nflask = \"^3.0\"  # web\ngunicorn = {version = \"^23\", extras = [\"setproctitle\"]}\nsentry-sdk = {version = \"^2.35\", extras = [\"flask\"]}",
    );
    table(
        "python='^3'\nz='*'\nflask='*'",
        "python='^3'\nz='*'\nflask='*'\nsentry-sdk={extras = ['flask'], version = '^2.35'}",
    );
    table(
        "python = \"^3.10\"\nflask = \"3.1.0\"\n# server\nuwsgi = \"2.0\"",
        "python = \"^3.10\"\nflask = \"3.1.0\"\nsentry-sdk = {extras = [\"flask\"], version = \"2.75.0\"}\n# server\nuwsgi = \"2.0\"",
    );
    table(
        "python = \">=3.10\"\nflask = \">=3\"",
        "python = \">=3.10\"\nflask = \">=3\"\nsentry-sdk = {extras = [\"flask\"], version = \">=2.35,<3\"}",
    );
}

#[test]
fn without_extras_the_value_is_a_string() {
    let wanted = Wanted { extras: Vec::new(), ..wanted() };
    let before = "[tool.poetry.dependencies]\nflask = \"^3\"\n";
    changes_to(
        FILE,
        before,
        "[tool.poetry.dependencies]\nflask = \"^3\"\nsentry-sdk = \"^2.35\"\n",
        &wanted,
        Applicability::Safe,
    );
}

#[test]
fn existing_entry_keeps_its_form() {
    table(
        "flask = \"^3.1\"\nsentry-sdk = { extras = [\"pure-eval\"], version = \"^2.45\" } # keep",
        "flask = \"^3.1\"\nsentry-sdk = { extras = [\"pure-eval\", \"flask\"], version = \"^2.45\" } # keep",
    );
    table("Sentry_SDK = \"^2.20\"", "Sentry_SDK = {extras = [\"flask\"], version = \"^2.35\"}");
    table("sentry-sdk = \"*\"", "sentry-sdk = {extras = [\"flask\"], version = \"^2.35\"}");
    table(
        "sentry-sdk = {version = \">=2.0\", python = \">3.8\"}",
        "sentry-sdk = {version = \">=2.35,<3\", python = \">3.8\", extras = [\"flask\"]}",
    );
    table(
        "flask = \"*\"\n\n[tool.poetry.dependencies.sentry-sdk]\nversion = \"^2.1\"  # v",
        "flask = \"*\"\n\n[tool.poetry.dependencies.sentry-sdk]\nversion = \"^2.35\"  # v\nextras = [\"flask\"]",
    );
}

#[test]
fn unions_options_and_lists_are_left_to_a_person() {
    let file = |line: &str| format!("[tool.poetry.dependencies]\nflask = \"*\"\n{line}\n");
    advises(FILE, &file("sentry-sdk = \"^1.0 || ^2.0\""), "not understood");
    advises(FILE, &file("sentry-sdk = {version = \"^2.40\", optional = true}"), "optional");
    advises(FILE, &file("sentry-sdk = [{version = \"^2.40\", python = \">3.8\"}]"), "not understood");
}

#[test]
fn old_caret_of_another_major_is_a_risk() {
    let file = |line: &str| format!("[tool.poetry.dependencies]\nflask = \"^3\"\n{line}\n");
    let after = file("sentry-sdk = {extras = [\"flask\"], version = \"^2.35\"}");
    changes_with_risk(FILE, &file("sentry-sdk = \"^1.40\""), &after);
    changes_with_risk(FILE, &file("sentry-sdk = \"~2.20\""), &after);
}

#[test]
fn poetry_2_project_wins_over_its_enrichment() {
    changes(
        FILE,
        "[project]\ndependencies = [\"flask (>=3.1,<4.0)\"]\n\n[tool.poetry.dependencies]\nflask = {source = \"s\"}\n",
        "[project]\ndependencies = [\"flask (>=3.1,<4.0)\", \"sentry-sdk[flask] (>=2.35,<3)\"]\n\n[tool.poetry.dependencies]\nflask = {source = \"s\"}\n",
    );
}
