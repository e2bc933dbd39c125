import logging

from fastapi import APIRouter
from pydantic import BaseModel

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/orders")


class Order(BaseModel):
    colour: str


class OutOfStock(Exception):
    pass


@router.post("/{number}")
def fill(number: int, order: Order):
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(order.colour)
