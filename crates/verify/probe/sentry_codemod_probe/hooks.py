"""Hooks: a function of the probe that runs after a module was imported, or around a method of a framework."""
import functools
import importlib
import sys

from .facts import fact, guarded


def install(watched):
    """Makes each function of `watched` run once its module was imported, with that module."""
    sys.meta_path.insert(0, _Finder(watched))


class _Finder:
    """Finds nothing itself: it lets the others find a module and shadows `exec_module` of its loader until that has run.

    The loader stays the object it was, because frameworks look at it.
    """

    def __init__(self, watched):
        self.watched = watched
        self.busy = set()

    def find_spec(self, name, path=None, target=None):
        if name not in self.watched or name in self.busy:
            return None
        self.busy.add(name)
        try:
            spec = self._find(name, path, target)
        finally:
            self.busy.discard(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self._shadow(name, spec.loader)
        return spec

    def _find(self, name, path, target):
        for finder in list(sys.meta_path):
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    return spec
        return None

    def _shadow(self, name, loader):
        original = loader.exec_module
        if getattr(original, "__module__", None) == __name__:  # it was found before and has not been imported yet
            return

        def exec_module(module):
            place = self.watched.get(module.__name__)
            if place is None:  # one loader for many modules, such as that of a zip archive
                return original(module)
            try:
                del loader.exec_module
            except AttributeError:
                pass
            original(module)
            guarded("after the import of " + module.__name__)(_run)(place, module)

        try:
            loader.exec_module = exec_module
        except (AttributeError, TypeError):
            fact("probe_error", where=name, error="its loader takes no attributes")


def _run(place, module):
    file, function = place.split(":")
    getattr(importlib.import_module(__package__ + "." + file), function)(module)


def after(cls, name, function):
    """Calls `function(self, ...)` after the method of that name."""
    original = getattr(cls, name)

    @functools.wraps(original)
    def method(self, *args, **kwargs):
        value = original(self, *args, **kwargs)
        guarded("%s.%s" % (cls.__name__, name))(function)(self, *args, **kwargs)
        return value

    setattr(cls, name, method)


def before(cls, name, function):
    """Calls `function(self, ...)` before the method of that name."""
    original = getattr(cls, name)

    @functools.wraps(original)
    def method(self, *args, **kwargs):
        guarded("%s.%s" % (cls.__name__, name))(function)(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    setattr(cls, name, method)


def before_asgi(cls, function):
    """Calls `function(self, scope)` before an ASGI `__call__`.

    Its kind and its exact signature stay: uvicorn chooses ASGI 2 or 3 by whether `__call__` is a coroutine function,
    and takes an application for a factory unless calling it without arguments raises TypeError.
    """
    original = cls.__call__

    @functools.wraps(original)
    async def __call__(self, scope, receive, send):
        guarded(cls.__name__ + ".__call__")(function)(self, scope)
        return await original(self, scope, receive, send)

    cls.__call__ = __call__
