"""Pyramid: a route and a view right before the application is made from its configuration."""
from ..facts import built
from ..handler import PATH, Framework, handle
from ..hooks import before

PYRAMID = Framework("pyramid", body=True)


def config(module):
    def add(self, *args, **kwargs):
        built("pyramid application")
        self.add_route("sentry_codemod_verify", PATH + "/{nonce}")
        self.add_view(lambda request: handle(request.matchdict["nonce"], PYRAMID), route_name="sentry_codemod_verify", require_csrf=False)
        self.commit()

    before(module.Configurator, "make_wsgi_app", add)
