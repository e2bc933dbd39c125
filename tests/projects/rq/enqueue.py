import os

from redis import Redis
from rq import Queue

from jobs import fill

queue = Queue("orders", connection=Redis.from_url(os.environ["REDIS_URL"]))
queue.enqueue(fill, 7, "vermilion")
