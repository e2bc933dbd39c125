import logging
import os

from celery import Celery
from celery.schedules import crontab

logger = logging.getLogger(__name__)

app = Celery("shop", broker=os.environ["REDIS_URL"])
app.conf.beat_schedule = {
    "count-stock": {"task": "tasks.count", "schedule": crontab(minute="*")},
}


class OutOfStock(Exception):
    pass


@app.task
def count():
    logger.warning("the stock cannot be counted")
    raise OutOfStock("vermilion")
