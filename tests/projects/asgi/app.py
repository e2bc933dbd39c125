import json
import logging

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/health":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b"{}"})
        return
    order = json.loads((await receive())["body"])
    logger.warning("order %s cannot be filled", scope["path"].rsplit("/", 1)[1])
    raise OutOfStock(order["colour"])
