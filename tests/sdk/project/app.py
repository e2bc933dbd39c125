"""Written for SDK 1: what the doctor must carry to the releases after it."""

import logging

import sentry_sdk
from sentry_sdk import Hub
from sentry_sdk import capture_message, configure_scope, push_scope

sentry_sdk.init(
    send_default_pii=False,  # Nothing of our customers.
    enable_tracing=True,
    release="shop@1",
)


def fill(order, password):
    raise ValueError("order %s cannot be filled" % order)


def main():
    with configure_scope() as scope:
        scope.set_tag("shop", "north")
        scope.set_user({"id": "7"})
    with push_scope() as scope:
        scope.set_tag("order", "7")
        try:
            fill(7, password="hunter2")
        except ValueError as error:
            Hub.current.capture_exception(error)
    capture_message("the shop closes")
    logging.getLogger("shop").error("the shelf is empty")


if __name__ == "__main__":
    main()
