"""Connections of a product to hubs: asked for by distributors, decided by its vendor."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.actors import ADMINISTRATOR, DISTRIBUTOR, VENDOR
from customers.models import Connection, Hub
from customers.permissions import by_administrator_of
from customers.services import connections as services

from ..errors import ApiError, NotFound
from ..markets.shapes import HubInstance
from ..rql import custom, field
from ..shaping import Events, Ref, Rendering, ref
from ..shared.connections import connection_shape
from .bodies import Text
from .children import Child, ChildFilters, Children, events_of


class ConnectionHub(TypedDict):
    id: str
    name: str
    instance: HubInstance


class ConnectionOfProduct(TypedDict):
    """All are of the public version of the product, there being no other."""

    id: str
    type: Literal["test", "production"]
    status: Literal["pending", "approved", "rejected", "revoked"]
    vendor: Ref
    provider: Ref
    hub: ConnectionHub
    product: Ref
    created_at: str
    note: str
    product_version_type: str
    events: Events


class ConnectionRendering(Rendering[Connection]):
    shape = ConnectionOfProduct
    related = ("hub__provider", "product__owner")

    def one(self, connection: Connection) -> dict[str, Any]:
        hub, product = connection.hub, connection.product
        found = connection_shape(connection, product.owner, hub.provider, self.actor)
        found["hub"] = {**ref(hub), "instance": {"id": hub.pk, "type": hub.type}}
        return found | {
            "product": ref(product),
            "note": "",
            "product_version_type": "public",
            "events": events_of(connection),
        }


class ConnectionFilters(ChildFilters):
    MODEL = Connection
    FILTERS = [
        field("id", order=True),
        field("type"),
        field("status"),
        field("hub.id"),
        field("hub.name"),
        field("hub.instance.id", "hub__id"),
        field("provider.id", "hub__provider__id"),
        field("provider.name", "hub__provider__name"),
        custom("product_version_type"),
    ]
    CONSTANTS = {"product_version_type": "public"}


class SentHub(serializers.Serializer[Any]):
    id = Text(required=True)


class NewConnectionBody(serializers.Serializer[Any]):
    hub = SentHub()
    type = Text()


class ConnectionBody(serializers.Serializer[Any]):
    status = Text()


class Connections(Children):
    """Administrators of a distributor ask; the vendor is told."""

    writers = (DISTRIBUTOR,)
    model = Connection
    filters = ConnectionFilters
    rendering = ConnectionRendering
    ordering = ("hub__provider__name", "type", "pk")
    body = NewConnectionBody
    fields = {"hub": "hub.id"}

    def post(self, request: Request, **ids: str) -> Response:
        product = self.product
        if self.actor.level != ADMINISTRATOR:
            raise PermissionDenied
        data = self.sent()
        try:
            hub = self.visible(Hub, data["hub"]["id"])
        except NotFound as error:
            raise ApiError(_("hub.id: this hub is unknown.")) from error
        kind = data.get("type") or Connection.Type.PRODUCTION
        made = services.request_connection(product, actor=self.actor, hub=hub, type=kind)
        return self.shown(made, 201)


#: Status that is asked for -> how it is come to.
DECISIONS = {
    Connection.Status.APPROVED.value: services.approve_connection,
    "active": services.approve_connection,
    Connection.Status.REJECTED.value: services.reject_connection,
}


class ConnectionDetail(Child):
    """Its vendor approves or rejects it by sending the `status`; nothing else can be changed."""

    writers = (VENDOR,)
    model = Connection
    rendering = ConnectionRendering
    body = ConnectionBody

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("product")

    def put(self, request: Request, **ids: str) -> Response:
        connection = self.object(**ids)
        if not by_administrator_of(self.product, self.actor):
            raise PermissionDenied
        wanted = self.sent().get("status")
        if not wanted or wanted == connection.status:
            return self.shown(connection)
        if wanted not in DECISIONS:
            raise ApiError(_("status: approved or rejected is expected."))
        return self.shown(DECISIONS[wanted](connection, actor=self.actor))
