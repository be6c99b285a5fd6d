"""What lists of configuration requests are narrowed and ordered by (domain 6.4)."""

from __future__ import annotations

from django.db.models import CharField, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from customers.actors import RESELLER
from tierconfig.models import TierConfigRequest

from ..rql import EQ, NE, NOTHING, NULL, RANGE, RQL_NULL, custom, field
from ..shaping import NO_HUB, NO_MARKETPLACE
from ..shared.matching import matches, no_contract
from ..shared.param_filters import Place, param_condition
from ..shared.service_levels import SLI, StayFilters
from .rendering import ENTITY

PLACE = Place(
    product=OuterRef("configuration__product"),
    scope=Concat(Value("tier"), Cast(OuterRef("configuration__tier_level"), CharField())),
    values=OuterRef("params"),
)
HUB = "configuration.account.hub"
MARKET = "configuration.marketplace"


class ConfigRequestFilters(StayFilters):
    MODEL = TierConfigRequest
    ENTITY = ENTITY
    #: What a reseller does not read it finds nothing by.
    HIDDEN = {RESELLER: ("assignee", "unassigned", "sli", HUB)}
    FILTERS = [
        field("id", order=True),
        field("type", order=True),
        field("status", "state", order=True),
        custom("environment"),
        field("configuration.id", order=True, search=True),
        field("configuration.tier_level", order=True),
        field("configuration.account.id", order=True, search=True),
        field("configuration.account.name", search=True),
        field("configuration.account.external_id"),
        field("configuration.account.external_uid"),
        field(f"{HUB}.id", order=True, search=True, null=(NO_HUB["id"],)),
        field(f"{HUB}.name", search=True),
        field("configuration.product.id", order=True, search=True),
        field("configuration.product.name", order=True, search=True),
        field(f"{MARKET}.id", order=True, search=True, null=(NO_MARKETPLACE["id"],)),
        field(f"{MARKET}.name", order=True, search=True),
        custom("configuration.contract.id", order=True),
        field("assignee.id", order=True),
        field("assignee.name", order=True),
        custom("unassigned", lookups={EQ, NE, NULL}),
        field("template.id"),
        custom("params.id"),
        custom("params.value"),
        *SLI,
        field("created", "created_at", order=True, lookups=RANGE | {NULL}),
        field("updated", "updated_at", order=True, lookups=RANGE | {NULL}),
    ]
    ALIASES = {
        "assignee": "assignee.id",
        "account.id": "configuration.account.id",
        "configuration.account.company_name": "configuration.account.name",
        "configuration.connection.type": "environment",
        "events.created.at": "created",
        "events.updated.at": "updated",
        "product.id": "configuration.product.id",
    }

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name.endswith("contract.id"):
            return no_contract(value)
        if name == "unassigned":
            return _unassigned(value)
        if name.startswith("params."):
            return param_condition(self.actor, PLACE, name, lookup, value)
        if name == "environment":
            return matches(name, lookup, value.casefold())
        return super().narrow(name, lookup, value)

    def order_name(self, name: str) -> str:
        """There are no contracts: all are alike."""
        return "id" if name.endswith("contract.id") else super().order_name(name)


def _unassigned(value: str) -> Q:
    """It is never null: ne(unassigned,null()) finds all."""
    if value == RQL_NULL:
        return NOTHING
    if value.casefold() in ("true", "1"):
        return Q(assignee=None)
    if value.casefold() in ("false", "0"):
        return Q(assignee__isnull=False)
    raise ValueError(_("true or false is expected."))
