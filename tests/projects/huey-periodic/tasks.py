import logging
import os

from huey import RedisHuey, crontab

logger = logging.getLogger(__name__)

huey = RedisHuey("shop", url=os.environ["REDIS_URL"])


class OutOfStock(Exception):
    pass


@huey.periodic_task(crontab(minute="*"))
def count_stock():
    logger.warning("the stock cannot be counted")
    raise OutOfStock("vermilion")
