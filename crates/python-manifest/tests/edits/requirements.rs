//! requirements.txt.

use crate::*;

const FILE: &str = "requirements.txt";

#[test]
fn unsorted_list_gets_the_line_at_its_end() {
    changes(FILE, "werkzeug\nflask>=3\n", "werkzeug\nflask>=3\nsentry-sdk[flask]>=2.35,<3\n");
}

#[test]
fn missing_final_newline_stays_missing() {
    changes(FILE, "flask", "flask\nsentry-sdk[flask]>=2.35,<3");
}

#[test]
fn crlf_and_byte_order_mark_stay() {
    changes(FILE, "\u{feff}flask\r\n", "\u{feff}flask\r\nsentry-sdk[flask]>=2.35,<3\r\n");
    changes(FILE, "\u{feff}tox\r\nuwsgi\r\n", "\u{feff}sentry-sdk[flask]>=2.35,<3\r\ntox\r\nuwsgi\r\n");
}

#[test]
fn empty_file() {
    changes(FILE, "", "sentry-sdk[flask]>=2.35,<3\n");
    changes(FILE, "\u{feff}", "\u{feff}sentry-sdk[flask]>=2.35,<3\n");
    changes(FILE, "# nothing yet", "# nothing yet\nsentry-sdk[flask]>=2.35,<3");
    changes(FILE, "-r base.txt\n\n# below\n", "-r base.txt\nsentry-sdk[flask]>=2.35,<3\n\n# below\n");
}

#[test]
fn sorted_list_stays_sorted() {
    changes(
        FILE,
        "alembic==1.14.0\nFlask==3.1.0\nsend2trash==1.8.3\nsetproctitle==1.3.4 ; sys_platform != \"win32\"\n",
        "alembic==1.14.0\nFlask==3.1.0\nsend2trash==1.8.3\nsentry-sdk[flask]==2.75.0\nsetproctitle==1.3.4 ; sys_platform != \"win32\"\n",
    );
}

#[test]
fn list_sorted_by_hand_with_one_slip_is_meant_to_be_sorted() {
    let list = |new: &str| {
        format!(
            "bleach\ncelery\ndjangorestframework\ndjango-csp\nflask\ngunicorn\nkombu\nopenai\npyjwt\nredis\n{new}toolz\nyarl\n"
        )
    };
    changes(FILE, &list(""), &list("sentry-sdk[flask]>=2.35,<3\n"));
}

#[test]
fn requirements_that_are_paragraphs_of_their_own() {
    changes(
        FILE,
        "# web\nflask\n\n# jobs\nrq\n\n# login\nsocial-auth\n",
        "# web\nflask\n\n# jobs\nrq\n\nsentry-sdk[flask]>=2.35,<3\n\n# login\nsocial-auth\n",
    );
}

#[test]
fn comment_stays_with_the_line_below_it() {
    changes(
        FILE,
        "flask\n# servers\n# and more\nuwsgi\n",
        "flask\nsentry-sdk[flask]>=2.35,<3\n# servers\n# and more\nuwsgi\n",
    );
    changes(FILE, "b\nflask\nc\n\n# the end", "b\nflask\nc\nsentry-sdk[flask]>=2.35,<3\n\n# the end");
}

#[test]
fn urls_options_and_indented_comments() {
    changes(
        FILE,
        "--extra-index-url https://pypi.example/simple\n-e ./libs/ledger\nflask>=3 ; python_version >= \"3.9\"  # web\n    # remark\nclock @ https://files.example/clock-1.0-py3-none-any.whl#sha256=ab\ngit+https://git.example/tools.git@v2#egg=tools\n\n# last",
        "--extra-index-url https://pypi.example/simple\n-e ./libs/ledger\nflask>=3 ; python_version >= \"3.9\"  # web\n    # remark\nclock @ https://files.example/clock-1.0-py3-none-any.whl#sha256=ab\ngit+https://git.example/tools.git@v2#egg=tools\nsentry-sdk[flask]>=2.35,<3\n\n# last",
    );
}

#[test]
fn continued_line_is_one_requirement() {
    changes(
        FILE,
        "werkzeug\nflask \\\n  >=3 \\\n  ,<4\n",
        "werkzeug\nflask \\\n  >=3 \\\n  ,<4\nsentry-sdk[flask]>=2.35,<3\n",
    );
}

#[test]
fn last_line_continued_into_nothing() {
    advises(FILE, "flask \\", "last line ends with");
    advises(FILE, "flask \\\n", "last line ends with");
}

#[test]
fn exact_pins_beget_an_exact_pin_and_spacing_is_followed() {
    changes(FILE, "flask==3.1.0\nredis\n", "flask==3.1.0\nredis\nsentry-sdk[flask]==2.75.0\n");
    changes(FILE, "flask >= 3.0\n", "flask >= 3.0\nsentry-sdk[flask] >= 2.35, < 3\n");
    changes(FILE, "-c pins.txt\nflask==3.1.0\n", "-c pins.txt\nflask==3.1.0\nsentry-sdk[flask]>=2.35,<3\n");
}

