"""Writes what bulk_sales planned."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from customers import holding
from customers.bulk import write
from customers.identifiers import digits
from customers.models import Event, Holding, Participation
from tierconfig.models import TierConfig, TierConfigRequest

from ..models import FulfillmentRequest, RequestItem, Subscription, SubscriptionItem
from .bulk_sales import Config, Sale, Sales, Work, works

Row = tuple[Any, ...]
REASON = "There is no contract for this country."
DECIDED = ("approved", "failed", "accepted", "ignored")
#: Attempts and claims of the outbox do not concern what was told long ago.
EVENT = (
    "id",
    "at",
    "verb",
    "object_type",
    "object_id",
    "provider_id",
    "vendor_id",
    "role",
    "actor_name",
    "from_state",
    "to_state",
    "told_at",
    "next_attempt_at",
)


def save(sales: Sales) -> None:
    side = sales.side
    both = (side.vendor.pk, side.distributor.pk)
    write(TierConfig, _CONFIG, (_config(each, both) for each in sales.configs))
    write(TierConfigRequest, _REQUEST, (_request(*each, both) for each in works(sales)))
    place = (side.market.pk, *both)
    write(Subscription, _SUBSCRIPTION, (_subscription(each, place) for each in sales.sales))
    write(FulfillmentRequest, _ORDER, (_order(each, both) for each in sales.sales))
    through = FulfillmentRequest.required_configurations.through
    pairs = ((order_id(each), config.pk) for each in sales.sales for config in each.required)
    write(through, ("fulfillmentrequest_id", "tierconfig_id"), pairs)
    write(
        SubscriptionItem,
        ("subscription_id", "item_id", "quantity"),
        ((each.pk, each.offer.item.pk, 5) for each in sales.sales),
    )
    write(
        RequestItem,
        ("request_id", "item_id", "quantity"),
        ((order_id(each), each.offer.item.pk, 5) for each in sales.sales),
    )
    write(Participation, _PARTICIPATION, _participations(sales, both))
    write(Event, EVENT, _events(sales, both))
    write(Holding, holding.COLUMNS, _holdings(sales, both))


def order_id(sale: Sale) -> str:
    return f"PR-{digits(sale.pk)}-001"


def request_id(config: Config, ordinal: int) -> str:
    return f"TCR-{digits(config.pk)}-{ordinal:03d}"


def _values(config: Config) -> dict[str, Any]:
    return {config.offer.asked[config.level]: {"value": f"R-{config.account.place}"}}


_CONFIG = (
    "id",
    "state",
    "account_id",
    "product_id",
    "tier_level",
    "connection_id",
    "vendor_id",
    "provider_id",
    "params",
    "configured_at",
    "created_at",
    "updated_at",
    "state_since",
)


def _config(config: Config, both: Row) -> Row:
    first, last = config.works[0], config.works[-1]
    offer = config.offer
    return (
        *(config.pk, config.state, config.account.pk, offer.product.pk, config.level),
        *(offer.connection.pk, *both),
        _values(config) if config.configured else {},
        first.since if config.configured else None,
        *(first.born, last.since, last.since),
    )


_REQUEST = (
    "id",
    "type",
    "state",
    "configuration_id",
    "parent_configuration_id",
    "vendor_id",
    "provider_id",
    "tier1_id",
    "tier2_id",
    "params",
    "reason",
    "inquiry_number",
    "inquiry_email",
    "inquiry_sent_at",
    "decided_at",
    "effective_date",
    "created_at",
    "updated_at",
    "state_since",
)


def _request(config: Config, ordinal: int, work: Work, both: Row) -> Row:
    account, setup = config.account, work.kind == "setup"
    above = account.parent.pk if account.parent else None
    return (
        *(request_id(config, ordinal), work.kind, work.state, config.pk),
        config.parent.pk if config.parent and setup else None,
        *both,
        *((account.pk, above) if config.level == 1 else (None, account.pk)),
        {} if work.state in ("inquiring", "tiers_setup") else _values(config),
        *_closing(work),
    )


_SUBSCRIPTION = (
    "id",
    "state",
    "product_id",
    "connection_id",
    "marketplace_id",
    "vendor_id",
    "provider_id",
    "customer_id",
    "tier1_id",
    "tier2_id",
    "created_at",
    "updated_at",
    "state_since",
)


def _subscription(sale: Sale, place: Row) -> Row:
    work, tiers = sale.work, [node.pk for node in sale.tiers]
    return (
        *(sale.pk, sale.state, sale.offer.product.pk, sale.offer.connection.pk, *place),
        *(tiers if len(tiers) == 3 else (*tiers, None)),
        *(work.born, work.since, work.since),
    )


_ORDER = (
    "id",
    "type",
    "state",
    "subscription_id",
    "creator_id",
    "vendor_id",
    "provider_id",
    "reason",
    "inquiry_number",
    "inquiry_email",
    "inquiry_sent_at",
    "decided_at",
    "effective_date",
    "created_at",
    "updated_at",
    "state_since",
)


def _order(sale: Sale, both: Row) -> Row:
    work = sale.work
    return (
        *(order_id(sale), work.kind, work.state, sale.pk, both[1], *both),
        *_closing(work),
    )


def _closing(work: Work) -> Row:
    """Reason, inquiry (number, address, time), decision, effective date and stamps."""
    asked = work.state == "inquiring"
    decided = work.since if work.state in ("approved", "failed") else None
    return (
        REASON if work.state == "failed" else "",
        *((1, "it@bulk.example", work.since) if asked else (0, "", None)),
        decided,
        decided if work.state == "approved" else None,
        *(work.born, work.since, work.since),
    )


_PARTICIPATION = (
    "vendor_id",
    "provider_id",
    "account_id",
    "product_id",
    "tier",
    "kind",
    "source",
    "live",
)


def _participations(sales: Sales, both: Row) -> Iterator[Row]:
    for config in sales.configs:
        who = (*both, config.account.pk, config.offer.product.pk, config.level)
        yield (*who, "configuration", config.pk, True)
    for sale in sales.sales:
        live = sale.state != "terminated"
        for tier, node in enumerate(sale.tiers):
            yield (*both, node.pk, sale.offer.product.pk, tier, "subscription", sale.pk, live)


def _events(sales: Sales, both: Row) -> Iterator[Row]:
    for config, ordinal, work in works(sales):
        yield from story("tierconfigrequest", request_id(config, ordinal), work, both)
    for sale in sales.sales:
        yield from story("fulfillmentrequest", order_id(sale), sale.work, both)


def _holdings(sales: Sales, both: Row) -> Iterator[Row]:
    for config, ordinal, work in works(sales):
        pk, product = request_id(config, ordinal), config.offer.product.pk
        yield from stays("tierconfigrequest", pk, work, both, product, config.account.pk)
    for sale in sales.sales:
        pk, product = order_id(sale), sale.offer.product.pk
        yield from stays("fulfillmentrequest", pk, sale.work, both, product, sale.customer.pk)


def stays(kind: str, pk: str, work: Work, both: Row, product: str, asked: str) -> Iterator[Row]:
    """Who held it: as `story` tells it, the vendor until a decision, else one since its birth."""
    decided = work.state in DECIDED
    state = "pending" if decided else work.state
    span = (work.born, work.since if decided else None)
    vendor, provider = both
    if work.state != "unsupported":
        sides = {"product": product, "vendor": vendor, "provider": provider}
        yield holding.row(kind, pk, state, span, **sides, asked=asked)


def story(kind: str, pk: str, work: Work, both: Row) -> Iterator[Row]:
    """Birth and, if it came to that, decision; both told already."""
    step = {"approved": "approve", "failed": "fail", "accepted": "accept", "ignored": "ignore"}
    verb = step.get(work.state)
    first = "pending" if verb else work.state
    yield _event(f"{kind}.created", kind, pk, work.born, both, "distributor", "", first)
    if verb:
        yield _event(f"{kind}.{verb}", kind, pk, work.since, both, "vendor", first, work.state)


def _event(
    verb: str, kind: str, pk: str, at: Any, both: Row, role: str, before: str, after: str
) -> Row:
    vendor, provider = both
    who = "Vendor's agent" if role == "vendor" else "Distributor's agent"
    return (uuid.uuid4(), at, verb, kind, pk, provider, vendor, role, who, before, after, at, at)
