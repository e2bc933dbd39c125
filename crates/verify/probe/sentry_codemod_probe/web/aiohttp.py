"""aiohttp: a route at construction."""
from ..facts import built
from ..handler import PATH, Framework, handle
from ..hooks import after

AIOHTTP = Framework("aiohttp", body=True)


def web_app(module):
    async def view(request):
        await request.read()  # as a real handler would: the SDK sends a body only when it was read
        handle(request.match_info["nonce"], AIOHTTP)

    def add(self, *args, **kwargs):
        built("aiohttp.Application")
        self.router.add_route("*", PATH + "/{nonce}", view)

    after(module.Application, "__init__", add)
