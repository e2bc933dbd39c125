import sentry_sdk
from flask import Flask

pier = Flask(__name__)
sentry_sdk.init(traces_sample_rate=0.1)
