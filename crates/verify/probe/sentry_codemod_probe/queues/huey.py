"""Huey: the consumer is handed the probe task where it asks for the next one; the storage is not touched."""
import os
import threading
import time

from ..facts import built, fact, guarded
from ..handler import Framework, handle
from ..hooks import after, before
from . import nonces, ready

HUEY = Framework("huey", queue=True)

# Whether this is a consumer, and of each of its workers the id of the probe task it was handed.
_consuming = []
_handed = {}


def api(module):
    def add(self, *args, **kwargs):
        built("huey.Huey")
        self._sentry_codemod_verify = self.task(name="sentry_codemod_verify")(lambda nonce: handle(nonce, HUEY))

    after(module.Huey, "__init__", add)
    original = module.Huey.dequeue
    module.Huey.dequeue = lambda self: _next(self) if _consuming else original(self)
    for name in ("read_schedule", "read_periodic"):
        _hold_back(module.Huey, name)


def consumer(module):
    before(module.Consumer, "start", lambda self, *args, **kwargs: _consuming.append(True))


def _next(huey):
    """One probe task for each worker, and nothing after it."""
    key = (os.getpid(), threading.get_ident())
    if key not in _handed:
        _handed[key] = None
        try:
            sent = nonces(1)
            task = huey._sentry_codemod_verify.s(sent[0])
            _handed[key] = task.id
            ready(HUEY, sent)
            return task
        except Exception as error:
            fact("probe_error", where="huey", error=repr(error))
    elif _handed[key]:
        guarded("huey")(huey.storage.delete_data)(_handed[key])
        _handed[key] = None
    time.sleep(0.2)
    return None


def _hold_back(cls, name):
    original = getattr(cls, name)
    setattr(cls, name, lambda self, *args, **kwargs: [] if _consuming else original(self, *args, **kwargs))
