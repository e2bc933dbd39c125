//! setup.cfg.

use crate::*;

const FILE: &str = "setup.cfg";

#[track_caller]
fn options(before: &str, after: &str) {
    let file = |lines: &str| {
        format!(
            "[metadata]\nname=lamp\n\n[options]\n{lines}\n\n[options.extras_require]\ndev=\n    sentry-sdk\n\n[flake8]\nmax-line-length=100\n"
        )
    };
    changes(FILE, &file(before), &file(after));
    changes(FILE, &file(before).replace('\n', "\r\n"), &file(after).replace('\n', "\r\n"));
}

#[test]
fn comment_and_marker_among_the_items() {
    options(
        "install_requires=\n    # web\n    flask>=3\n    tzdata ; sys_platform == \"win32\"\npython_requires=>=3.9",
        "install_requires=\n    # web\n    flask>=3\n    sentry-sdk[flask]>=2.35,<3\n    tzdata ; sys_platform == \"win32\"\npython_requires=>=3.9",
    );
    options(
        "install_requires =\n\twerkzeug\n\n\t# web\n\tflask",
        "install_requires =\n\twerkzeug\n\n\t# web\n\tflask\n\tsentry-sdk[flask]>=2.35,<3",
    );
}

#[test]
fn values_on_the_line_of_the_key() {
    options("install_requires = flask", "install_requires = flask\n    sentry-sdk[flask]>=2.35,<3");
    options("install_requires = flask; werkzeug", "install_requires = flask; sentry-sdk[flask]>=2.35,<3; werkzeug");
    options("install_requires = uwsgi; flask", "install_requires = uwsgi; flask; sentry-sdk[flask]>=2.35,<3");
    options("install_requires =", "install_requires =\n    sentry-sdk[flask]>=2.35,<3");
}

#[test]
fn missing_key_goes_below_the_last_option() {
    options("packages = find:\n# end", "packages = find:\ninstall_requires =\n    sentry-sdk[flask]>=2.35,<3\n# end");
    options("zip_safe=no", "zip_safe=no\ninstall_requires=\n    sentry-sdk[flask]>=2.35,<3");
}

#[test]
fn existing_requirement_and_dashed_key() {
    options(
        "install-requires =\n  sentry_sdk>=2.0  ; os_name == 'nt'",
        "install-requires =\n  sentry_sdk[flask]>=2.35,<3  ; os_name == 'nt'",
    );
}

#[test]
fn what_is_read_from_a_file_or_only_configures_tools() {
    advises(FILE, "[options]\ninstall_requires = file: requirements.txt\n", "requirements.txt");
    assert!(read(FILE, "[flake8]\nmax-line-length = 88\n").unwrap().is_tools_only());
}
