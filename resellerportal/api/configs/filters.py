"""What lists of tier configurations are narrowed and ordered by (domain 6.3)."""

from __future__ import annotations

from django.db.models import CharField, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from tierconfig.models import TierConfig

from ..rql import NOTHING, NULL, RANGE, Filters, custom, field
from ..shaping import NO_CONNECTION, NO_MARKETPLACE
from ..shared.connections import PUBLIC
from ..shared.matching import no_contract
from ..shared.param_filters import Place, param_condition

PLACE = Place(
    product=OuterRef("product"),
    scope=Concat(Value("tier"), Cast(OuterRef("tier_level"), CharField())),
    values=OuterRef("params"),
)


class ConfigFilters(Filters):
    MODEL = TierConfig
    FILTERS = [
        field("id", order=True, search=True),
        field("status", "state", order=True),
        field("tier_level", order=True),
        field("account.id", order=True, search=True),
        field("account.company_name", "account__name", order=True, search=True),
        field("account.external_id"),
        field("account.external_uid"),
        field("product.id", order=True, search=True),
        field("product.name", order=True, search=True),
        field("marketplace.id", order=True, search=True, null=(NO_MARKETPLACE["id"],)),
        field("marketplace.name", order=True, search=True),
        field("connection.id", order=True, search=True, null=(NO_CONNECTION,)),
        custom("connection.type"),
        custom("connection.product_version_type", order=True),
        custom("contract.id", order=True),
        field("template.id"),
        custom("params.id"),
        custom("params.value"),
        field("created", "created_at", order=True, lookups=RANGE | {NULL}),
        field("updated", "updated_at", order=True, lookups=RANGE | {NULL}),
    ]
    ALIASES = {
        "account.name": "account.company_name",
        "events.created.at": "created",
        "events.updated.at": "updated",
        "connection.environment": "connection.type",
    }

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == "contract.id":
            return no_contract(value)
        if name == "connection.product_version_type":
            return Q(connection__isnull=False) if value.casefold() == PUBLIC else NOTHING
        if name == "connection.type":
            if value.casefold() == "preview":
                return Q(connection=None)
            return Q(connection__type=value.casefold())
        return param_condition(self.actor, PLACE, name, lookup, value)

    def order_name(self, name: str) -> str:
        """There are no contracts, and products have one version: all are alike."""
        return "id"
