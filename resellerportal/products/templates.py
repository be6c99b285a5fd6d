"""The texts a product is approved with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from tierconfig.models import Template

from .. import texts
from .frame import ProductTab

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    rows = Template.objects.visible_to(page.actor).filter(product=page.object)
    return {"texts": [(row, texts.rendered(row.body)) for row in rows.order_by("scope", "pk")]}


TAB = ProductTab("templates", gettext_lazy("Templates"), "products/templates.html", fill)
