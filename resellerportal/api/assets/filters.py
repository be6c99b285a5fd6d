"""What lists of assets, and of requests by their assets, are narrowed and ordered by."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from django.db.models import OuterRef, Q, Value

from customers.actors import RESELLER
from customers.models import Connection
from fulfillment.models import Subscription
from tierconfig.models import Parameter

from ..rql import NULL, RANGE, TEXT, Filters, custom, field
from ..shaping import NO_CONNECTION, NO_HUB, NO_MARKETPLACE
from ..shared.matching import no_contract
from ..shared.param_filters import Place, param_condition

PREVIEW = "preview"


def asset_fields(name: str, path: str, *, search: bool = False) -> list[dict[str, Any]]:
    """Filters on an asset: `name` begins their names, `path` their columns."""

    def text(of: str, source: str, **options: Any) -> dict[str, Any]:
        return field(f"{name}{of}", f"{path}{source}", **options)

    return [
        text("id", "id", search=True, order=True),
        text("external_id", "external_id", search=True),
        text("external_uid", "external_uid", search=True),
        field(f"{name}status", f"{path}state", order=True),
        text("product.id", "product__id", search=True),
        text("product.name", "product__name", order=True, search=True),
        text("connection.id", "connection__id", null=(NO_CONNECTION,)),
        custom(f"{name}connection.type"),
        text("connection.hub.id", "connection__hub__id", null=(NO_HUB["id"],)),
        text("connection.hub.name", "connection__hub__name", order=True),
        text("connection.provider.id", "provider__id", search=search),
        text("connection.provider.name", "provider__name", search=search),
        text("connection.vendor.id", "vendor__id", search=search),
        text("connection.vendor.name", "vendor__name", search=search),
        text("marketplace.id", "marketplace__id", null=(NO_MARKETPLACE["id"],), order=True),
        text("marketplace.name", "marketplace__name", order=True),
        custom(f"{name}contract.id", lookups={*TEXT, NULL}),
        text("tiers.customer.id", "customer__id", order=True, search=True),
        text("tiers.customer.name", "customer__name", order=True, search=True),
        text("tiers.customer.external_id", "customer__external_id", search=search),
        text("tiers.customer.external_uid", "customer__external_uid", search=search),
        text("tiers.tier1.id", "tier1__id"),
        text("tiers.tier2.id", "tier2__id"),
        custom(f"{name}params.id"),
        custom(f"{name}params.value"),
    ]


class AssetConditions(Filters):
    """The custom ones among `asset_fields`.

    PATH leads from the row to the subscription.
    """

    PATH = ""

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name.endswith("connection.type"):
            return self._by_type(value.lower())
        if name.endswith("contract.id"):
            return no_contract(value)
        values = self.values()
        place = Place(OuterRef(f"{self.PATH}product"), Value(Parameter.Scope.ASSET.value), values)
        return param_condition(self.actor, place, name, lookup, value)

    def values(self) -> Any:
        """The values by parameter name, as an expression within a subquery."""
        return OuterRef(f"{self.PATH}params")

    def _by_type(self, value: str) -> Q:
        kinds = [each for each in Connection.Type.values if fnmatchcase(each, value)]
        found = Q(**{f"{self.PATH}connection__type__in": kinds})
        if fnmatchcase(PREVIEW, value):
            found |= Q(**{f"{self.PATH}connection": None})
        return found


class AssetFilters(AssetConditions):
    MODEL = Subscription
    HIDDEN = {RESELLER: ("connection.hub",)}
    #: There is no billing.
    ALIKE = ("billing.next_date",)
    FILTERS = [
        *asset_fields("", "", search=True),
        field("template.id"),
        field("created", "created_at", order=True, lookups=RANGE),
        field("updated", "updated_at", order=True, lookups=RANGE),
    ]
    ALIASES = {
        "hub.id": "connection.hub.id",
        "hub.name": "connection.hub.name",
        "product.title": "product.name",
        "params.name": "params.id",
        "connection.environment": "connection.type",
        "events.created.at": "created",
        "events.updated.at": "updated",
    }
