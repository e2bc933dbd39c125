"""Orders in SQLite, one connection a request."""

import sqlite3

from flask import current_app, g

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY,
    article TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0)
)
"""


def connection():
    if "connection" not in g:
        g.connection = sqlite3.connect(current_app.config["DATABASE"])
        g.connection.execute(SCHEMA)
    return g.connection


def add(article, quantity):
    with connection() as transaction:
        row = transaction.execute("INSERT INTO orders (article, quantity) VALUES (?, ?)", (article, quantity))
        return row.lastrowid


def find(number):
    return connection().execute("SELECT article, quantity FROM orders WHERE id = ?", (number,)).fetchone()


def close(_error=None):
    open_connection = g.pop("connection", None)
    if open_connection is not None:
        open_connection.close()
