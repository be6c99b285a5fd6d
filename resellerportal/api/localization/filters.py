"""What the list of translations is narrowed and ordered by: the products they are of."""

from __future__ import annotations

from django.db.models import Q

from customers.models import Product

from .. import narrowing
from ..narrowing import Narrowing
from ..rql import EVERYTHING, NOTHING, Filters, custom, field
from ..shared.matching import fits

#: Beginning of a product's id, and of the id of its translation.
PRODUCT, TRANSLATION = "PRD-", "TRN-"
#: The same of every translation, as texts.
CONSTANTS = {
    "primary": "true",
    "status": "active",
    "auto.enabled": "false",
    "auto.status": "off",
    "context.type": "product",
    "locale.id": "EN",
    "locale.name": "English",
}


#: Who wrote the texts stands in the history of the product.
EVENTS_BY = tuple(
    f"events.{what}.by.{part}" for what in ("created", "updated") for part in ("id", "name")
)


class TranslationFilters(Filters):
    MODEL = Product
    FILTERS = [
        custom("id", order=True),
        field("context.instance_id", "id", order=True),
        field("context.name", "name", order=True),
        field("owner.id", order=True),
        field("owner.name", order=True),
        field("events.created.at", "created_at", order=True),
        field("events.updated.at", "updated_at", order=True),
        *(custom(name) for name in CONSTANTS),
    ]
    ALIKE = (*CONSTANTS, "description", *EVENTS_BY)
    ALIASES = {"context.id": "context.instance_id"}

    def narrow(self, name: str, lookup: str, value: str) -> Q:
        if name == "id":
            return self.column("pk", lookup, value.replace(TRANSLATION, PRODUCT, 1))
        return EVERYTHING if fits(CONSTANTS[name], lookup, value) else NOTHING

    def order_name(self, name: str) -> str:
        return "pk"


def locales() -> Narrowing:
    """What the list of locales is narrowed by; they are no rows."""
    names = ("id", "name", "local_name")
    alike = ("auto_translation", "stats.translations", "stats.pim_translations")
    ordering = (*names, *alike)
    return Narrowing(dict.fromkeys(names, narrowing.TEXT), ordering=ordering, search=names)
