"""Through which connection and marketplace a product is ordered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Value

from customers.models import Connection, Listing, Product

PRODUCTION = str(Connection.Type.PRODUCTION)
TEST = str(Connection.Type.TEST)
#: Orders without a connection.
PREVIEW = "preview"
_HUB = re.compile(r"HB(-\d{1,9})+")
KINDS = (PRODUCTION, TEST, PREVIEW)


@dataclass(frozen=True)
class Place:
    """Where an order would be placed: the type of the connection, maybe the hub it leads to.

    Without a hub it is the connection the order wizard proposes: the first of the type.
    """

    kind: str = PRODUCTION
    hub: str = ""

    @classmethod
    def of(cls, text: str) -> Place:
        """From what `str` gives, production for anything else."""
        kind, _sep, hub = text.partition(":")
        fits = kind != PREVIEW and _HUB.fullmatch(hub)
        return cls(kind, hub if fits else "") if kind in KINDS else cls()

    def __str__(self) -> str:
        return f"{self.kind}:{self.hub}" if self.hub else self.kind


class Refusal(StrEnum):
    """Why an order would be refused, whoever buys."""

    NOT_ON_SALE = "not_on_sale"
    NOT_LISTED = "not_listed"
    NOT_CONNECTED = "not_connected"
    PREVIEW_ACCOUNT = "preview_account"


@dataclass(frozen=True)
class Offer:
    """How one distributor sells a product at a place; ids, or the reason why it does not."""

    marketplace: str | None = None
    connection: str | None = None
    refusal: Refusal | None = None

    @property
    def key(self) -> tuple[str | None, str | None]:
        """(connection, marketplace) as configurations are found by (decision 10)."""
        return (self.connection, None) if self.connection else (None, self.marketplace)


Offers = dict[tuple[str, str], Offer]


def offers(products: Iterable[Product], providers: Iterable[str] | None, place: Place) -> Offers:
    """The offer of each product by each distributor, by (product, distributor). One query.

    Without `providers` by all that list one of the products.
    """
    rows = list(products)
    keys = [row.pk for row in rows]
    listed = Listing.objects.filter(product__in=keys, active=True)
    connected = _connections(keys, place)
    if providers is not None:
        listed = listed.filter(marketplace__owner__in=set(providers))
        connected = connected.filter(hub__provider__in=set(providers))
    found = listed.values_list(
        Value("market"), "product", "marketplace__owner", "marketplace", "marketplace__name"
    )
    if place.kind != PREVIEW:
        found = found.union(
            connected.values_list(Value("way"), "product", "hub__provider", "pk", Value("")),
            all=True,
        )
    markets: dict[tuple[str, str], str] = {}
    ways: dict[tuple[str, str], str] = {}
    # The database orders names, as it does for the order wizard.
    for kind, product, owner, pk, _name in found.order_by("marketplace__name", "marketplace"):
        (ways if kind == "way" else markets).setdefault((product, owner), pk)
    sides = {owner for _product, owner in markets} if providers is None else set(providers)
    return {
        (row.pk, side): _offer(row, markets.get((row.pk, side)), ways.get((row.pk, side)), place)
        for row in rows
        for side in sides
    }


def _connections(keys: list[str], place: Place) -> Any:
    rows = Connection.objects.filter(
        product__in=keys, type=place.kind, status=Connection.Status.APPROVED
    )
    return rows.filter(hub=place.hub) if place.hub else rows


def unsold(product: Product) -> Offer:
    """Of a distributor that does not list it."""
    on_sale = product.state == Product.State.PUBLISHED
    return Offer(refusal=Refusal.NOT_LISTED if on_sale else Refusal.NOT_ON_SALE)


def _offer(product: Product, market: str | None, way: str | None, place: Place) -> Offer:
    if product.state != Product.State.PUBLISHED or market is None:
        return unsold(product)
    if way is None and place.kind != PREVIEW:
        return Offer(market, refusal=Refusal.NOT_CONNECTED)
    return Offer(market, way)
