import json
import logging

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


def application(environ, start_response):
    if environ["PATH_INFO"] == "/health":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]
    order = json.loads(environ["wsgi.input"].read())
    logger.warning("order %s cannot be filled", environ["PATH_INFO"].rsplit("/", 1)[1])
    raise OutOfStock(order["colour"])
