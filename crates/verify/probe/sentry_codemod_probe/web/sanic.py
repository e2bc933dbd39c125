"""Sanic: a route at construction."""
from ..facts import built
from ..handler import PATH, Framework, handle
from ..hooks import after

SANIC = Framework("sanic", body=True)


def app(module):
    async def view(request, nonce):
        handle(nonce, SANIC)

    def add(self, *args, **kwargs):
        built("sanic.Sanic")
        self.add_route(view, PATH + "/<nonce:str>", methods=["GET", "POST"], name="sentry_codemod_verify")

    after(module.Sanic, "__init__", add)
