from tasks import fill

fill.send(7, "vermilion")
