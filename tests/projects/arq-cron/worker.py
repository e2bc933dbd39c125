import logging
import os

from arq import cron
from arq.connections import RedisSettings

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


async def count_stock(ctx):
    logger.warning("the stock cannot be counted")
    raise OutOfStock("vermilion")


class WorkerSettings:
    cron_jobs = [cron(count_stock, minute=None)]
    redis_settings = RedisSettings.from_dsn(os.environ["REDIS_URL"])
