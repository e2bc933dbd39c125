//! pyproject.toml with `[project]`.

use crate::*;

const FILE: &str = "pyproject.toml";

#[track_caller]
fn array(before: &str, after: &str) {
    let file =
        |dependencies: &str| format!("[project]\nname = \"x\"\ndependencies = {dependencies}\n\n[tool.a]\nb = 1\n");
    changes(FILE, &file(before), &file(after));
    let crlf = |text: &str| file(text).replace('\n', "\r\n");
    changes(FILE, &crlf(before), &crlf(after));
    let bom = |text: &str| format!("\u{feff}{}", file(text));
    changes(FILE, &bom(before), &bom(after));
}

#[test]
fn inline_arrays() {
    array(r#"["flask"]"#, r#"["flask", "sentry-sdk[flask]>=2.35,<3"]"#);
    array(r#"["z","flask"]"#, r#"["z","flask","sentry-sdk[flask]>=2.35,<3"]"#);
    array(r#"["flask", "redis", ]"#, r#"["flask", "redis", "sentry-sdk[flask]>=2.35,<3", ]"#);
    array(r#"["flask", "uwsgi"]"#, r#"["flask", "sentry-sdk[flask]>=2.35,<3", "uwsgi"]"#);
    array("['flask==3.1.0']", "['flask==3.1.0', 'sentry-sdk[flask]==2.75.0']");
    array("[]", r#"["sentry-sdk[flask]>=2.35,<3"]"#);
}

#[test]
fn pins_with_an_exception() {
    array(
        r#"["flask==3.1.0", "redis==6.2.0", "urllib3<3", "yarl==1.20.0"]"#,
        r#"["flask==3.1.0", "redis==6.2.0", "sentry-sdk[flask]==2.75.0", "urllib3<3", "yarl==1.20.0"]"#,
    );
    array(
        r#"["flask==3.1.0", "redis>=6", "urllib3<3", "yarl==1.20.0"]"#,
        r#"["flask==3.1.0", "redis>=6", "sentry-sdk[flask]>=2.35,<3", "urllib3<3", "yarl==1.20.0"]"#,
    );
}

#[test]
fn long_list_with_one_name_out_of_order() {
    let names =
        "aiofiles alembic attrs bcrypt boto3 click flask h11 httpx lxml numpy pandas sh a-utils utils uvicorn yarl";
    let file = |names: &str| {
        let items: String = names.split(' ').map(|name| format!("  \"{name}\",\n")).collect();
        format!("[\n{items}]")
    };
    array(&file(names), &file(&names.replace("sh ", "sentry-sdk[flask]>=2.35,<3 sh ")));
}

#[test]
fn one_element_a_line() {
    array("[\n  \"flask\",\n]", "[\n  \"flask\",\n  \"sentry-sdk[flask]>=2.35,<3\",\n]");
    array("[\n    \"flask\"\n]", "[\n    \"flask\",\n    \"sentry-sdk[flask]>=2.35,<3\"\n]");
    array("[\n\t'flask' # a, b\n]", "[\n\t'flask', # a, b\n\t'sentry-sdk[flask]>=2.35,<3'\n]");
    array("[\n  \"flask\",\n  \"z\",\n]", "[\n  \"flask\",\n  \"sentry-sdk[flask]>=2.35,<3\",\n  \"z\",\n]");
    array(
        "[\n  \"flask\",\n  # servers\n  \"uwsgi\"]",
        "[\n  \"flask\",\n  \"sentry-sdk[flask]>=2.35,<3\",\n  # servers\n  \"uwsgi\"]",
    );
    array("[\n  \"z\",\n  \"flask\"]", "[\n  \"z\",\n  \"flask\",\n  \"sentry-sdk[flask]>=2.35,<3\"]");
    array("[\n]", "[\n    \"sentry-sdk[flask]>=2.35,<3\",\n]");
    array("[\n  # none\n]", "[\n  # none\n  \"sentry-sdk[flask]>=2.35,<3\",\n]");
}

#[test]
fn odd_layouts() {
    array("[\n    \"z\"\n  , \"flask\",\n]", "[\n    \"z\"\n  , \"flask\",\n  \"sentry-sdk[flask]>=2.35,<3\",\n]");
    array("[\n    \"z\"\n  , \"flask\"\n]", "[\n    \"z\"\n  , \"flask\"\n  , \"sentry-sdk[flask]>=2.35,<3\"\n]");
    array("[ \"z\",\n  \"flask\", \"b\",\n]", "[ \"z\",\n  \"flask\", \"b\", \"sentry-sdk[flask]>=2.35,<3\",\n]");
    array(
        "[\n  \"z\", # z\n  \"flask\" # [f], x\n  , # odd\n]",
        "[\n  \"z\", # z\n  \"flask\" # [f], x\n  , # odd\n  \"sentry-sdk[flask]>=2.35,<3\",\n]",
    );
}

#[test]
fn existing_requirement_is_changed_in_place() {
    array(r#"["sentry_sdk>=2.20", "flask"]"#, r#"["sentry_sdk[flask]>=2.35,<3", "flask"]"#);
    array(
        r#"["sentry-sdk[ flask, loguru ] (>=2.10) ; os_name == \"nt\"", "flask"]"#,
        r#"["sentry-sdk[ flask, loguru ] (>=2.35,<3) ; os_name == \"nt\"", "flask"]"#,
    );
}

#[test]
fn project_without_dependencies_gets_the_key_above_its_sub_tables() {
    changes(
        FILE,
        "[project]\nname = \"lamp\"\nversion = \"0.1.0\" # v\n\n[project.scripts]\nlamp = \"lamp:app\"\n",
        "[project]\nname = \"lamp\"\nversion = \"0.1.0\" # v\ndependencies = [\n    \"sentry-sdk[flask]>=2.35,<3\",\n]\n\n[project.scripts]\nlamp = \"lamp:app\"\n",
    );
    changes(
        FILE,
        "[project]\nname='x'\nurls.home='y'",
        "[project]\nname='x'\nurls.home='y'\ndependencies = [\n    \"sentry-sdk[flask]>=2.35,<3\",\n]",
    );
}

#[test]
fn other_groups_do_not_count() {
    changes(
        FILE,
        "[project]\nname = \"x\"\ndependencies = [\n    \"flask>=3\",\n]\n\n[dependency-groups]\ndev = [\"pytest\", {include-group = \"lint\"}, \"sentry-sdk>=2.40\"]\n",
        "[project]\nname = \"x\"\ndependencies = [\n    \"flask>=3\",\n    \"sentry-sdk[flask]>=2.35,<3\",\n]\n\n[dependency-groups]\ndev = [\"pytest\", {include-group = \"lint\"}, \"sentry-sdk>=2.40\"]\n",
    );
}

#[test]
fn dynamic_dependencies_name_their_file() {
    let text = "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n[tool.setuptools.dynamic]\ndependencies = { file = [\"deps/run.txt\"] }\n";
    advises(FILE, text, "deps/run.txt");
    advises(FILE, "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n", "build backend");
}

#[test]
fn tools_only_and_broken_files() {
    assert!(read(FILE, "[tool.black]\nline-length = 88\n").unwrap().is_tools_only());
    assert!(read(FILE, "[tool.uv.workspace]\nmembers = [\"parts/*\"]\n").unwrap().is_tools_only());
    advises(FILE, "[tool.black]\nline-length = 88\n", "no list of runtime dependencies");
    fails(FILE, "[project]\nname = \"x\n", (2, 10), "invalid TOML");
    fails(FILE, "[project]\nname = 1\n[project]\n", (3, 2), "duplicate");
}

#[test]
fn dotted_project_is_left_to_a_person() {
    advises(FILE, "project.name = \"x\"\n", "table of its own");
    advises(FILE, "[project.scripts]\nx = \"x:y\"\n", "table of its own");
    changes(
        FILE,
        "project.dependencies = ['flask']\n",
        "project.dependencies = ['flask', 'sentry-sdk[flask]>=2.35,<3']\n",
    );
}
