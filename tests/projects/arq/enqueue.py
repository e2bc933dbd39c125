import asyncio
import os

from arq import create_pool
from arq.connections import RedisSettings


async def main():
    pool = await create_pool(RedisSettings.from_dsn(os.environ["REDIS_URL"]))
    await pool.enqueue_job("fill", 7, "vermilion")


asyncio.run(main())
