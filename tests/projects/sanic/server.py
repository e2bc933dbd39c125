import logging

from sanic import Sanic, json

logger = logging.getLogger(__name__)

app = Sanic("shop")


class OutOfStock(Exception):
    pass


@app.before_server_start
async def open_stock(app):
    app.ctx.stock = {}


@app.get("/health")
async def health(request):
    return json({"status": "ok"})


@app.post("/orders/<number:int>")
async def fill(request, number):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(request.json["colour"])
