import logging

from celery import shared_task

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


@shared_task
def fill(number, colour):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)
