"""What of a product can be bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from fulfillment.models import Item

from .frame import ProductTab

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    rows = Item.objects.visible_to(page.actor).filter(product=page.object).order_by("pk")
    return {"items": rows[:500]}


TAB = ProductTab("items", gettext_lazy("Items"), "products/items.html", fill, shared=True)
