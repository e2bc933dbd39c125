from tasks import fill

fill(7, "vermilion")
