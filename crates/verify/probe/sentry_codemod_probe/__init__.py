"""What `sentry-codemod verify` puts into each Python process: it watches sentry_sdk.init and the framework, and fails on request.

Standard library only, Python 3.8 and newer. Read `start`, then `handler.handle`; each framework is a file in `web` or `queues`.
"""
import atexit
import os
import sys

from . import facts, hooks
from .facts import fact, guarded, tell_loaded

# The module after whose first import a function of the probe runs: `file:function`, below this package.
WATCHED = {
    "sentry_sdk": "sdk:watch",
    "sentry_sdk.integrations.asgi": "web.callables:asgi",
    "sentry_sdk.integrations.wsgi": "web.callables:wsgi",
    "werkzeug.middleware.dispatcher": "web.flask:dispatcher",
    "flask.app": "web.flask:app",
    "quart.app": "web.quart:app",
    "django.urls.resolvers": "web.django:resolvers",
    "django.core.handlers.base": "web.django:base_handler",
    "django.core.handlers.wsgi": "web.django:wsgi_handler",
    "django.core.handlers.asgi": "web.django:asgi_handler",
    "starlette.applications": "web.starlette:applications",
    "starlette.routing": "web.starlette:routing",
    "fastapi.applications": "web.starlette:fastapi_applications",
    "fastapi.routing": "web.starlette:fastapi_routing",
    "aiohttp.web_app": "web.aiohttp:web_app",
    "tornado.web": "web.tornado:web",
    "falcon.app": "web.falcon:app",
    "falcon.asgi.app": "web.falcon:asgi_app",
    "sanic.app": "web.sanic:app",
    "bottle": "web.bottle:bottle",
    "litestar.app": "web.litestar:app",
    "pyramid.config": "web.pyramid:config",
    "blacksheep.server.application": "web.blacksheep:application",
    "celery.app.base": "queues.celery:base",
    "rq.worker": "queues.rq:worker",
    "rq.worker.base": "queues.rq:worker",
    "huey.api": "queues.huey:api",
    "huey.consumer": "queues.huey:consumer",
    "dramatiq.broker": "queues.dramatiq:broker",
    "dramatiq.worker": "queues.dramatiq:worker",
    "arq.worker": "queues.arq:worker",
}


def start():
    """Called once in each process that starts a Python, before any of its own code runs."""
    if "sentry_sdk" in sys.modules:
        fact("probe_error", where="start", error="sentry_sdk was imported before the probe, by a .pth file perhaps")
    hooks.install(WATCHED)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forked)
    atexit.register(guarded("at exit")(tell_loaded))
    fact("start", argv=_command_line(), python=sys.version.split()[0], cwd=os.getcwd())


def _command_line():
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return file.read().decode("utf-8", "replace").split("\0")[:-1]
    except OSError:
        return list(getattr(sys, "orig_argv", []))


def _forked():
    facts.STATE.first_request = False
    fact("fork", inits=facts.STATE.inits)
