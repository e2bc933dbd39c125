import schedule

from press import jobs
from press.scheduling import scheduler


def rotate():
    """Runs every hour."""


def main():
    scheduler.add_job(
        jobs.fetch_wires,
        "interval",
        minutes=5,
    )
    scheduler.add_job(lambda: None, "interval", hours=1)
    schedule.every().hour.do(rotate); schedule.every().day.at("10:30").do(job_func=rotate)
    scheduler.start()
    while True:
        schedule.run_pending()


if __name__ == "__main__":
    main()
