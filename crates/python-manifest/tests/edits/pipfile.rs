//! Pipfile.

use crate::*;

const FILE: &str = "Pipfile";

#[test]
fn comments_and_blank_lines_stay_under_crlf() {
    changes(
        FILE,
        "[packages]\r\n# web\r\nflask = \"*\"  # keep\r\n\r\n# files\r\nboto3 = \"*\"\r\n\r\n[dev-packages]\r\nsentry-sdk = \"*\"\r\n",
        "[packages]\r\n# web\r\nflask = \"*\"  # keep\r\n\r\n# files\r\nboto3 = \"*\"\r\nsentry-sdk = {extras = [\"flask\"], version = \">=2.35,<3\"}\r\n\r\n[dev-packages]\r\nsentry-sdk = \"*\"\r\n",
    );
}

#[test]
fn pins_inline_tables_and_empty_tables() {
    changes(
        FILE,
        "[packages]\nflask = \"==3.1.0\"\nuvicorn = { version = \"==0.30\", extras = [\"standard\"] }\n",
        "[packages]\nflask = \"==3.1.0\"\nsentry-sdk = { version = \"==2.75.0\", extras = [\"flask\"] }\nuvicorn = { version = \"==0.30\", extras = [\"standard\"] }\n",
    );
    changes(FILE, "[packages]\n", "[packages]\nsentry-sdk = {extras = [\"flask\"], version = \">=2.35,<3\"}\n");
    changes(FILE, "[packages]", "[packages]\nsentry-sdk = {extras = [\"flask\"], version = \">=2.35,<3\"}");
}

#[test]
fn one_pin_among_many_bare_names_is_not_the_habit() {
    changes(
        FILE,
        "[packages]\nflask = \"==3.1.0\"\na = \"*\"\nd = \"*\"\nc = \"*\"\nb = \"*\"\n",
        "[packages]\nflask = \"==3.1.0\"\na = \"*\"\nd = \"*\"\nc = \"*\"\nb = \"*\"\nsentry-sdk = {extras = [\"flask\"], version = \">=2.35,<3\"}\n",
    );
}

#[test]
fn existing_entry() {
    changes(
        FILE,
        "[packages]\nsentry-sdk = \"*\"\n",
        "[packages]\nsentry-sdk = {extras = [\"flask\"], version = \">=2.35,<3\"}\n",
    );
    changes(
        FILE,
        "[packages]\nsentry-sdk = {git = \"https://git.example/x.git\", editable = true}\n",
        "[packages]\nsentry-sdk = {git = \"https://git.example/x.git\", editable = true, extras = [\"flask\"]}\n",
    );
    stays(FILE, "[packages]\nsentry-sdk = {extras = ['flask'], version = '>=2.40'}\n");
}
