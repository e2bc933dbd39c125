"""Bottle: a route at construction, and one in the default application, which is there from the import on."""
from ..facts import built, guarded
from ..handler import PATH, Framework, handle
from ..hooks import after

BOTTLE = Framework("bottle", body=True)


def bottle(module):
    def add(app):
        app.route(PATH + "/<nonce>", ["GET", "POST"], lambda nonce: handle(nonce, BOTTLE))

    def init(self, *args, **kwargs):
        built("bottle.Bottle")
        add(self)

    for app in list(getattr(module, "app", ())):
        guarded("bottle's default application")(add)(app)
    after(module.Bottle, "__init__", init)
