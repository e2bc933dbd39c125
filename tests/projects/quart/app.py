import logging

from quart import Quart, request

logger = logging.getLogger(__name__)

app = Quart(__name__)


class OutOfStock(Exception):
    pass


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders/<int:number>")
async def fill(number):
    order = await request.get_json()
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(order["colour"])


if __name__ == "__main__":
    app.run()
