"""Any number of accounts and requests for one vendor and one distributor, written in bulk.

`scene()` makes partners, products and data for measurements; `fill()` adds to a world that has
them. No service runs, so nothing but the rows is there: history is one event per request.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from customers import identifiers
from customers.models import Connection, Hub, Listing, Marketplace, Partner, Product
from tierconfig.models import Parameter, Template

from ..models import Item
from . import bulk_accounts, bulk_edits, bulk_rows, bulk_sales
from .bulk_accounts import Planted
from .bulk_sales import Offer, Side

SEED = 100_000


@dataclass(frozen=True)
class Scene:
    """What a measurement needs to sign in and look at."""

    side: Side
    planted: Planted


def scene(accounts: int, requests: int | None = None, *, seed: int = SEED) -> Scene:
    """Make a vendor, a distributor, three products and bulk data; no users.

    `requests` is the number of account requests, of configuration requests and of orders each,
    by default as many as accounts. Access of a reseller is the caller's to grant.
    """
    rng = random.Random(seed)  # noqa: S311
    with transaction.atomic(), identifiers.drawn_from(rng):
        side = _make_side()
        return Scene(side, fill(side, accounts, requests, rng=rng))


def fill(
    side: Side,
    accounts: int,
    requests: int | None = None,
    *,
    rng: random.Random | None = None,
    now: datetime | None = None,
) -> Planted:
    """Write `accounts` accounts in trees on four levels, and `requests` of each kind."""
    rng = rng or random.Random(SEED)  # noqa: S311
    now = now or timezone.now()
    with transaction.atomic(), identifiers.drawn_from(rng):
        planted = bulk_accounts.plan(side.distributor, side.hub, accounts, rng, now)
        sales = bulk_sales.plan(side, planted, requests or accounts, rng, now)
        edits = bulk_edits.plan(planted, sales, requests or accounts, rng, now)
        bulk_accounts.save(planted, edits.times)
        bulk_rows.save(sales)
        bulk_edits.save(planted, sales, edits)
        _analyze()
    return planted


def side_of(vendor: Partner, distributor: Partner) -> Side:
    """The side that partners, listings and connections already make up."""
    connections = Connection.objects.filter(
        product__owner=vendor, hub__provider=distributor
    ).select_related("product", "hub")
    offers = [_offer(each) for each in connections.order_by("product")]
    market = Marketplace.objects.filter(owner=distributor).order_by("pk")[0]
    return Side(vendor, distributor, offers[0].connection.hub, market, offers)


def _analyze() -> None:
    """Let the planner of PostgreSQL know of the new rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _make_side() -> Side:
    vendor = identifiers.insert(Partner, "VA", name="Bulk Vendor", role="vendor")
    distributor = identifiers.insert(Partner, "PA", name="Bulk Distributor", role="distributor")
    hub = identifiers.insert(Hub, "HB", name="Bulk hub", provider=distributor)
    market = identifiers.insert(Marketplace, "MP", name="Bulk market", owner=distributor)
    offers = [
        _make_offer(vendor, hub, market, name, sync, level)
        for name, sync, level in (
            ("Bulk Archive", True, 2),
            ("Bulk Backup", True, 0),
            ("Bulk Shield", False, 1),
        )
    ]
    return Side(vendor, distributor, hub, market, offers)


def _make_offer(
    vendor: Partner, hub: Hub, market: Marketplace, name: str, sync: bool, level: int
) -> Offer:
    product = identifiers.insert(
        Product,
        "PRD",
        name=name,
        owner=vendor,
        state=Product.State.PUBLISHED,
        tier_accounts_sync=sync,
        authorization_level=level,
    )
    Listing.objects.create(product=product, marketplace=market)
    Item.objects.create(
        pk=f"{product.pk}-0001", product=product, local_id="SEAT", mpn="SEAT", name="Seat"
    )
    for number, scope in enumerate(("asset", "tier1", "tier2")[: level + 1], start=1):
        Parameter.objects.create(
            pk=f"PRM-{identifiers.digits(product.pk)}-{number:04d}",
            product=product,
            scope=scope,
            name=f"{scope}_name",
            title=f"Name for {scope}",
            required=scope != "asset",
        )
        identifiers.insert(
            Template,
            "TL",
            product=product,
            scope=scope,
            type="fulfillment" if scope == "asset" else "",
            name="Welcome",
            body="# Welcome",
        )
    connected = identifiers.insert(
        Connection, "CT", product=product, hub=hub, created_at=timezone.now() - timedelta(days=800)
    )
    return _offer(connected)


def _offer(connected: Connection) -> Offer:
    product = connected.product
    asked = {}
    for tier in (1, 2):
        own = Parameter.objects.filter(product=product, scope=f"tier{tier}", phase="ordering")
        for name in own.order_by("position").values_list("name", flat=True)[:1]:
            asked[tier] = name
    return Offer(product, product.items.order_by("pk")[0], connected, asked)
