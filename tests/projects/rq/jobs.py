import logging

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


def fill(number, colour):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)
