import logging

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


def handle(event, context):
    logger.warning("order %s cannot be filled", event["number"])
    raise OutOfStock(event["colour"])
