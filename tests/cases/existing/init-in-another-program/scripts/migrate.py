import sentry_sdk

if __name__ == "__main__":
    sentry_sdk.init()
