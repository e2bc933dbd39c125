import json
import logging

from django.http import JsonResponse

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


def health(request):
    return JsonResponse({"status": "ok"})


def fill(request, number):
    order = json.loads(request.body)
    logger.warning("order %s cannot be filled", number)
    raise OutOfStock(order["colour"])
