import sentry_sdk
from django.apps import AppConfig


class WatchConfig(AppConfig):
    def ready(self):
        sentry_sdk.init()
