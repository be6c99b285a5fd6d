"""Messages: complaints ready for use when the vendor inquires."""

from __future__ import annotations

from typing import Any, TypedDict

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tierconfig.models import ProductMessage
from tierconfig.services.definitions import messages as services

from ..rql import field
from ..shaping import Events, Rendering
from .bodies import Text
from .children import Child, ChildFilters, Children, events_of, given, holding, removed


class ProductMessageShape(TypedDict):
    """`auto` would be a message that the platform made; none is."""

    id: str
    external_id: str
    value: str
    auto: bool
    events: Events


class ProductMessageRendering(Rendering[ProductMessage]):
    shape = ProductMessageShape

    def one(self, message: ProductMessage) -> dict[str, Any]:
        return {
            "id": message.pk,
            "external_id": message.external_id,
            "value": message.value,
            "auto": False,
            "events": events_of(message),
        }


class ProductMessageFilters(ChildFilters):
    MODEL = ProductMessage
    FILTERS = [
        field("id", order=True, search=True),
        field("external_id", order=True, search=True),
        field("value", search=True),
    ]


class ProductMessageBody(serializers.Serializer[Any]):
    external_id = Text()
    value = Text()


class NewProductMessageBody(ProductMessageBody):
    external_id = Text(required=True)
    value = Text(required=True)


NAMES = ("external_id", "value")


class ProductMessages(Children):
    """Complaints ready for use; their vendor's alone."""

    model = ProductMessage
    filters = ProductMessageFilters
    rendering = ProductMessageRendering
    ordering = ("external_id", "pk")
    body = NewProductMessageBody

    def post(self, request: Request, **ids: str) -> Response:
        """Add a message."""
        product = self.own()
        data = self.sent()
        values = {name: data[name] for name in NAMES}
        return self.shown(services.add_message(product, actor=self.actor, **values), 201)


class ProductMessageDetail(Child):
    """A complaint ready for use."""

    model = ProductMessage
    rendering = ProductMessageRendering
    body = ProductMessageBody

    @holding
    def put(self, request: Request, **ids: str) -> Response:
        """Change a message; complaints made with it stay as they are."""
        message = self.own_row()
        data = self.sent()
        values = {name: given(data, name, getattr(message, name)) for name in NAMES}
        return self.shown(services.edit_message(message, actor=self.actor, **values))

    def delete(self, request: Request, **ids: str) -> Response:
        """Remove a message."""
        services.remove_message(self.own_row(), actor=self.actor)
        return removed()
