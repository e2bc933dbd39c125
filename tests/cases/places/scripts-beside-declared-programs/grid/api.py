from fastapi import FastAPI

from grid import ENV

app = FastAPI(title=ENV)
