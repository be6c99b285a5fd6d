"""What the list of requests is narrowed and ordered by."""

from __future__ import annotations

from typing import Any

from django.db.models import Func, JSONField, OuterRef

from customers.actors import DISTRIBUTOR, RESELLER
from fulfillment.models import FulfillmentRequest

from ..assets.filters import AssetConditions, asset_fields
from ..rql import NULL, RANGE, field
from ..shared.service_levels import SLI, StayFilters
from .rendering import ENTITY


class Overlaid(Func):
    """Values with those of a request over them."""

    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(%(expressions)s)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" || ", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="json_patch", **context)


class RequestFilters(StayFilters, AssetConditions):
    MODEL = FulfillmentRequest
    ENTITY = ENTITY
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
        *SLI,
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
