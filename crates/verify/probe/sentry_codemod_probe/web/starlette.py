"""Starlette and FastAPI: the SDK wraps each route when it is built, so the user's own routes are looked at as well.

The probe's route comes at the first call, before the user's, without the dependencies of the application.
"""
import copy
import functools

from ..facts import built, request_seen
from ..handler import PATH, Framework, handle, is_bare
from ..hooks import after, before_asgi

STARLETTE = Framework("starlette", body=True)
FASTAPI = Framework("fastapi", mechanisms=["fastapi", "starlette"], body=True)
METHODS = ["GET", "POST"]


def applications(module):
    after(module.Starlette, "__init__", lambda self, *args, **kwargs: built("starlette.Starlette"))
    before_asgi(module.Starlette, _first_call)
    _offer_bare(module.Starlette)


def routing(module):
    after(module.Route, "__init__", lambda self, *args, **kwargs: built("starlette.Route"))


def fastapi_applications(module):
    after(module.FastAPI, "__init__", lambda self, *args, **kwargs: built("fastapi.FastAPI"))


def fastapi_routing(module):
    after(module.APIRoute, "__init__", lambda self, *args, **kwargs: built("fastapi.APIRoute"))


def _first_call(app, scope):
    if scope["type"] == "http":
        request_seen()
    if not getattr(app, "_sentry_codemod_verify", False):
        app._sentry_codemod_verify = True
        app.router.routes.insert(0, _route(app))


def _route(app):
    if any(base.__module__.startswith("fastapi") for base in type(app).__mro__):
        from fastapi.routing import APIRoute

        async def endpoint(nonce: str):
            handle(nonce, FASTAPI, lambda: _routes_of(app))

        return APIRoute(PATH + "/{nonce}", endpoint, methods=METHODS, include_in_schema=False)

    from starlette.routing import Route

    async def endpoint(request):
        handle(request.path_params["nonce"], STARLETTE, lambda: _routes_of(app))

    return Route(PATH + "/{nonce}", endpoint, methods=METHODS, include_in_schema=False)


def _offer_bare(cls):
    """The same application without the user's middleware, for the last try."""
    original, stacks = cls.__call__, {}

    @functools.wraps(original)
    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or not is_bare(scope.get("path", "")):
            return await original(self, scope, receive, send)
        _first_call(self, scope)
        if id(self) not in stacks:
            twin = copy.copy(self)
            twin.user_middleware = []
            stacks[id(self)] = twin.build_middleware_stack()
        scope["app"] = self
        await stacks[id(self)](scope, receive, send)

    cls.__call__ = __call__


def _routes_of(app):
    """How many of the user's routes the SDK has wrapped, and the paths of those that were built before init."""
    own_pages = {getattr(app, name, None) for name in ("openapi_url", "docs_url", "redoc_url", "swagger_ui_oauth2_redirect_url")}
    instrumented, bare = 0, []

    def walk(routes, depth):
        nonlocal instrumented
        for route in list(routes):
            source = getattr(route, "original_route", route)
            path = getattr(route, "path", None) or getattr(source, "path", "?")
            if path.startswith(PATH) or depth > 6 or "WebSocket" in type(source).__name__:
                continue
            if hasattr(route, "effective_candidates"):  # newer FastAPI builds the routes of a router at first use
                walk(route.effective_candidates(), depth + 1)
            elif getattr(route, "routes", None):
                walk(route.routes, depth + 1)
            elif getattr(route, "endpoint", None) is not None or source is not route:
                package = "fastapi" if type(source).__module__.startswith("fastapi") else "starlette"
                if package == "starlette" and path in own_pages:
                    continue
                if _is_wrapped(route.app, package):
                    instrumented += 1
                else:
                    bare.append(path)

    walk(app.router.routes, 0)
    return {"instrumented": instrumented, "bare": bare[:10], "bare_count": len(bare)}


def _is_wrapped(function, package):
    """Whether a function of the SDK's integration lies in the chain of closures that a route is."""
    todo, seen = [(function, 0)], set()
    while todo and len(seen) < 200:
        item, depth = todo.pop()
        if id(item) in seen or depth > 8:
            continue
        seen.add(id(item))
        if getattr(item, "__globals__", {}).get("__name__", "").startswith("sentry_sdk.integrations." + package):
            return True
        todo += [(part, depth + 1) for part in _parts(item)]
    return False


def _parts(item):
    parts = []
    for cell in getattr(item, "__closure__", None) or ():
        try:
            parts.append(cell.cell_contents)
        except ValueError:
            pass
    if isinstance(item, functools.partial):  # a plain function as an endpoint: partial(run_in_threadpool, function)
        return parts + [part for part in (item.func,) + item.args if callable(part)]
    if getattr(item, "__self__", None) is not None and hasattr(item, "__func__"):
        parts.append(item.__func__)
    if not hasattr(item, "__globals__") and hasattr(item, "__dict__") and not isinstance(item, type):
        parts += [value for value in list(vars(item).values())[:20] if callable(value)]
    return parts
