import uvicorn
from fastapi import FastAPI

pause = FastAPI()


def run_pause():
    uvicorn.run(pause)


if __name__ == "__main__":
    run_pause()
