"""BlackSheep: a route at construction. The SDK has no integration for it, only the middleware."""
from ..facts import built
from ..handler import PATH, Framework, handle
from ..hooks import after

BLACKSHEEP = Framework("blacksheep", mechanisms=["asgi", "logging"], by_middleware=True)


def application(module):
    async def view(request):
        handle(request.route_values["nonce"], BLACKSHEEP)

    def add(self, *args, **kwargs):
        built("blacksheep.Application")
        self.router.add_get(PATH + "/{nonce}", view)
        self.router.add_post(PATH + "/{nonce}", view)

    after(module.Application, "__init__", add)
