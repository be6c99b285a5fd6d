"""What lists of products are narrowed, searched and ordered by."""

from __future__ import annotations

from django.db.models import Exists, Q

from customers.actors import SYSTEM, VENDOR
from customers.models import Event, Product

from ..rql import (
    EQ,
    EVERYTHING,
    FLAG,
    NE,
    NOTHING,
    NULL,
    RQL_NULL,
    TEXT,
    Filters,
    custom,
    field,
)

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
        custom("events.published.by.id", lookups={*TEXT, NULL}),
        custom("events.published.by.name", lookups={*TEXT, NULL}),
        custom("purchase_model", lookups={EQ, NE, "in", "out"}),
        *(custom(f"visibility.{name}", lookups=FLAG) for name in VISIBILITY),
    ]

    #: Who changed it last is told by its history alone.
    ALIKE = ("events.updated.by.id", "events.updated.by.name")

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name.startswith("events.published.by."):
            return self._published(name.rpartition(".")[2], lookup, value)
        if name == "purchase_model":
            return EVERYTHING if value == PURCHASE_MODEL else NOTHING
        if value.casefold() not in ("true", "false"):
            raise ValueError("true or false is expected")
        own = visibility(self.actor.role)[name.removeprefix("visibility.")]
        return EVERYTHING if own == (value.casefold() == "true") else NOTHING

    def _published(self, part: str, lookup: str, value: str) -> Q:
        """By whom the vendor is told that they were published: a key, else a user."""
        events = Event.objects.about_each().filter(verb="product.publish").exclude(role=SYSTEM)
        if self.actor.role != VENDOR:
            return EVERYTHING if value == RQL_NULL else NOTHING
        if value == RQL_NULL:
            return ~Q(Exists(events))
        if part == "name":
            return Q(Exists(events.filter(self.column("actor_name", lookup, value))))
        user = Q(key_id="") & self.column("user__id", lookup, value)
        return Q(Exists(events.filter(user | self.column("key_id", lookup, value))))
