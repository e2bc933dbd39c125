//! pixi.toml, and Pixi inside pyproject.toml.

use crate::*;

#[test]
fn list_that_names_the_framework() {
    changes(
        "pixi.toml",
        "[workspace]\nname = \"x\"\n\n[dependencies]\npython = \"3.12.*\"\nflask = \">=3,<4\"\n\n[pypi-dependencies]\nx = { path = \".\", editable = true }\n",
        "[workspace]\nname = \"x\"\n\n[dependencies]\npython = \"3.12.*\"\nflask = \">=3,<4\"\nsentry-sdk = \">=2.35,<3\"\n\n[pypi-dependencies]\nx = { path = \".\", editable = true }\n",
    );
    changes(
        "pixi.toml",
        "[pypi-dependencies]\nflask = { version = \">=3\" }\n[feature.dev.dependencies]\nsentry-sdk = \"*\"\n",
        "[pypi-dependencies]\nflask = { version = \">=3\" }\nsentry-sdk = { extras = [\"flask\"], version = \">=2.35,<3\" }\n[feature.dev.dependencies]\nsentry-sdk = \"*\"\n",
    );
}

#[test]
fn project_array_beside_pixi_tables() {
    changes(
        "pyproject.toml",
        "[project]\nname = \"lamp\"\ndependencies = [\n    \"flask\"\n]\n\n[tool.pixi.pypi-dependencies]\nlamp = { path = \".\", editable = true }\n\n[tool.pixi.dependencies]\npython = \"3.12.*\"\n",
        "[project]\nname = \"lamp\"\ndependencies = [\n    \"flask\",\n    \"sentry-sdk[flask]>=2.35,<3\"\n]\n\n[tool.pixi.pypi-dependencies]\nlamp = { path = \".\", editable = true }\n\n[tool.pixi.dependencies]\npython = \"3.12.*\"\n",
    );
}

#[test]
fn project_without_dependencies_whose_framework_pixi_lists() {
    changes(
        "pyproject.toml",
        "[project]\nname = \"lamp\"\n\n[tool.pixi.pypi-dependencies]\nflask = \"*\"\n",
        "[project]\nname = \"lamp\"\n\n[tool.pixi.pypi-dependencies]\nflask = \"*\"\nsentry-sdk = {extras = [\"flask\"], version = \">=2.35,<3\"}\n",
    );
}
