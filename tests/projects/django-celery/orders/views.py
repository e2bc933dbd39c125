import json

from django.http import JsonResponse

from orders import tasks


def fill(request, number):
    tasks.fill.delay(number, json.loads(request.body)["colour"])
    return JsonResponse({"accepted": number}, status=202)
