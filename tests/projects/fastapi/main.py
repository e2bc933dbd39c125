import logging

from fastapi import FastAPI
from pydantic import BaseModel

logger = logging.getLogger(__name__)

app = FastAPI()


class Order(BaseModel):
    colour: str


class OutOfStock(Exception):
    pass


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders/{number}")
async def fill(number: int, order: Order):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(order.colour)
