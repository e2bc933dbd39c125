import logging

from litestar import Litestar, get, post

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


@get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@post("/orders/{number:int}")
async def fill(number: int, data: dict[str, str]) -> None:
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(data["colour"])


app = Litestar([health, fill])
