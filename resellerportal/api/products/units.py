"""Units of items: words of the vendor's own. What names one uses it; nothing else keeps them."""

from __future__ import annotations

from typing import Any, TypedDict

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import VENDOR
from customers.service_rights import PRODUCTS
from fulfillment.models import Item
from fulfillment.services.items import MAX_UNIT

from .. import lists
from ..views import ApiView
from .bodies import Text
from .items import UNIT

RESERVATION = Item.Type.RESERVATION.lower()


class UnitShape(TypedDict):
    """`type` is that of the items that are counted in it, in small letters."""

    id: str
    description: str
    type: str
    unit: str


class UnitBody(serializers.Serializer[Any]):
    description = Text(required=True, allow_blank=False, max_length=MAX_UNIT)
    type = Text()
    unit = Text()


class Units(ApiView):
    """The units that the vendor's items are counted in."""

    module = PRODUCTS
    roles = (VENDOR,)
    listing = True
    shape = UnitShape
    body = UnitBody
    answers = {"POST": (201, UnitShape)}

    def get(self, request: Request) -> Response:
        rows = Item.objects.visible_to(self.actor).order_by("unit", "type")
        words = {(UNIT, RESERVATION), *rows.values_list("unit", "type").distinct()}
        found = sorted({(unit, kind.lower()) for unit, kind in words})
        return lists.plain([_unit(*each) for each in found], self.query())

    def post(self, request: Request) -> Response:
        """Take a word for a unit; it is there as soon as an item names it."""
        sent = self.sent()
        kind = (sent.get("type") or RESERVATION).lower()
        return Response(_unit(sent["description"], kind), status=201)


def _unit(word: str, kind: str) -> dict[str, Any]:
    return {"id": word, "description": word, "type": kind, "unit": word}
