import logging
import os

from huey import RedisHuey

logger = logging.getLogger(__name__)

huey = RedisHuey("shop", url=os.environ["REDIS_URL"])


class OutOfStock(Exception):
    pass


@huey.task()
def fill(number, colour):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)
