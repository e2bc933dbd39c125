import sys

from loguru import logger

logger.remove()
logger.add(sys.stderr, level="INFO")


class OutOfStock(Exception):
    pass


def main():
    try:
        raise OutOfStock("vermilion")
    except OutOfStock:
        logger.exception("the stock cannot be counted")


if __name__ == "__main__":
    main()
