import logging

import falcon.asgi

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


class Health:
    async def on_get(self, req, resp):
        resp.media = {"status": "ok"}


class Order:
    async def on_post(self, req, resp, number):
        order = await req.get_media()
        logger.warning("order %s cannot be filled", number)
        raise OutOfStock(order["colour"])


app = falcon.asgi.App()
app.add_route("/health", Health())
app.add_route("/orders/{number:int}", Order())
