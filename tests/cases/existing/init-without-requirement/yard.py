import sentry_sdk
from flask import Flask

sentry_sdk.init(environment="yard")

yard = Flask(__name__)
