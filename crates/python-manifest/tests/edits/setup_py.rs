//! setup.py.

use crate::*;

const FILE: &str = "setup.py";

#[test]
fn list_in_the_call() {
    changes(
        FILE,
        "from setuptools import find_packages, setup\n\nsetup(\n    name=\"svc\",\n    packages=find_packages(),\n    install_requires=[\n        \"flask>=3\",\n    ],\n)\n",
        "from setuptools import find_packages, setup\n\nsetup(\n    name=\"svc\",\n    packages=find_packages(),\n    install_requires=[\n        \"flask>=3\",\n        \"sentry-sdk[flask]>=2.35,<3\",\n    ],\n)\n",
    );
    changes(
        FILE,
        "import setuptools\nsetuptools.setup(name='x', install_requires=['flask'])",
        "import setuptools\nsetuptools.setup(name='x', install_requires=['flask', 'sentry-sdk[flask]>=2.35,<3'])",
    );
}

#[test]
fn variable_whose_items_have_brackets_and_comments() {
    changes(
        FILE,
        "from setuptools import setup\n\nREQUIRES = [\n    \"flask[async] >= 3.0\",  # web [sic]\n    \"requests[socks]>=2.31\",\n]\n\nsetup(install_requires=REQUIRES, extras_require={\"dev\": [\"sentry-sdk\"]})\n",
        "from setuptools import setup\n\nREQUIRES = [\n    \"flask[async] >= 3.0\",  # web [sic]\n    \"requests[socks]>=2.31\",\n    \"sentry-sdk[flask]>=2.35,<3\",\n]\n\nsetup(install_requires=REQUIRES, extras_require={\"dev\": [\"sentry-sdk\"]})\n",
    );
}

#[test]
fn existing_string_is_changed_in_its_quotes() {
    changes(
        FILE,
        "setup(install_requires=['z', \"sentry-sdk>=2\"])\n",
        "setup(install_requires=['z', \"sentry-sdk[flask]>=2.35,<3\"])\n",
    );
}

#[test]
fn what_is_computed_is_left_to_a_person() {
    for value in [
        "read('requirements.txt')",
        "[line for line in open('requirements.txt')]",
        "'''\nflask\n'''",
        "UNKNOWN",
        "list()",
    ] {
        advises(FILE, &format!("setup(install_requires={value})\n"), "not a list of plain strings");
    }
    advises(FILE, "A = ['flask']\nA = ['redis']\nsetup(install_requires=A)\n", "not a list of plain strings");
    advises(FILE, "print('hello')\n", "no call of `setup()`");
    advises(FILE, "setup(name='x')\n", "no list of runtime dependencies");
}
