import logging

from pyramid.config import Configurator
from pyramid.view import view_config

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


@view_config(route_name="health", renderer="json")
def health(request):
    return {"status": "ok"}


@view_config(route_name="order", request_method="POST", renderer="json")
def fill(request):
    logger.warning("order %s cannot be filled", request.matchdict["number"])
    raise OutOfStock(request.json_body["colour"])


def main():
    with Configurator() as config:
        config.add_route("health", "/health")
        config.add_route("order", "/orders/{number}")
        config.scan()
        return config.make_wsgi_app()


application = main()

if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    make_server("127.0.0.1", 8000, application).serve_forever()
