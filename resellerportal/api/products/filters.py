"""What lists of products are narrowed, searched and ordered by."""

from __future__ import annotations

from django.db.models import Q

from customers.actors import VENDOR
from customers.models import Product

from ..rql import EQ, EVERYTHING, FLAG, NE, NOTHING, Filters, custom, field

#: Constant for who reads: a vendor sees its own products, the others what is listed for them.
VISIBILITY = ("owner", "listing", "syndication", "catalog")
#: How all products are bought.
PURCHASE_MODEL = "subscription"


def visibility(role: str) -> dict[str, bool]:
    return {
        name: {"owner": role == VENDOR, "listing": role != VENDOR}.get(name, False)
        for name in VISIBILITY
    }


class ProductFilters(Filters):
    MODEL = Product
    FILTERS = [
        field("id", order=True, search=True),
        field("name", order=True, search=True),
        field("external_id"),
        field("status", "state", order=True),
        field("owner.id", search=True),
        field("owner.name", search=True),
        field("category.id", null=("CAT-00000",)),
        field("category.name"),
        field("events.created.at", "created_at", order=True),
        field("events.updated.at", "updated_at", order=True),
        field("events.published.at", "published_at", order=True),
        custom("purchase_model", lookups={EQ, NE, "in", "out"}),
        *(custom(f"visibility.{name}", lookups=FLAG) for name in VISIBILITY),
    ]

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == "purchase_model":
            return EVERYTHING if value == PURCHASE_MODEL else NOTHING
        if value.casefold() not in ("true", "false"):
            raise ValueError("true or false is expected")
        own = visibility(self.actor.role)[name.removeprefix("visibility.")]
        return EVERYTHING if own == (value.casefold() == "true") else NOTHING
