from flask import Flask


def create_app():
    from shop import orders

    app = Flask(__name__)
    app.register_blueprint(orders.blueprint)
    return app
