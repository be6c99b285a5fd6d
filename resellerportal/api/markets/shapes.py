"""Hubs and marketplaces as the API shows them (domain 2.2, 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from django.db.models import Count

from customers.bulk import among
from customers.cleaning import countries
from customers.models import Connection, Hub, Marketplace
from customers.services.markets import hubs_named_to

from ..shaping import Happening, Ref, Rendering, ref, stamp
from ..shared.products import Products
from .zones import ZONES, zone_of


class HubInstance(TypedDict):
    id: str
    type: str


class HubStats(TypedDict):
    connections: int
    marketplaces: int


class HubShape(TypedDict):
    id: str
    name: str
    company: Ref
    instance: HubInstance
    stats: HubStats


class HubRendering(Rendering[Any]):
    shape = HubShape
    reads = ("pk", "name", "type", "provider_id", "provider__name")

    def prepare(self, objects: Sequence[Mapping[str, Any]]) -> None:
        own = Connection.objects.visible_to(self.actor).order_by()
        own = own.filter(among("hub_id", [hub["pk"] for hub in objects]))
        self.connections = dict(own.values_list("hub").annotate(number=Count("pk")))
        owners = {hub["provider_id"] for hub in objects}
        markets = Marketplace.objects.visible_to(self.actor).order_by().filter(owner__in=owners)
        self.marketplaces = dict(markets.values_list("owner").annotate(number=Count("pk")))

    def one(self, hub: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": hub["pk"],
            "name": hub["name"],
            "company": {"id": hub["provider_id"], "name": hub["provider__name"]},
            "instance": {"id": hub["pk"], "type": hub["type"]},
            "stats": {
                "connections": self.connections.get(hub["pk"], 0),
                "marketplaces": self.marketplaces.get(hub["provider_id"], 0),
            },
        }


class Country(TypedDict):
    id: str
    name: str
    zone: str | None


class MarketplaceHub(TypedDict):
    """`external_id`: hubs of a distributor know its marketplaces by their ids."""

    hub: Ref
    external_id: str


class MarketplaceStats(TypedDict):
    hubs: int
    contracts: int


class MarketplaceShape(TypedDict):
    """There are no contracts: they are counted as none. A distributor's hubs serve all of its
    marketplaces; those are listed that the reader is told of."""

    id: str
    name: str
    description: str | None
    icon: str | None
    owner: Ref
    zone: str | None
    hubs: list[MarketplaceHub]
    active_contracts: int
    countries: list[Country]
    currency: str
    stats: MarketplaceStats


class MarketplaceRendering(Rendering[Marketplace]):
    shape = MarketplaceShape
    related = ("owner",)

    def prepare(self, objects: Sequence[Marketplace]) -> None:
        self.names = countries()
        self.hubs: dict[str, list[Hub]] = {}
        if self.branches.wants("hubs") or self.branches.wants("stats"):
            owners = {market.owner_id for market in objects}
            for hub in hubs_named_to(self.actor).filter(provider__in=owners).order_by("name", "pk"):
                self.hubs.setdefault(hub.provider_id, []).append(hub)

    def one(self, market: Marketplace) -> dict[str, Any]:
        hubs = self.hubs.get(market.owner_id, ())
        return {
            "id": market.pk,
            "name": market.name,
            "description": None,
            "icon": None,
            "owner": ref(market.owner),
            "zone": zone_of(market.countries),
            "hubs": [{"hub": ref(hub), "external_id": market.pk} for hub in hubs],
            "active_contracts": 0,
            "countries": [
                {"id": code, "name": self.names.get(code, code), "zone": ZONES.get(code)}
                for code in market.countries
            ],
            "currency": market.currency,
            "stats": {"hubs": len(hubs), "contracts": 0},
        }


class MarketplaceOfHubShape(TypedDict):
    id: str
    name: str
    icon: str | None
    external_id: str


class MarketplaceOfHubRendering(Rendering[Marketplace]):
    shape = MarketplaceOfHubShape

    def one(self, market: Marketplace) -> dict[str, Any]:
        return {"id": market.pk, "name": market.name, "icon": None, "external_id": market.pk}


class ProductOfHub(TypedDict):
    id: str
    name: str
    status: str
    icon: str


class ConnectionOfHubShape(TypedDict):
    id: str
    type: str
    status: str
    provider: Ref
    vendor: Ref
    product: ProductOfHub
    created_at: str
    events: dict[str, Happening]


class ConnectionOfHubRendering(Rendering[Connection]):
    shape = ConnectionOfHubShape
    related = ("product__owner", "hub__provider")

    def prepare(self, objects: Sequence[Connection]) -> None:
        self.products = Products(each.product for each in objects)

    def one(self, connection: Connection) -> dict[str, Any]:
        created = stamp(connection.created_at)
        return {
            "id": connection.pk,
            "type": connection.type,
            "status": connection.status,
            "provider": ref(connection.hub.provider),
            "vendor": ref(connection.product.owner),
            "product": self.products.ref(connection.product_id),
            "created_at": created,
            "events": {"created": {"at": created}},
        }
