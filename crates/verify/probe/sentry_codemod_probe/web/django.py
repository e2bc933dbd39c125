"""Django: the root resolver sees one pattern more; urls.py and settings stay as they are."""
from ..facts import built, fact, request_seen
from ..handler import PATH, Framework, handle, is_bare
from ..hooks import after, before, before_asgi

DJANGO = Framework("django", body=True)


def resolvers(module):
    """Covers WSGI, ASGI, `request.urlconf` and patterns that catch all."""
    original = module.URLResolver.__dict__["url_patterns"]
    patterns_of = getattr(original, "func", None) or original.real_func

    def view(request, nonce):
        handle(nonce, DJANGO)

    view.csrf_exempt = True

    def url_patterns(self):
        patterns = patterns_of(self)
        if isinstance(self.pattern, module.RegexPattern) and self.pattern._regex == r"^/":
            route = module.RoutePattern(PATH[1:] + "/<str:nonce>", is_endpoint=True)
            return [module.URLPattern(route, view)] + list(patterns)
        return patterns

    cached = type(original)(url_patterns)
    cached.__set_name__(module.URLResolver, "url_patterns")
    module.URLResolver.url_patterns = cached


def base_handler(module):
    def loaded(self, *args, **kwargs):
        from django.conf import settings

        built("django handler")
        fact("hosts", allowed=list(settings.ALLOWED_HOSTS)[:5])

    after(module.BaseHandler, "load_middleware", loaded)
    original = module.BaseHandler.get_response

    def get_response(self, request):
        if not is_bare(request.path_info):
            return original(self, request)
        from django.conf import settings
        from django.core.handlers.exception import convert_exception_to_response
        from django.urls import set_urlconf

        set_urlconf(settings.ROOT_URLCONF)
        return convert_exception_to_response(self._get_response)(request)

    module.BaseHandler.get_response = get_response


def wsgi_handler(module):
    before(module.WSGIHandler, "__call__", lambda self, *args, **kwargs: request_seen())


def asgi_handler(module):
    before_asgi(module.ASGIHandler, lambda self, scope: request_seen() if scope["type"] == "http" else None)
