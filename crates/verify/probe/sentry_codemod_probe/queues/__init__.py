"""Task queues: the worker under test reads a private queue alone, and sends itself a few probe tasks there.

Two promises: nothing is written to the user's queues, so another worker of the same broker never meets a task it
does not know; and the worker under test works off no real job, periodic ones included.
"""
import uuid

from ..facts import TOKEN, fact

QUEUE = "sentry-codemod-verify-" + TOKEN
TASK = "sentry_codemod_verify.probe"


def nonces(count):
    """Fresh nonces for probe tasks."""
    return [uuid.uuid4().hex[:12] for _ in range(count)]


def ready(framework, sent):
    """Tells that a worker is up and which probe tasks it was sent."""
    fact("worker_ready", framework=framework.name, sent=sent)
