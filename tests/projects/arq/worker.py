import logging
import os

from arq.connections import RedisSettings

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


async def startup(ctx):
    ctx["stock"] = {}


async def fill(ctx, number, colour):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)


class WorkerSettings:
    functions = [fill]
    on_startup = startup
    redis_settings = RedisSettings.from_dsn(os.environ["REDIS_URL"])
