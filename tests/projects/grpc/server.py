import logging
import os
from concurrent.futures import ThreadPoolExecutor

import grpc

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


def fill(request, context):
    logger.warning("order %s cannot be filled", request.decode())
    raise OutOfStock("vermilion")


def main():
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    orders = {"Fill": grpc.unary_unary_rpc_method_handler(fill)}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("shop.Orders", orders)])
    server.add_insecure_port("127.0.0.1:" + os.environ["PORT"])
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
