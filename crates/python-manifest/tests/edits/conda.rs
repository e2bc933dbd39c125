//! environment.yml.

use crate::*;

const FILE: &str = "environment.yml";

#[test]
fn framework_in_the_list_for_pip() {
    changes(
        FILE,
        "# lamp\nname: lamp\ndependencies:\n  - python=3.12\n  - numpy>2,<3   # arrays\n  # - pandas\n  - pip\n  - pip:\n      - flask==3.1.0   # web\n      - gunicorn\nvariables:\n  LAMP: \"1\"\n",
        "# lamp\nname: lamp\ndependencies:\n  - python=3.12\n  - numpy>2,<3   # arrays\n  # - pandas\n  - pip\n  - pip:\n      - flask==3.1.0   # web\n      - gunicorn\n      - sentry-sdk[flask]==2.75.0\nvariables:\n  LAMP: \"1\"\n",
    );
}

#[test]
fn framework_among_the_conda_packages_which_take_no_extras() {
    changes(
        FILE,
        "name: tide\ndependencies:\n  - python=3.12\n  - flask\n  - hypercorn\n  - pip\n  - pip:\n      - tide-models==1.0\n",
        "name: tide\ndependencies:\n  - python=3.12\n  - flask\n  - hypercorn\n  - sentry-sdk>=2.35,<3\n  - pip\n  - pip:\n      - tide-models==1.0\n",
    );
}

#[test]
fn zero_indent_crlf_byte_order_mark_and_no_final_newline() {
    changes(
        "conda-env.yaml",
        "\u{feff}dependencies:\r\n- zlib\r\n- conda-forge::flask >=3 # é",
        "\u{feff}dependencies:\r\n- zlib\r\n- conda-forge::flask >=3 # é\r\n- sentry-sdk >=2.35,<3",
    );
}

#[test]
fn quotes_pins_and_flow_lists() {
    changes(FILE, "dependencies:\n  - 'flask=3.1'\n", "dependencies:\n  - 'flask=3.1'\n  - 'sentry-sdk=2.75.0'\n");
    changes(FILE, "dependencies:\n- \"flask\" # é\n", "dependencies:\n- \"flask\" # é\n- \"sentry-sdk>=2.35,<3\"\n");
    changes(
        FILE,
        "dependencies: [ zlib, flask ] # é]\nname: x\n",
        "dependencies: [ zlib, flask, \"sentry-sdk>=2.35,<3\" ] # é]\nname: x\n",
    );
    changes(FILE, "dependencies: [python, flask]\n", "dependencies: [python, flask, \"sentry-sdk>=2.35,<3\"]\n");
}

#[test]
fn exported_list_names_builds_and_a_new_line_names_none() {
    changes(
        FILE,
        "dependencies:\n  - _libgcc_mutex=0.1=conda_forge\n  - flask=3.1.0=pyhff2d567_0\n  - zlib=1.3.1=hb9d3cd8_2\n",
        "dependencies:\n  - _libgcc_mutex=0.1=conda_forge\n  - flask=3.1.0=pyhff2d567_0\n  - sentry-sdk=2.75.0\n  - zlib=1.3.1=hb9d3cd8_2\n",
    );
}

#[test]
fn existing_entries() {
    changes(FILE, "dependencies:\n- flask\n- sentry-sdk>=2.20\n", "dependencies:\n- flask\n- sentry-sdk>=2.35,<3\n");
    changes_with_risk(
        FILE,
        "dependencies:\n- flask\n- sentry-sdk=2.20\n",
        "dependencies:\n- flask\n- sentry-sdk>=2.35,<3\n",
    );
    changes_with_risk(
        FILE,
        "dependencies:\n- flask=3.1.0=pyhff2d567_0\n- sentry-sdk=2.20.0=pyhd8ed1ab_0\n",
        "dependencies:\n- flask=3.1.0=pyhff2d567_0\n- sentry-sdk=2.75.0\n",
    );
    stays(FILE, "dependencies:\n- flask\n- sentry-sdk=2.40.0=pyhd8ed1ab_0\n");
    stays(FILE, "dependencies:\n- flask\n- sentry-sdk>=2.40\n");
    stays(FILE, "dependencies:\n- flask\n- pip:\n  - sentry-sdk[flask]>=2.40\n");
}

#[test]
fn broken_or_something_else() {
    fails(FILE, "dependencies:\n\t- flask\n", (2, 2), "invalid YAML");
    let other = Manifest::read(Path::new(FILE), b"stages: [a]\n".to_vec()).unwrap();
    assert!(other.is_none());
}
