"""Plain WSGI and ASGI callables: the SDK's middleware that the user puts around one fails for the probe's path, inside.

Where a framework of this package was built, its own route answers instead.
"""
import sys

from ..facts import STATE
from ..handler import PATH, Framework, handle
from ..hooks import after

WSGI = Framework("wsgi", by_middleware=True)
ASGI = Framework("asgi", by_middleware=True)


def wsgi(module):
    def wrap(self, *args, **kwargs):
        if _by_user():
            self.app = _wsgi_probe(self.app)

    after(module.SentryWsgiMiddleware, "__init__", wrap)


def asgi(module):
    def wrap(self, *args, **kwargs):
        if _by_user() and module._looks_like_asgi3(self.app):
            self.app = _asgi_probe(self.app)

    after(module.SentryAsgiMiddleware, "__init__", wrap)


def _by_user():
    """Whether the middleware was made by a line that is not the SDK's; its integrations make one for each request."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("sentry_codemod_probe"):
        frame = frame.f_back
    return frame is not None and not frame.f_globals.get("__name__", "").startswith("sentry_sdk")


def _wsgi_probe(app):
    def probe(environ, start_response):
        path = environ.get("PATH_INFO", "")
        if path.startswith(PATH) and not STATE.objects:
            handle(path.rsplit("/", 1)[1], WSGI)
        return app(environ, start_response)

    return probe


def _asgi_probe(app):
    async def probe(scope, receive, send):
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(PATH) and not STATE.objects:
            handle(path.rsplit("/", 1)[1], ASGI)
        await app(scope, receive, send)

    return probe
