"""Loaded by every Python that `sentry-codemod verify` starts, because this folder comes first in PYTHONPATH.

Whatever goes wrong here is written down and swallowed: the probe may fail, the user's program may not.
The `sitecustomize` that it stands in front of (of a distribution, coverage, a tracing agent) is run afterwards.
"""
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _run_the_next():
    """Runs the next sitecustomize of sys.path as if this folder were not there; says which file that was."""
    import importlib.machinery
    import importlib.util

    others = [entry for entry in sys.path if os.path.abspath(entry or ".") != _HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    # The import statement that runs at this moment returns what stands in sys.modules at its end.
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)
    return spec.origin


if os.environ.get("SENTRY_CODEMOD_VERIFY_RUN"):
    try:
        import sentry_codemod_probe

        sentry_codemod_probe.start()
    except Exception as error:
        sys.stderr.write("sentry-codemod verify: the probe could not be loaded: %r\n" % (error,))

# An error in the user's own sitecustomize stays the user's error.
_next = _run_the_next()
if _next and "sentry_codemod_probe.facts" in sys.modules:
    sys.modules["sentry_codemod_probe.facts"].fact("chained", path=_next)
