import logging
import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

logger = logging.getLogger(__name__)

broker = RedisBroker(url=os.environ["REDIS_URL"])
dramatiq.set_broker(broker)


class OutOfStock(Exception):
    pass


@dramatiq.actor(max_retries=0)
def fill(number, colour):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)
