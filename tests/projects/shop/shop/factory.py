"""Builds the web application."""

from flask import Flask

from shop import orders, store


def create_app(database="shop.db"):
    app = Flask("shop")
    app.config["DATABASE"] = database
    app.teardown_appcontext(store.close)
    app.register_blueprint(orders.blueprint)
    return app
