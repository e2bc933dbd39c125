import logging

import falcon

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


class Health:
    def on_get(self, req, resp):
        resp.media = {"status": "ok"}


class Order:
    def on_post(self, req, resp, number):
        order = req.get_media()
        logger.warning("order %s cannot be filled", number)
        raise OutOfStock(order["colour"])


app = falcon.App()
app.add_route("/health", Health())
app.add_route("/orders/{number:int}", Order())
