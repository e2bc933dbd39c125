import os

import uvicorn
from fastapi import FastAPI

from shop import orders

app = FastAPI()
app.include_router(orders.router)

if __name__ == "__main__":
    uvicorn.run("shop.main:app", port=int(os.environ["PORT"]))
