import os

REDIS_URL = os.environ["REDIS_URL"]
QUEUES = ["orders"]
