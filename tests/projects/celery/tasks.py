import logging
import os

from celery import Celery

logger = logging.getLogger(__name__)

app = Celery("shop", broker=os.environ["REDIS_URL"])


class OutOfStock(Exception):
    pass


@app.task
def fill(number, colour):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)
