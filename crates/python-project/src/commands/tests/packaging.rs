//! Scripts and tasks of packaging files, Makefiles, package.json and `.env` files.

use super::declares;

#[test]
fn pyproject_scripts_of_each_dialect() {
    declares(
        "pyproject.toml",
        "[project.scripts]\nshop = \"shop.cli:main\"\nbad = \"shop\"\n[project.gui-scripts]\nwin = \"shop.gui:App.run\"\n\
         [tool.poetry.scripts]\na = \"x:y\"\nb = {reference = \"x:z\", type = \"console\"}\nc = {callable = \"x:w[extra]\"}\n",
        &[
            "2:shop entry shop.cli:main (script)",
            "5:win entry shop.gui:App.run (script)",
            "7:a entry x:y (script)",
            "8:b entry x:z (script)",
            "9:c entry x:w (script)",
        ],
    );
    declares("pyproject.toml", "[project\n", &["error: line 1: this is no valid TOML: unclosed table, expected `]`"]);
}

#[test]
fn tasks_of_task_runners() {
    declares(
        "pyproject.toml",
        "[tool.poe.tasks]\nweb = \"uvicorn shop:app\"\ndev = {cmd = \"flask run\", env = {FLASK_APP = \"shop\"}, cwd = \"src\"}\n\
         call = {script = \"shop.cli:main(1)\"}\nall = [\"web\", \"dev\"]\n[tool.pdm.scripts]\nwork = {cmd = [\"rq\", \"worker\"]}\n",
        &[
            r#"7:work ["rq", "worker"] (script)"#,
            r#"2:web ["uvicorn", "shop:app"] (script)"#,
            r#"3:dev ["flask", "run"] FLASK_APP=shop in src (development)"#,
            "4:call entry shop.cli:main (script)",
        ],
    );
    declares("Pipfile", "[scripts]\nweb = \"python -m shop\"\n", &[r#"2:web ["python", "-m", "shop"] (script)"#]);
}

#[test]
fn console_scripts_of_setuptools() {
    declares(
        "setup.cfg",
        "[metadata]\nname = shop\n[options.entry_points]\nconsole_scripts =\n    shop = shop.cli:main\n    work = shop.work:run [extra]\n",
        &["5:shop entry shop.cli:main (script)", "6:work entry shop.work:run (script)"],
    );
    declares(
        "setup.py",
        "setup(\n    entry_points={'console_scripts': [\n        'shop = shop.cli:main',\n        \"b=c:d\",\n    ], 'x': ['e = f:g']},\n)\n",
        &["3:shop entry shop.cli:main (script)", "4:b entry c:d (script)"],
    );
}

#[test]
fn makefile_targets_that_start_something() {
    declares(
        "Makefile",
        "PY ?= venv/bin/python\nAPP := shop\n\nrun-web: install\n\t@cd src && $(PY) -m ${APP} \\\n\t  --debug\n\ntest:\n\tpytest\n",
        &[r#"5:run-web ["python", "-m", "shop", "--debug"] in src (development)"#],
    );
}

#[test]
fn scripts_of_a_package_json() {
    declares(
        "package.json",
        "{\n  \"scripts\": {\n    \"api\": \"cd api && cross-env FLASK_APP=shop flask run\"\n  }\n}\n",
        &[r#"3:api ["flask", "run"] FLASK_APP=shop in api (development)"#],
    );
    declares(
        "package.json",
        "{\n",
        &["error: line 2: this is no valid JSON: EOF while parsing an object at line 2 column 0"],
    );
}

#[test]
fn env_files_keep_module_names_and_no_secret() {
    declares(
        ".flaskenv",
        "# flask\nSECRET_KEY=abc\nexport FLASK_APP=\"shop:create_app\"\nFLASK_DEBUG=1\n",
        &["3:.flaskenv environment FLASK_APP=shop:create_app (script)"],
    );
    declares(".env", "DSN=x\n", &[]);
}
