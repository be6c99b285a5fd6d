"""Hubs and marketplaces; both are kept by administrators of the platform, so they are read here."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from customers.models import Connection, Hub, Marketplace

from ..views import DetailView, ListView
from .filters import HubConnectionFilters, HubFilters, MarketplaceFilters
from .shapes import (
    ConnectionOfHubRendering,
    HubRendering,
    MarketplaceOfHubRendering,
    MarketplaceRendering,
)


class Hubs(ListView):
    """The distributor's hubs."""

    module = "account"
    model = Hub
    filters = HubFilters
    rendering = HubRendering
    ordering = ("name",)


class HubDetail(DetailView):
    """One hub."""

    module = "account"
    model = Hub
    rendering = HubRendering


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


class MarketplaceDetail(DetailView):
    """One marketplace."""

    module = "account"
    model = Marketplace
    rendering = MarketplaceRendering