#[test]
fn present_and_right_stays() {
    stays(FILE, "flask\nsentry-sdk[flask]>=2.40\n");
    stays(FILE, "sentry_sdk [pure-eval, Flask] == 2.50.1 # pinned\n");
    stays(FILE, "sentry-sdk[flask] @ git+https://git.example/sdk.git\n");
    stays(FILE, "sentry-sdk[flask]~=2.35\n");
}

#[test]
fn end_is_added_only_with_another_change_or_on_demand() {
    changes(FILE, "sentry-sdk>=2.40\n", "sentry-sdk[flask]>=2.40,<3\n");
    let wanted = Wanted { needs_end: true, ..wanted() };
    changes_to(
        FILE,
        "sentry-sdk[flask] >= 2.40  # x\n",
        "sentry-sdk[flask] >= 2.40,< 3  # x\n",
        &wanted,
        Applicability::Safe,
    );
}

#[test]
fn bare_name_gets_extras_and_range() {
    changes(FILE, "flask\nsentry-sdk\n", "flask\nsentry-sdk[flask]>=2.35,<3\n");
}

#[test]
fn floor_is_raised_and_the_rest_of_the_line_stays() {
    changes(
        FILE,
        "Sentry_SDK[pure_eval] >=2.20 ,!=2.30 ; python_version > \"3.8\"  # keep\n",
        "Sentry_SDK[pure_eval,flask] >=2.35 ,!=2.30,<3 ; python_version > \"3.8\"  # keep\n",
    );
    changes(FILE, "sentry-sdk[flask]~=2.20\n", "sentry-sdk[flask]~=2.35\n");
    changes(FILE, "sentry-sdk[flask]==2.*\n", "sentry-sdk[flask]>=2.35,<3\n");
    changes(FILE, "sentry-sdk[flask]<3\n", "sentry-sdk[flask]>=2.35,<3\n");
    changes(FILE, "sentry-sdk[flask]>2.20,<2.60\n", "sentry-sdk[flask]>=2.35,<2.60\n");
}

#[test]
fn old_pin_moves_and_says_that_it_is_a_risk() {
    changes_with_risk(
        FILE,
        "flask==3.1.0\nSentry_SDK[pure-eval]==2.20.0 ; python_version >= \"3.8\"\nurllib3\n",
        "flask==3.1.0\nSentry_SDK[pure-eval,flask]==2.75.0 ; python_version >= \"3.8\"\nurllib3\n",
    );
    changes_with_risk(FILE, "sentry-sdk[flask]>=1.4,<2\n", "sentry-sdk[flask]>=2.35,<3\n");
    changes_with_risk(FILE, "sentry-sdk[flask]~=2.20.0\n", "sentry-sdk[flask]>=2.35,<3\n");
}

#[test]
fn what_a_person_has_to_decide() {
    advises(FILE, "sentry-sdk>=3.0\n", "admits nothing below 3");
    advises(FILE, "sentry-sdk===weird\n", "not understood");
    advises(FILE, "sentry-sdk>=1 ; python_version<'3.9'\nsentry-sdk>=2 ; python_version>='3.9'\n", "2 times");
}

#[test]
fn hashes_are_left_alone() {
    advises(FILE, "flask==3.1.0 \\\n    --hash=sha256:5f \\\n    --hash=sha256:d6\n", "hash");
    stays(FILE, "sentry-sdk[flask]==2.50 \\\n    --hash=sha256:5f\n");
}

#[test]
fn compiled_file_names_its_source_and_command() {
    let text = "#\n# This file is autogenerated by pip-compile with Python 3.12\n# by the following command:\n#\n#    pip-compile --output-file=requirements.txt base.in\n#\nflask==3.1.0\n    # via -r base.in\n";
    advises(
        FILE,
        text,
        "add `sentry-sdk[flask]>=2.35,<3` to `base.in`, then run `pip-compile --output-file=requirements.txt base.in`",
    );
}

#[test]
fn compiled_comments_without_a_header() {
    advises(FILE, "flask==3.1.0\n    # via -r base.in\n", "`base.in`");
}

#[test]
fn unreadable_files_say_where_and_why() {
    fails(FILE, "flask\n<<<<<<< HEAD\nredis\n=======\n>>>>>>> topic\n", (2, 1), "conflict");
    fails(FILE, "flask\n\u{0}", (2, 1), "NUL");
    fails(FILE, "flask\rredis\n", (1, 6), "carriage return");
    let utf16: Vec<u8> = "\u{feff}flask\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = Manifest::read(Path::new(FILE), utf16).map(|_| ()).unwrap_err();
    assert_eq!(error.message, "the file is UTF-16");
    let latin = Manifest::read(Path::new(FILE), b"flask\n# caf\xe9\n".to_vec()).map(|_| ()).unwrap_err();
    assert_eq!((latin.line, latin.column), (2, 6));
}

#[test]
fn groups_by_file_name_and_references() {
    let manifest = read("requirements/dev.txt", "-r base.txt\n-c ../pins.txt\n-e .\npytest\n").unwrap();
    let paths: Vec<String> = manifest.references().iter().map(|one| one.path.display().to_string()).collect();
    assert_eq!(paths, ["requirements/base.txt", "pins.txt", "requirements"]);
    assert_eq!(manifest.declared()[0].group, python_manifest::Group::Dev("dev".to_owned()));
}
