"""Dramatiq: an actor of the probe's own on a private queue, which alone the worker consumes."""
import os

from ..facts import built
from ..handler import Framework, handle
from ..hooks import after, before
from . import QUEUE, nonces, ready

# Dramatiq logs the error of a message, and the SDK sends what is logged.
DRAMATIQ = Framework("dramatiq", mechanisms=["dramatiq", "logging"], queue=True)


def broker(module):
    after(module.Broker, "__init__", lambda self, *args, **kwargs: built("dramatiq.Broker"))


def worker(module):
    before(module.Worker, "start", _declare)
    after(module.Worker, "start", _send)
    after(module.Worker, "stop", _clean)


def _declare(worker, *args, **kwargs):
    import dramatiq

    queue = "%s-%d" % (QUEUE, os.getpid())
    worker._sentry_codemod_verify = dramatiq.Actor(
        lambda nonce: handle(nonce, DRAMATIQ), broker=worker.broker, actor_name="sentry_codemod_verify",
        queue_name=queue, priority=0, options={"max_retries": 0})
    worker.consumer_whitelist = {queue}


def _send(worker, *args, **kwargs):
    sent = nonces(2)
    for nonce in sent:
        worker._sentry_codemod_verify.send(nonce)
    ready(DRAMATIQ, sent)


def _clean(worker, *args, **kwargs):
    broker, queue = worker.broker, worker._sentry_codemod_verify.queue_name
    if hasattr(broker, "client") and hasattr(broker, "namespace"):  # Redis: the keys of the queue and of its dead letters
        for key in broker.client.scan_iter("%s:%s*" % (broker.namespace, queue)):
            broker.client.delete(key)
