"""What the list of requests is narrowed and ordered by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Func, JSONField, OuterRef, Q, QuerySet
from django.utils import timezone
from py_rql.constants import FilterLookups

from customers.actors import DISTRIBUTOR, RESELLER
from fulfillment.models import FulfillmentRequest
from tierconfig.services import levels

from ..assets.filters import AssetConditions, asset_fields
from ..rql import EQ, NE, NULL, RANGE, custom, field
from .rendering import ENTITY

GT, GE = FilterLookups.GT, FilterLookups.GE
LT, LE = FilterLookups.LT, FilterLookups.LE
SLI = ("sli.days", "sli.zone")


class Overlaid(Func):
    """Values with those of a request over them."""

    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" || ", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="json_patch", **context)


class RequestFilters(AssetConditions):
    MODEL = FulfillmentRequest
    PATH = "subscription__"
    #: Who of its people looks after a request is the vendor's matter, service levels no reseller's.
    HIDDEN = {
        DISTRIBUTOR: ("assignee",),
        RESELLER: ("assignee", "sli", "asset.connection.hub"),
    }
    FILTERS = [
        field("id", search=True, order=True),
        field("type"),
        field("status", "state", order=True),
        *asset_fields("asset.", "subscription__"),
        field("template.id"),
        field("assignee", "assignee__id"),
        field("assignee.name"),
        field("assignee.email"),
        custom("sli.days", lookups={EQ, NE, GT, GE, LT, LE}, order=True),
        custom("sli.zone", lookups={*RANGE, NULL}, order=True),
        field("planned_date", order=True, lookups={*RANGE, NULL}),
        field("effective_date", order=True, lookups={*RANGE, NULL}),
        field("created", "created_at", order=True, lookups=RANGE),
        field("updated", "updated_at", order=True, lookups=RANGE),
    ]
    ALIASES = {
        "asset_id": "asset.id",
        "product_id": "asset.product.id",
        "product.id": "asset.product.id",
        "contract.id": "asset.contract.id",
        "marketplace.id": "asset.marketplace.id",
        "marketplace.name": "asset.marketplace.name",
        "asset.external.id": "asset.external_id",
        "asset.account_id": "asset.tiers.customer.id",
        "asset.tier1_id": "asset.tiers.tier1.id",
        "asset.tier2_id": "asset.tiers.tier2.id",
        "asset.tiers.tier1": "asset.tiers.tier1.id",
        "asset.tiers.tier2": "asset.tiers.tier2.id",
        "asset.connection.environment": "asset.connection.type",
        "assignee.id": "assignee",
        "events.created.at": "created",
        "events.updated.at": "updated",
    }

    def values(self) -> Any:
        return Overlaid(OuterRef("subscription__params"), OuterRef("params"))

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == "sli.days":
            return _by_days(lookup, int(value))
        if name == "sli.zone":
            return _by_zone(lookup, value)
        return super().narrow(name, lookup, value)

    def order_name(self, name: str) -> str:
        return "state_since"

    def _apply_ordering(self, qs: QuerySet[Any], properties: list[Any]) -> QuerySet[Any]:
        """More days in a state are an earlier beginning."""
        turned = [
            tuple(_turned(prop) if prop.lstrip("-") in SLI else prop for prop in props)
            for props in properties
        ]
        return super()._apply_ordering(qs, turned)


def _turned(prop: str) -> str:
    return prop.removeprefix("-") if prop.startswith("-") else f"-{prop}"


def _by_days(lookup: str, days: int) -> Q:
    """Whole days in the present state, of requests in states that have a service level."""
    if not 0 <= days <= levels.MOST:
        raise ValueError(days)
    now = timezone.now()
    from_then = Q(state_since__lte=now - timedelta(days=days))
    longer = Q(state_since__lte=now - timedelta(days=days + 1))
    found = {
        EQ: from_then & ~longer,
        GE: from_then,
        GT: longer,
        LT: ~from_then,
        LE: ~longer,
    }[lookup]
    states = {state for entity, state in levels.defaults() if entity == ENTITY}
    return Q(state__in=states) & found


def _by_zone(lookup: str, value: str) -> Q:
    """None for what is decided, which has no zone."""
    if value in ("null()", "empty()"):
        states = {state for entity, state in levels.defaults() if entity == ENTITY}
        return ~Q(state__in=states)
    wanted = int(value)
    kept = {
        EQ: lambda zone: zone == wanted,
        GE: lambda zone: zone >= wanted,
        GT: lambda zone: zone > wanted,
        LT: lambda zone: zone < wanted,
        LE: lambda zone: zone <= wanted,
    }[lookup]
    found = Q(pk__in=[])
    for zone in levels.Zone:
        if kept(zone):
            found |= levels.in_zone(ENTITY, zone)
    return found
