import asyncio
import json
import logging
import os

import tornado.web

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


class Health(tornado.web.RequestHandler):
    def get(self):
        self.write({"status": "ok"})


class Order(tornado.web.RequestHandler):
    async def post(self, number):
        order = json.loads(self.request.body)
        logger.warning("order %s cannot be filled", number)
        raise OutOfStock(order["colour"])


async def main():
    app = tornado.web.Application([("/health", Health), ("/orders/([0-9]+)", Order)])
    app.listen(int(os.environ["PORT"]), "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
