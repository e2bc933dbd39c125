"""The failing handler: the body of every probe route and every probe task."""
import logging
import sys
import time

from .facts import STATE, TOKEN, fact, guarded, tell_loaded
from .sdk import client

PATH = "/__sentry_codemod_verify_" + TOKEN
# A nonce that ends so asks for the run without the user's own middleware.
BARE = "b"
# Long enough for the next request to go to another worker, and for the profiler to take samples.
HOLD_SECONDS = 0.25


class SentryVerifyError(Exception):
    """Raised on purpose inside the user's framework by `sentry-codemod verify`; its text is the nonce."""


class Framework:
    """What is known of a framework: its name, and what Sentry's own integration of it sends."""

    def __init__(self, name, mechanisms=None, body=False, queue=False, by_middleware=False):
        self.name = name
        self.mechanisms = mechanisms or [name]  # who reports its errors
        self.body = body                        # whether an error brings the body of its request
        self.queue = queue                      # whether it runs tasks instead of requests
        self.by_middleware = by_middleware      # there is no integration: the SDK's middleware names what it sees by address


def is_bare(path):
    """Whether this request is the last try: past a login wall of the application."""
    return PATH in path and path.endswith(BARE)


def handle(nonce, framework, routes=None):
    """Tells what there is, stays busy for a moment, logs, sends a message, and raises. Never returns."""
    fact("hit", nonce=nonce, framework=vars(framework), inits=STATE.inits, client=client(),
         routes=guarded("routes")(routes)() if routes else None)
    guarded("loaded")(tell_loaded)()
    end = time.time() + HOLD_SECONDS
    while time.time() < end:
        sum(range(500))
    logging.getLogger("sentry_codemod_verify").warning("sentry-codemod-verify-log %s", nonce)
    loguru = sys.modules.get("loguru")
    if loguru is not None:
        loguru.logger.warning("sentry-codemod-verify-log {}", nonce)
    sdk = sys.modules.get("sentry_sdk")
    if sdk is not None and STATE.inits:
        # It tells an SDK that is dead from one that lives while the framework is not instrumented.
        guarded("capture_message")(sdk.capture_message)("sentry-codemod-verify-message " + nonce, "info")
    raise SentryVerifyError(nonce)
