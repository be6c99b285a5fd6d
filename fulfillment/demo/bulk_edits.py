"""Bulk account edits and the requests they raised."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from customers import holding
from customers.bulk import write
from customers.identifiers import digits
from customers.models import Event, Holding, Product, TierAccountRequest
from customers.services.requests import UNSUPPORTED_REASON

from .bulk_accounts import Planted
from .bulk_rows import EVENT, Row, stays, story
from .bulk_sales import DAY, Sales, Work
from .forest import Node

IGNORED = "The invoice address is kept in our own system."
_COLUMNS = (
    "id",
    "state",
    "account_id",
    "base_version",
    "version",
    "product_id",
    "vendor_id",
    "provider_id",
    "changed",
    "reason",
    "decided_at",
    "created_at",
    "updated_at",
    "state_since",
)


@dataclass
class Edits:
    #: Account id -> times of its edits, oldest first.
    times: dict[str, list[datetime]] = field(default_factory=dict)
    #: Edited account, number of the edit from 1, product, its place among the products, outcome.
    raised: list[tuple[Node, int, Product, int, Work]] = field(default_factory=list)


def plan(planted: Planted, sales: Sales, count: int, rng: random.Random, now: datetime) -> Edits:
    """Edit accounts of live subscriptions until `count` requests were raised."""
    products: dict[Node, dict[str, Product]] = {}
    for sale in sales.sales:
        if sale.state != "terminated":
            for node in sale.tiers:
                products.setdefault(node, {})[sale.offer.product.pk] = sale.offer.product
    edited = list(products)
    wanted: dict[Node, int] = {}
    total = 0
    while total < count and edited:
        node = rng.choice(edited)
        wanted[node] = wanted.get(node, 0) + 1
        total += len(products[node])
    edits = Edits()
    for node, times in wanted.items():
        stamps = sorted(
            now - timedelta(seconds=rng.randrange(600, 360 * DAY)) for _ in range(times)
        )
        edits.times[node.pk] = stamps
        connected = [products[node][pk] for pk in sorted(products[node])]
        for turn, at in enumerate(stamps, start=1):
            for index, product in enumerate(connected, start=1):
                work = _outcome(product, at, rng, now)
                edits.raised.append((node, turn, product, index, work))
    return edits


def save(planted: Planted, sales: Sales, edits: Edits) -> None:
    both = (sales.side.vendor.pk, sales.side.distributor.pk)
    write(TierAccountRequest, _COLUMNS, (_row(*each, both) for each in edits.raised))
    write(Event, EVENT, _events(edits, both))
    write(Holding, holding.COLUMNS, _holdings(edits, both))


def _outcome(product: Product, at: datetime, rng: random.Random, now: datetime) -> Work:
    if not product.tier_accounts_sync:
        return Work("update", "unsupported", at, at)
    recent = now - at < timedelta(days=40)
    states = ("accepted", "ignored", "pending")
    state = rng.choices(states, (40, 5, 55) if recent else (90, 8, 2))[0]
    return Work("update", state, at, at if state == "pending" else at + (now - at) * 0.1)


def _request_id(node: Node, turn: int, index: int) -> str:
    return f"TAR-{digits(node.pk)}-{turn:03d}-{index:03d}"


def _row(node: Node, turn: int, product: Product, index: int, work: Work, both: Row) -> Row:
    reasons = {"unsupported": UNSUPPORTED_REASON, "ignored": IGNORED}
    return (
        *(_request_id(node, turn, index), work.state, node.pk, turn, turn + 1, product.pk, *both),
        ["address_line1"],
        reasons.get(work.state, ""),
        None if work.state == "pending" else work.since,
        *(work.born, work.since, work.since),
    )


def _events(edits: Edits, both: Row) -> Iterator[Row]:
    for node, turn, _product, index, work in edits.raised:
        yield from story("tieraccountrequest", _request_id(node, turn, index), work, both)


def _holdings(edits: Edits, both: Row) -> Iterator[Row]:
    for node, turn, product, index, work in edits.raised:
        pk = _request_id(node, turn, index)
        yield from stays("tieraccountrequest", pk, work, both, product.pk, node.pk)
