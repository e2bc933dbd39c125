"""RQ: the worker reads a private queue alone; the job is a function of this file, found by its name."""
import os

from ..facts import built
from ..handler import Framework, handle
from ..hooks import after, before
from . import QUEUE, nonces, ready

RQ = Framework("rq", queue=True)


def probe(nonce):
    """The job; the work horse imports it."""
    handle(nonce, RQ)


def worker(module):
    cls = getattr(module, "BaseWorker", None)
    if cls is None or "work" not in vars(cls):
        cls = getattr(module, "Worker", None)
    # `rq.worker` became a package: there the class is another module's, which is watched as well.
    if cls is None or cls.__module__ != module.__name__:
        return
    private = {}

    def send(self, *args, **kwargs):
        built("rq.Worker")
        queue = type(self.queues[0])("%s-%d" % (QUEUE, os.getpid()), connection=self.connection)
        self.queues = [queue]
        self._ordered_queues = [queue]
        private[id(self)] = queue
        sent = nonces(2)
        for nonce in sent:
            queue.enqueue(probe, nonce, result_ttl=0, failure_ttl=1, job_timeout=60)
        ready(RQ, sent)

    def clean(self, *args, **kwargs):
        queue = private.get(id(self))
        if queue is not None:
            self.connection.delete(queue.failed_job_registry.key)
            queue.delete(delete_jobs=True)

    before(cls, "work", send)
    after(cls, "work", clean)
