import logging

from flask import Flask, request

logger = logging.getLogger(__name__)

app = Flask(__name__)


class OutOfStock(Exception):
    pass


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/orders/<int:number>")
def order(number):
    colour = request.get_json()["colour"]
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)


if __name__ == "__main__":
    app.run()
