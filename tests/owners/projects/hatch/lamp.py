"""A lamp."""

__version__ = "1.0"

from flask import Flask

app = Flask(__name__)
