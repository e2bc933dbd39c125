from flask import Flask, request

from tasks import fill

app = Flask(__name__)


@app.post("/orders/<int:number>")
def order(number):
    fill.delay(number, request.get_json()["colour"])
    return {"accepted": number}, 202
