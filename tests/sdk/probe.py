"""What an installed sentry-sdk knows, as JSON on stdout: options, integrations, extras, and which of the names given as arguments exist.

An argument is a dotted name, `sentry_sdk.Hub`, or a parameter of one, `sentry_sdk.integrations.logging.LoggingIntegration(level)`.
Integrations are read without importing them, because most of them refuse to be imported without their library.
"""

import ast
import importlib
import importlib.metadata
import inspect
import json
import pathlib
import re
import sys

import sentry_sdk
import sentry_sdk.client
import sentry_sdk.consts
import sentry_sdk.integrations as integrations

FOLDER = pathlib.Path(integrations.__file__).parent

# What the SDK's names for types stand for, in the words of rules/sdk.toml.
WORDS = {
    "function": "Callable|EventProcessor|BreadcrumbProcessor|TracesSampler|TransactionProcessor",
    "list": "List|Sequence|AbstractSet|IgnoreSpansConfig",
    "dict": "Dict|Experiments|DataCollectionUserOptions",
    "str": "str|Literal|ProfilerMode|ContinuousProfilerMode",
    "object": r"sentry_sdk\.[\w.]+",
    "float": "float",
    "bool": "bool",
    "int": "int",
}


def type_word(annotation):
    """The word for an annotation: that of its outermost type, `Optional` and `Union` aside."""
    if not isinstance(annotation, str):
        annotation = annotation.__name__
    inner = re.sub(r"^(Optional|Union)\[|^Optional\[Union\[", "", annotation)
    inner = re.sub(r"^Union\[", "", inner)
    return next((word for word, names in WORDS.items() if re.match(f"(?:{names})\\b", inner)), annotation)


def options():
    """Each option of init with its default as it is written, and its type where the release annotates it."""
    constructor = sentry_sdk.consts.ClientConstructor.__init__
    annotations = inspect.signature(constructor).parameters

    def described(name, default):
        annotation = annotations[name].annotation
        kind = None if annotation is inspect.Parameter.empty else type_word(annotation)
        return {"default": repr(default), "type": kind}

    return {name: described(name, default) for name, default in sentry_sdk.consts.DEFAULT_OPTIONS.items()}


def bound_names(tree):
    """The names that a module binds at its top, in whatever block."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.ClassDef):
            yield node.name


def identifier(node, module):
    """The `identifier` of a class; where it is no literal, that of the other integrations of its kind: the name of its module."""
    for item in node.body:
        if isinstance(item, ast.Assign) and getattr(item.targets[0], "id", None) == "identifier":
            return item.value.value if isinstance(item.value, ast.Constant) else module
    return module


def written_integrations():
    """The classes under `sentry_sdk.integrations` that are integrations, with the module that a user imports each from."""
    automatic = {path.rsplit(".", 1)[1] for path in integrations._AUTO_ENABLING_INTEGRATIONS}
    standard = {path.rsplit(".", 1)[1] for path in integrations._DEFAULT_INTEGRATIONS}
    least = getattr(integrations, "_MIN_VERSIONS", None)
    deactivates = getattr(integrations, "_INTEGRATION_DEACTIVATES", {})
    found = {}
    for path in sorted(FOLDER.rglob("*.py")):
        parts = path.relative_to(FOLDER).with_suffix("").parts
        top = FOLDER / parts[0] / "__init__.py"
        exported = set(bound_names(ast.parse(top.read_text()))) if top.exists() else None
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef):
                continue
            if not any(getattr(base, "id", "").endswith("Integration") for base in node.bases):
                continue
            is_deep = exported is not None and node.name not in exported
            path_of_module = parts if is_deep else parts[:1]
            key = identifier(node, parts[0])
            found[node.name] = {
                "module": ".".join(("sentry_sdk.integrations", *path_of_module)),
                "enabled": "always" if node.name in standard else "automatic" if node.name in automatic else "written",
                "least": None if least is None or key not in least else ".".join(map(str, least[key])),
                "identifier": key,
                "replaces": sorted(deactivates.get(key, ())),
            }
    return found


def exists(name):
    """Whether a dotted name can be reached, and takes the parameter in brackets."""
    dotted, _, parameter = name.rstrip(")").partition("(")
    if dotted == "sentry_sdk.init":
        return takes(parameter)
    if dotted.startswith("sentry_sdk.integrations."):
        return stands_in_source(*dotted.rsplit(".", 1), parameter)
    try:
        parent, last = dotted.rsplit(".", 1)
        return hasattr(importlib.import_module(parent), last)
    except ImportError:
        return False


def takes(option):
    """Whether init takes the option, by an old name perhaps, which stands in no signature."""
    try:
        sentry_sdk.client._get_options(**{option: None})
    except Exception as error:
        # Other complaints are about the value.
        return "Unknown option" not in str(error)
    return True


def stands_in_source(module, name, parameter):
    """Whether a module of the integrations defines the name, as a function or as a class with that parameter."""
    path = FOLDER.joinpath(*module.split(".")[2:])
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for node in ast.parse(path.read_text()).body if path.exists() else ():
        if getattr(node, "name", None) == name:
            made_by = [item for item in getattr(node, "body", ()) if getattr(item, "name", None) == "__init__"]
            taken = [each.arg for each in made_by[0].args.args + made_by[0].args.kwonlyargs] if made_by else []
            return not parameter or parameter in taken
    return False


json.dump(
    {
        "version": sentry_sdk.consts.VERSION,
        "options": options(),
        "integrations": written_integrations(),
        "has_least": hasattr(integrations, "_MIN_VERSIONS"),
        "extras": importlib.metadata.metadata("sentry-sdk").get_all("Provides-Extra") or [],
        "names": {name: exists(name) for name in sys.argv[1:]},
    },
    sys.stdout,
)
