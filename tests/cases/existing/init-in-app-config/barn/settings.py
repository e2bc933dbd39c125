SECRET_KEY = "x"
INSTALLED_APPS = ["watch"]
