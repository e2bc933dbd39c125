"""Facts: what the probe has seen, one JSON object a line in the run's folder.

Each is one write to a file opened for appending. It takes no thread, no socket and no event loop, so it works
before and after a fork, under gevent, and right before os._exit.
"""
import functools
import json
import os
import sys

RUN = os.environ.get("SENTRY_CODEMOD_VERIFY_RUN", "")
TOKEN = os.environ.get("SENTRY_CODEMOD_VERIFY_TOKEN", "")
INGEST = os.environ.get("SENTRY_CODEMOD_VERIFY_INGEST", "")
PLANNED = [path for path in os.environ.get("SENTRY_CODEMOD_VERIFY_PLANNED", "").split(os.pathsep) if path]
COMMAND = int(os.environ.get("SENTRY_CODEMOD_VERIFY_COMMAND", "0"))

_PROBE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_STDLIB = os.path.dirname(os.path.abspath(os.__file__))


class State:
    """What this process and those it was forked from have done so far."""

    def __init__(self):
        self.inits = 0              # how often init returned
        self.objects = []           # the kinds of framework objects that were built, in order
        self.first_request = False  # whether the process has been asked for something


STATE = State()


def fact(kind, **data):
    """Writes a fact down; whatever goes wrong, the program goes on."""
    try:
        data.update(kind=kind, command=COMMAND, pid=os.getpid(), ppid=os.getppid())
        line = (json.dumps(data, default=repr) + "\n").encode()
        descriptor = os.open(os.path.join(RUN, "facts.jsonl"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
    except Exception:
        pass


def guarded(where):
    """A decorator: an error of the probe becomes a fact, never an exception in the user's program."""

    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except Exception as error:
                import traceback

                fact("probe_error", where=where, error=repr(error), traceback=traceback.format_exc()[-600:])

        return inner

    return decorate


def built(what):
    """Notes the first object of a kind, with the line that built it."""
    if what not in STATE.objects:
        STATE.objects.append(what)
        fact("object", what=what, at=user_places(1), inits=STATE.inits)


def tell_loaded():
    """Tells which of the files that a plan changes have been loaded by now."""
    if PLANNED:
        files = {os.path.realpath(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
        fact("loaded", files=[path for path in PLANNED if os.path.realpath(path) in files])


def request_seen():
    """Notes that the process has been asked for something."""
    STATE.first_request = True


def user_places(limit):
    """`file:line` of the nearest callers that are neither probe, SDK, standard library nor an installed package."""
    places, nearest, frame = [], None, sys._getframe(1)
    while frame is not None and len(places) < limit:
        name = frame.f_code.co_filename
        if not name.startswith(_PROBE) and os.sep + "sentry_sdk" + os.sep not in name and "importlib" not in name:
            place = "%s:%d" % (name, frame.f_lineno)
            nearest = nearest or place
            if not name.startswith("<") and "site-packages" not in name and not name.startswith(_STDLIB):
                places.append(place)
        frame = frame.f_back
    return places or [place for place in [nearest] if place]
