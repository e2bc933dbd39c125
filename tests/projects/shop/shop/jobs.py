"""What the worker does."""

import logging
import os

from celery import Celery

logger = logging.getLogger(__name__)

app = Celery("shop", broker=os.environ.get("REDIS_URL", "redis://localhost:6379/0"))


@app.task
def send_receipt(number, email):
    if "@" not in email:
        raise ValueError(f"order {number}: {email!r} is no address")
    logger.info("receipt for order %s sent to %s", number, email)
