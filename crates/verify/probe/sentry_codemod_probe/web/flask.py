"""Flask: a route at construction; werkzeug's mounts, below which it may lie."""
from ..facts import built, fact, request_seen
from ..handler import PATH, Framework, handle, is_bare
from ..hooks import after, before

FLASK = Framework("flask", body=True)


def app(module):
    def add(self, *args, **kwargs):
        built("flask.Flask")
        self.add_url_rule(PATH + "/<nonce>", "sentry_codemod_verify", lambda nonce: handle(nonce, FLASK), methods=["GET", "POST"])

    after(module.Flask, "__init__", add)
    before(module.Flask, "wsgi_app", lambda self, *args, **kwargs: request_seen())
    original = module.Flask.preprocess_request

    def preprocess_request(self, *args, **kwargs):
        return None if is_bare(module.request.path) else original(self, *args, **kwargs)

    module.Flask.preprocess_request = preprocess_request


def dispatcher(module):
    after(module.DispatcherMiddleware, "__init__", lambda self, *args, **kwargs: fact("mounts", prefixes=sorted(self.mounts)[:10]))
