import logging
import os

from aiohttp import web

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


async def health(request):
    return web.json_response({"status": "ok"})


async def fill(request):
    order = await request.json()
    logger.warning("order %s cannot be filled", request.match_info["number"])
    raise OutOfStock(order["colour"])


app = web.Application()
app.router.add_get("/health", health)
app.router.add_post("/orders/{number}", fill)

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]))
