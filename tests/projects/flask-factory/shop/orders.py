import logging

from flask import Blueprint, request

logger = logging.getLogger(__name__)

blueprint = Blueprint("orders", __name__)


class OutOfStock(Exception):
    pass


@blueprint.post("/orders/<int:number>")
def fill(number):
    colour = request.get_json()["colour"]
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(colour)
