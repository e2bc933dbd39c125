"""Quart: a route at construction. The SDK sends no body with its errors."""
from ..facts import built
from ..handler import PATH, Framework, handle, is_bare
from ..hooks import after

QUART = Framework("quart")


def app(module):
    async def view(nonce):
        await module.request.get_data()
        handle(nonce, QUART)

    def add(self, *args, **kwargs):
        built("quart.Quart")
        self.add_url_rule(PATH + "/<nonce>", "sentry_codemod_verify", view, methods=["GET", "POST"])

    after(module.Quart, "__init__", add)
    original = module.Quart.preprocess_request

    async def preprocess_request(self, *args, **kwargs):
        return None if is_bare(module.request.path) else await original(self, *args, **kwargs)

    module.Quart.preprocess_request = preprocess_request
