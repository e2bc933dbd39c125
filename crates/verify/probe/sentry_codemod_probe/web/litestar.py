"""Litestar: a route registered after construction."""
from ..facts import built
from ..handler import PATH, Framework, handle
from ..hooks import after

LITESTAR = Framework("litestar", body=True)


def app(module):
    def add(self, *args, **kwargs):
        built("litestar.Litestar")
        from litestar import route

        @route(PATH + "/{nonce:str}", http_method=["GET", "POST"], include_in_schema=False, status_code=200)
        async def sentry_codemod_verify(nonce: str) -> str:
            handle(nonce, LITESTAR)

        self.register(sentry_codemod_verify)

    after(module.Litestar, "__init__", add)
