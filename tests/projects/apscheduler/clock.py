import logging

from apscheduler.schedulers.blocking import BlockingScheduler

logger = logging.getLogger(__name__)

scheduler = BlockingScheduler()


class OutOfStock(Exception):
    pass


@scheduler.scheduled_job("interval", seconds=1)
def count_stock():
    logger.warning("the stock cannot be counted")
    raise OutOfStock("vermilion")


if __name__ == "__main__":
    scheduler.start()
