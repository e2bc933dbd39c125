"""Tornado: a handler at construction, for every host."""
from ..facts import built
from ..handler import PATH, Framework, handle
from ..hooks import after

TORNADO = Framework("tornado", body=True)


def web(module):
    class SentryVerifyHandler(module.RequestHandler):
        def check_xsrf_cookie(self):
            pass

        def get(self, nonce):
            handle(nonce, TORNADO)

        post = get

    def add(self, *args, **kwargs):
        built("tornado.Application")
        self.add_handlers(r".*", [(PATH + r"/(\w+)", SentryVerifyHandler)])

    after(module.Application, "__init__", add)
