"""Hubs and marketplaces; administrators of a distributor write its own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Connection, Hub, Marketplace
from customers.services import markets as services

from ..views import DetailView, ListView
from .bodies import HubBody, HubChangeBody, MarketplaceBody, MarketplaceChangeBody
from .filters import HubConnectionFilters, HubFilters, MarketplaceFilters
from .shapes import (
    ConnectionOfHubRendering,
    HubRendering,
    MarketplaceOfHubRendering,
    MarketplaceRendering,
)

HUB_FIELDS = {"type": "instance_type"}


class Hubs(ListView):
    """The distributor's hubs."""

    module = "account"
    model = Hub
    filters = HubFilters
    rendering = HubRendering
    ordering = ("name",)
    body = HubBody
    fields = HUB_FIELDS

    def post(self, request: Request, **ids: str) -> Response:
        """Add a hub."""
        services.own_partner(self.actor)
        sent = self.sent()
        kind = sent["instance_type"].upper()
        hub = services.create_hub(actor=self.actor, name=sent["name"], type=kind)
        rendering = self.rendering(self.actor)
        row = rendering.rows(self.rows()).get(pk=hub.pk)
        return Response(rendering.alone(row), status=201)


class HubDetail(DetailView):
    """One hub."""

    module = "account"
    model = Hub
    rendering = HubRendering
    bodies = {"PUT": HubChangeBody}
    fields = HUB_FIELDS

    def put(self, request: Request, **ids: str) -> Response:
        """Rename the hub."""
        hub = self.object(**ids)
        services.own_partner(self.actor)
        sent = self.sent(HubChangeBody)
        name = sent.get("name", hub.name)
        with transaction.atomic():
            fresh = services.edit_hub(hub, actor=self.actor, name=name)
            if sent.get("instance_type", fresh.type).upper() != fresh.type:
                raise ValidationError({"type": _("This cannot be changed.")})
        return self.shown(hub)

    def delete(self, request: Request, **ids: str) -> Response:
        """Remove a hub that was never used."""
        services.remove_hub(self.object(**ids), actor=self.actor)
        return Response(status=204)


class HubConnections(ListView):
    """Products connected to one hub."""

    module = "account"
    model = Connection
    filters = HubConnectionFilters
    rendering = ConnectionOfHubRendering

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(hub=self.visible(Hub, self.kwargs["pk"]))


class HubMarketplaces(ListView):
    """Marketplaces that one hub serves: all of its distributor."""

    module = "account"
    model = Marketplace
    filters = MarketplaceFilters
    rendering = MarketplaceOfHubRendering
    ordering = ("name",)

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(owner=self.visible(Hub, self.kwargs["pk"]).provider_id)


class Marketplaces(ListView):
    """A distributor's own; a vendor's by its listings; a reseller's by its distributors."""

    module = "account"
    model = Marketplace
    filters = MarketplaceFilters
    rendering = MarketplaceRendering
    ordering = ("name",)
    body = MarketplaceBody

    def post(self, request: Request, **ids: str) -> Response:
        """Add a marketplace."""
        services.own_partner(self.actor)
        market = services.create_marketplace(actor=self.actor, **_values(self.sent()))
        return Response(self.rendering(self.actor).alone(market), status=201)


class MarketplaceDetail(DetailView):
    """One marketplace."""

    module = "account"
    model = Marketplace
    rendering = MarketplaceRendering
    bodies = {"PUT": MarketplaceChangeBody}

    def put(self, request: Request, **ids: str) -> Response:
        """Change what is sent."""
        market = self.object(**ids)
        services.own_partner(self.actor)
        sent = _values(self.sent(MarketplaceChangeBody))
        services.edit_marketplace(market, actor=self.actor, **sent)
        return self.shown(market)

    def delete(self, request: Request, **ids: str) -> Response:
        """Remove a marketplace on which nothing was ever listed or sold."""
        services.remove_marketplace(self.object(**ids), actor=self.actor)
        return Response(status=204)


def _values(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the services take it."""
    if "countries" not in sent:
        return sent
    return {**sent, "countries": [each["id"] for each in sent["countries"]]}
