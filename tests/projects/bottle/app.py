import logging

from bottle import Bottle, request

logger = logging.getLogger(__name__)

app = Bottle()


class OutOfStock(Exception):
    pass


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/orders/<number:int>")
def fill(number):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(request.json["colour"])


if __name__ == "__main__":
    app.run()
