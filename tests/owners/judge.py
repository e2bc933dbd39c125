"""What the tool that owns a dialect reads in a manifest: `judge.py OWNER MANIFEST VERSION...`.

Prints the runtime requirements as JSON, one object each: its name, extras and text as the owner has them, and those of
the VERSIONs that the owner's own specifier class admits. Fails, with the owner's words, when the owner rejects the file.
It never parses a manifest by itself. Each owner is one function below, named as on the command line.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging import requirements, specifiers, utils

DISTRIBUTION = "sentry-sdk"


@dataclass
class Requirement:
    name: str
    extras: Iterable[str]
    text: str
    admits: Callable[[str], bool]


def pep508(text: str) -> Requirement:
    return packaged(requirements.Requirement(text))


def packaged(requirement) -> Requirement:
    """A requirement of `packaging`, also of the copies of it that pip and others carry."""
    return Requirement(requirement.name, requirement.extras, str(requirement), requirement.specifier.contains)


def run(*command: str, cwd: Path, **environment: str) -> str:
    """What a command writes to stdout; its stderr is ours."""
    done = subprocess.run(command, cwd=cwd, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def tool(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).with_name(name))


def resolved(asked: Iterable[Requirement], versions: dict[str, str]) -> Iterator[Requirement]:
    """What was asked for, when the owner found a version of the SDK in the index that fits it."""
    for requirement in asked:
        version = versions.get(DISTRIBUTION)
        if requirement.name == DISTRIBUTION and (version is None or not requirement.admits(version)):
            sys.exit(f"`{requirement.text}` was resolved to {version}")
        yield requirement


def pins(compiled: str) -> dict[str, str]:
    """The `name==version` lines of a compiled file."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[^]]*])?==([^\s;]+)", compiled, flags=re.MULTILINE))


def pip(manifest: Path) -> Iterator[Requirement]:
    """pip's parser of requirements files, which follows `-r`."""
    from pip._internal.network.session import PipSession
    from pip._internal.req.constructors import install_req_from_parsed_requirement
    from pip._internal.req.req_file import parse_requirements

    for parsed in parse_requirements(str(manifest), session=PipSession()):
        if parsed.is_editable:  # pip would look for the folder, which these projects lack
            yield Requirement(parsed.requirement, [], parsed.requirement, lambda version: False)
            continue
        requirement = install_req_from_parsed_requirement(parsed)
        if parsed.constraint:
            continue
        if requirement.req is None:
            yield Requirement(requirement.link.url, [], requirement.link.url, lambda version: False)
        else:
            yield packaged(requirement.req)


def pip_install(manifest: Path) -> Iterator[Requirement]:
    """pip's resolver, which would install what it found in the index."""
    command = ["-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", "-r", str(manifest)]
    report = json.loads(run(sys.executable, *command, cwd=manifest.parent))
    found = [item["metadata"] for item in report["install"]]
    return resolved(pip(manifest), {utils.canonicalize_name(item["name"]): item["version"] for item in found})


def dockerfile(manifest: Path) -> Iterator[Requirement]:
    """The shell that runs the RUN lines, and pip's parser of its command line."""
    from pip._internal.commands import create_command

    files = sorted(manifest.parent.iterdir())
    text = manifest.read_text().replace("\\\n", " ")
    for line in re.findall(r"^RUN (.*\bpip install\b.*)", text, flags=re.MULTILINE):
        printed = run("sh", "-euc", f'pip() {{ printf "%s\\0" "$@"; }}\n{line}', cwd=manifest.parent)
        arguments = printed.removesuffix("\0").split("\0")
        _options, names = create_command("install").parse_args(arguments[1:])
        yield from map(pep508, names)
    if sorted(manifest.parent.iterdir()) != files:
        sys.exit("a `>` outside quotes made a file")


def wheel(manifest: Path) -> Iterator[Requirement]:
    """The project's own build backend: `Requires-Dist` of the wheel that it would build."""
    from build.util import project_wheel_metadata

    for line in project_wheel_metadata(manifest.parent, isolated=False).get_all("Requires-Dist", []):
        requirement = requirements.Requirement(line)
        if "extra ==" not in str(requirement.marker):
            yield packaged(requirement)


def validate_pyproject(manifest: Path) -> Iterator[Requirement]:
    """PEP 621 and the published schemas of the `[tool]` tables; PEP 735 as `packaging` resolves the groups."""
    from packaging.dependency_groups import resolve_dependency_groups

    document = tomllib.loads(manifest.read_text())
    validate(document)
    groups = document.get("dependency-groups", {})
    for group in groups:
        resolve_dependency_groups(groups, group)
    return map(pep508, document.get("project", {}).get("dependencies", []))


def validate(document: dict) -> None:
    """Raises unless the document fits the published schemas of the tables that it has; to compile the others takes seconds."""
    from validate_pyproject.api import Validator
    from validate_pyproject.plugins import list_from_entry_points

    os.environ["VALIDATE_PYPROJECT_NO_NETWORK"] = "1"
    plugins = [plugin for plugin in list_from_entry_points() if plugin.tool in ["", *document.get("tool", {})]]
    Validator(plugins=plugins)(document)


