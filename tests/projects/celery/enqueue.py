from tasks import fill

fill.delay(7, "vermilion")
