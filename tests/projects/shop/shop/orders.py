"""The pages of an order."""

from flask import Blueprint, abort, jsonify, request

from shop import store
from shop.jobs import send_receipt

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@blueprint.post("/")
def create():
    order = request.get_json()
    number = store.add(order["article"], order["quantity"])
    send_receipt.delay(number, order["email"])
    return jsonify(number=number), 201


@blueprint.get("/<int:number>")
def show(number):
    order = store.find(number)
    if order is None:
        abort(404)
    article, quantity = order
    return jsonify(number=number, article=article, quantity=quantity)