def poetry(manifest: Path) -> Iterator[Requirement]:
    """`poetry check`, and the main group as Poetry builds it."""
    from poetry.core.constraints.version import Version
    from poetry.core.factory import Factory

    # The user is told to run `poetry lock`; until then Poetry says nothing else about the project.
    manifest.with_name("poetry.lock").unlink(missing_ok=True)
    run(tool("poetry"), "check", cwd=manifest.parent)
    for one in Factory().create_poetry(manifest.parent).package.requires:
        admits = lambda version, one=one: one.constraint.allows(Version.parse(version))
        yield Requirement(one.pretty_name, one.extras, one.to_pep_508(), admits)


def pdm(manifest: Path) -> Iterator[Requirement]:
    """PDM's project, its default group."""
    from pdm.core import Core

    for one in Core().create_project(manifest.parent).get_dependencies():
        yield Requirement(one.project_name, one.extras or [], one.as_line(), one.specifier.contains)


def uv_lock(manifest: Path) -> Iterator[Requirement]:
    """`uv lock`: what uv notes of the project's runtime, and what `uv export` would install without groups."""
    name = tomllib.loads(manifest.read_text())["project"]["name"]
    run(tool("uv"), "lock", "--quiet", "--python", sys.executable, cwd=manifest.parent)
    locks = (folder / "uv.lock" for folder in manifest.parents)
    lock = tomllib.loads(next(path for path in locks if path.exists()).read_text())
    project = next(one for one in lock["package"] if one["name"] == name)
    export = ["export", "--frozen", "--no-dev", "--no-hashes", "--quiet", "--package", name]
    exported = run(tool("uv"), *export, cwd=manifest.parent)
    asked = []
    for one in project["metadata"].get("requires-dist", []):
        specifier = specifiers.SpecifierSet(one.get("specifier", ""))
        asked.append(Requirement(one["name"], one.get("extras", []), json.dumps(one), specifier.contains))
    return resolved(asked, pins(exported))


def uv_compile(manifest: Path) -> Iterator[Requirement]:
    """`uv pip compile` of a `.in` file; what it writes is what gets installed."""
    compiled = run(tool("uv"), "pip", "compile", "--quiet", "--no-header", manifest.name, cwd=manifest.parent)
    return resolved(pip(manifest), pins(compiled))


def pipenv(manifest: Path) -> Iterator[Requirement]:
    """The lines that Pipenv hands to pip for `[packages]`."""
    from pipenv.project import Project
    from pipenv.utils.dependencies import convert_deps_to_pip

    os.environ["PIPENV_PIPFILE"] = str(manifest)
    return map(pep508, convert_deps_to_pip(Project().pipfile.packages).values())


def conda(manifest: Path) -> Iterator[Requirement]:
    """The YAML reader that conda uses, match specs as rattler reads them (conda's own are in no index), pip's lines."""
    import yaml
    from rattler import MatchSpec

    for item in yaml.safe_load(manifest.read_text())["dependencies"]:
        if isinstance(item, dict):
            yield from map(pep508, item["pip"])
        else:
            spec = MatchSpec(item)
            yield match_spec(re.split(r"[\s<>=!~]", item)[0], str(spec.version or "*"))


def pixi(manifest: Path) -> Iterator[Requirement]:
    """Pixi's published schema; the versions of `[dependencies]` as rattler, Pixi's own library, reads them."""
    document = tomllib.loads(manifest.read_text())
    if manifest.name == "pyproject.toml":
        yield from validate_pyproject(manifest)
        document = document["tool"]["pixi"]
    validate({"tool": {"pixi": document}})
    for name, version in document.get("dependencies", {}).items():
        yield match_spec(name, version)
    for name, value in document.get("pypi-dependencies", {}).items():
        table = value if isinstance(value, dict) else {"version": value}
        specifier = specifiers.SpecifierSet(table.get("version", ""))
        yield Requirement(name, table.get("extras", []), json.dumps(value), specifier.contains)


def match_spec(name: str, version: str) -> Requirement:
    """A version as conda packages have them."""
    from rattler import Version, VersionSpec

    spec = VersionSpec(version)
    return Requirement(name, [], f"{name} {version}", lambda version: spec.matches(Version(version)))


OWNERS = [pip, pip_install, dockerfile, wheel, validate_pyproject, poetry, pdm, uv_lock, uv_compile, pipenv, conda, pixi]


def main(owner: str, manifest: str, *versions: str) -> None:
    judge = {one.__name__: one for one in OWNERS}[owner]
    found = [
        {
            "name": utils.canonicalize_name(one.name),
            "extras": sorted(one.extras),
            "text": one.text,
            "admits": [version for version in versions if one.admits(version)],
        }
        for one in judge(Path(manifest))
    ]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
