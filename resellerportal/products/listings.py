"""The marketplaces a product is offered on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from customers.models import Listing, Marketplace

from .frame import ProductTab

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    markets = Marketplace.objects.visible_to(page.actor)
    rows = Listing.objects.filter(product=page.object, marketplace__in=markets)
    found = rows.select_related("marketplace__owner").order_by("marketplace__name", "pk")
    return {"listings": found}


TAB = ProductTab("listings", gettext_lazy("Marketplaces"), "products/listings.html", fill)
