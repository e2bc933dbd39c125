"""ARQ: the probe's function goes through the same `create_worker` as the user's, outside of the SDK's patch of it."""
from ..facts import built, fact, guarded
from ..handler import Framework, handle
from ..hooks import after, before
from ..sdk import AFTER_INIT
from . import QUEUE, nonces, ready

ARQ = Framework("arq", queue=True)
NAME = "sentry_codemod_verify"


async def _probe(ctx, nonce):
    handle(nonce, ARQ)


_probe.__qualname__ = NAME  # ARQ names functions by it


def worker(module):
    wrapped = []

    def wrap():
        """Once now, and again after each init, which patches the function as well."""
        original = module.create_worker
        if wrapped and original is wrapped[-1]:  # by identity: functools.wraps would copy a mark along
            return

        def create_worker(settings_cls, **kwargs):
            guarded("create_worker")(_inject)(settings_cls)
            return original(settings_cls, **kwargs)

        wrapped.append(create_worker)
        module.create_worker = create_worker

    wrap()
    AFTER_INIT.append(wrap)
    before(module.Worker, "__init__", _before_init)
    after(module.Worker, "__init__", _only_private)
    _send_at_start(module.Worker)


def _names(functions):
    return {getattr(function, "name", None) or getattr(function, "__qualname__", "") for function in functions or ()}


def _inject(settings):
    # A worker of cron jobs alone has none.
    functions = settings.get("functions", ()) if isinstance(settings, dict) else getattr(settings, "functions", ())
    if NAME in _names(functions):
        return
    functions = list(functions) + [_probe]
    if isinstance(settings, dict):
        settings["functions"] = functions
    else:
        settings.functions = functions


def _before_init(worker, functions=None, *args, **kwargs):
    """A worker that is built by hand knows nothing of `create_worker`."""
    built("arq.Worker")
    if isinstance(functions, list) and NAME not in _names(functions):
        functions.append(_probe)


def _only_private(worker, *args, **kwargs):
    worker.queue_name, worker.cron_jobs = QUEUE, []


def _send_at_start(cls):
    original = cls.main

    async def main(self):
        from arq.connections import create_pool

        sent = nonces(2)
        try:
            pool = await create_pool(self.redis_settings, job_serializer=self.job_serializer, default_queue_name=QUEUE)
            for nonce in sent:
                await pool.enqueue_job(NAME, nonce, _queue_name=QUEUE, _expires=60)
            await pool.aclose()
            ready(ARQ, sent)
        except Exception as error:
            fact("probe_error", where="arq", error=repr(error))
        return await original(self)

    cls.main = main
