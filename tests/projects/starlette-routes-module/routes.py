import logging

from starlette.responses import JSONResponse
from starlette.routing import Route

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


async def health(request):
    return JSONResponse({"status": "ok"})


async def fill(request):
    order = await request.json()
    logger.warning("order %s cannot be filled", request.path_params["number"])
    raise OutOfStock(order["colour"])


routes = [
    Route("/health", health),
    Route("/orders/{number:int}", fill, methods=["POST"]),
]
