"""The hubs a product is connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from customers.models import Connection

from .frame import ProductTab

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    rows = Connection.objects.filter(product=page.object).select_related("hub__provider")
    return {"connections": rows.order_by("hub__provider__name", "type", "pk")}


TAB = ProductTab("connections", gettext_lazy("Connections"), "products/connections.html", fill)
