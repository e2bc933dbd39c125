from shop import app

application = app
