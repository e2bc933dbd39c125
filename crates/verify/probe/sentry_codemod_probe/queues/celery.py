"""Celery: worker and beat. The private queue is chosen after `-Q` and before anything is consumed."""
from ..facts import built, fact, guarded, tell_loaded
from ..handler import Framework, handle
from ..hooks import after
from ..sdk import client
from . import QUEUE, TASK, nonces, ready

CELERY = Framework("celery", queue=True)


def base(module):
    from celery import signals

    def add(self, *args, **kwargs):
        built("celery.Celery")

        def probe(nonce):
            handle(nonce, CELERY)

        # Now, because the processes of the pool are forked before the worker is ready.
        self.task(name=TASK, ignore_result=True, max_retries=0)(probe)

    after(module.Celery, "__init__", add)
    signals.celeryd_after_setup.connect(_only_private, weak=False)
    signals.worker_ready.connect(_send, weak=False)
    signals.worker_shutdown.connect(_clean, weak=False)
    signals.beat_init.connect(_hold_back_beat, weak=False)


def _private():
    from kombu import Exchange, Queue

    exchange = Exchange(QUEUE, type="direct", auto_delete=True)
    return Queue(QUEUE, exchange, routing_key=QUEUE, auto_delete=True, expires=300)


@guarded("celeryd_after_setup")
def _only_private(sender=None, instance=None, **kwargs):
    queues = instance.app.amqp.queues
    queues.add(_private())
    queues.select([QUEUE])


@guarded("worker_ready")
def _send(sender=None, **kwargs):
    read = {queue.name for queue in sender.task_consumer.queues}
    if read != {QUEUE}:
        fact("probe_error", where="celery", error="the worker reads %r" % sorted(read))
    sent = nonces(4)
    for nonce in sent:
        sender.app.send_task(TASK, args=[nonce], queue=_private(), expires=120)
    ready(CELERY, sent)


@guarded("worker_shutdown")
def _clean(sender=None, **kwargs):
    with sender.app.connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_delete(QUEUE)
        channel.exchange_delete(QUEUE)
        if type(channel).__module__.endswith(".redis"):  # kombu leaves its table of bindings behind
            channel.client.delete("_kombu.binding." + QUEUE)
            channel.client.zrem("_kombu.binding_deadlines", QUEUE)


@guarded("beat_init")
def _hold_back_beat(sender=None, **kwargs):
    """One probe entry at the first tick, after every handler of `beat_init`: the user's init may sit in one. No real entry is sent."""
    scheduler, todo = sender.scheduler, [True]

    def tick(*args, **kwargs):
        if todo:
            todo.pop()
            _send_beat(scheduler)
        return 5

    scheduler.tick = tick


@guarded("beat")
def _send_beat(scheduler):
    from celery.schedules import crontab

    nonce = nonces(1)[0]
    slug = "sentry-codemod-verify-" + nonce
    entry = scheduler.Entry(name=slug, schedule=crontab(), task=TASK, args=[nonce], app=scheduler.app,
                            options={"queue": _private(), "expires": 120})
    scheduler.apply_entry(entry, producer=scheduler.producer)
    tell_loaded()
    fact("beat", nonce=nonce, slug=slug, client=client())
