"""Falcon: a route at construction. Its ASGI side has no integration in the SDK, only the middleware."""
from ..facts import built
from ..handler import PATH, Framework, handle
from ..hooks import after

WSGI = Framework("falcon", body=True)
ASGI = Framework("falcon asgi", mechanisms=["asgi", "logging"], by_middleware=True)


class _WsgiResource:
    def on_get(self, req, resp, nonce):
        handle(nonce, WSGI)

    def on_post(self, req, resp, nonce):
        req.get_media()
        handle(nonce, WSGI)


class _AsgiResource:
    async def on_get(self, req, resp, nonce):
        handle(nonce, ASGI)

    async def on_post(self, req, resp, nonce):
        await req.get_media()
        handle(nonce, ASGI)


def app(module):
    def add(self, *args, **kwargs):
        if not _is_asgi(self):  # the ASGI class calls this one's __init__ while it is half built
            built("falcon.App")
            self.add_route(PATH + "/{nonce}", _WsgiResource())

    after(module.App, "__init__", add)


def asgi_app(module):
    def add(self, *args, **kwargs):
        built("falcon.asgi.App")
        self.add_route(PATH + "/{nonce}", _AsgiResource())

    after(module.App, "__init__", add)


def _is_asgi(app):
    return any(base.__module__.startswith("falcon.asgi") for base in type(app).__mro__)
