from arq.worker import create_worker

from grid import ENV
from grid.pause import run_pause


class WorkerSettings:
    functions = []


def main():
    if ENV == "paused":
        run_pause()
    create_worker(WorkerSettings).run()


if __name__ == "__main__":
    main()
