import logging

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


def main():
    logger.warning("the stock cannot be counted")
    raise OutOfStock("vermilion")


if __name__ == "__main__":
    main()
