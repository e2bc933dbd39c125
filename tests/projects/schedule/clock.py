import logging
import time

import schedule
from schedule import every, repeat

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


@repeat(every(1).seconds)
def count_stock():
    logger.warning("the stock cannot be counted")
    raise OutOfStock("vermilion")


if __name__ == "__main__":
    while True:
        schedule.run_pending()
        time.sleep(0.2)
