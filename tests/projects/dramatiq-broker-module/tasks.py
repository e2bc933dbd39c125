import logging

import dramatiq

import broker

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


@dramatiq.actor(max_retries=0)
def fill(number, colour):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)
