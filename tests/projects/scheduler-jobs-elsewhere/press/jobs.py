"""What the clock starts."""

from press.scheduling import scheduler


class Press:
	@staticmethod
	@scheduler.scheduled_job(
		"cron",
		hour=4,
		id="Morning Edition",
	)  # before the readers wake
	def print_edition():
		"""Tabs, and a decorator of several lines."""


async def fetch_wires(): ...
