import logging

from blacksheep import Application, FromJSON, get, json, post

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


app = Application()


@get("/health")
async def health():
    return json({"status": "ok"})


@post("/orders/{number}")
async def order(number: int, order: FromJSON[dict]):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(order.value["colour"])
