"""What lists of hubs and marketplaces are narrowed and ordered by."""

from __future__ import annotations

from django.db.models import Q

from customers.models import Connection, Hub, Marketplace
from customers.services.markets import hubs_named_to

from ..rql import EQ, NE, Filters, custom, field


class HubFilters(Filters):
    MODEL = Hub
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True),
        field("instance.id", "id", search=True),
        field("instance.type", "type", order=True),
    ]
    ALIKE = ("events.created.at", "events.updated.at")


class MarketplaceFilters(Filters):
    """Hubs are asked for as far as they are named to the reader."""

    MODEL = Marketplace
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True, search=True),
        field("currency", order=True, search=True),
        field("owner.id", search=True),
        field("owner.name", search=True),
        custom("countries.id", lookups={EQ, NE, "in", "out"}),
        custom("hubs.id"),
        custom("hubs.name"),
    ]
    ALIKE = ("alt_currency_1", "alt_currency_2", "stats.contracts")

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == "countries.id":
            # Codes are stored as a list of JSON, which databases read in different ways.
            return Q(**{"countries__icontains": f'"{value}"'})
        wanted = self.column(name.removeprefix("hubs."), lookup, value)
        named = hubs_named_to(self.actor).filter(wanted)
        return Q(owner__in=named.values("provider"))


class HubConnectionFilters(Filters):
    MODEL = Connection
    FILTERS = [
        field("id", order=True),
        field("type"),
        field("status"),
        field("product.id"),
        field("product.name"),
        field("vendor.id", "product__owner__id"),
    ]
