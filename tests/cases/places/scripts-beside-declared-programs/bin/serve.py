import uvicorn


def serve():
    uvicorn.run("grid.api:app")
