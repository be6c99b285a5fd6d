"""What a product asks and stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from tierconfig.models import Parameter

from .frame import ProductTab, is_vendor

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    """Definitions by scope; who does not define them sees what will be asked, no more."""
    rows = Parameter.objects.visible_to(page.actor).filter(product=page.object)
    if not is_vendor(page.actor):
        rows = rows.filter(phase=Parameter.Phase.ORDERING, hidden=False)
        rows = rows.exclude(type__in=Parameter.DISPLAY_ONLY)
    scopes: dict[str, list[Parameter]] = {}
    for row in rows.order_by("-phase", "position", "name"):
        scopes.setdefault(row.scope, []).append(row)
    labels = dict(Parameter.Scope.choices)
    parts = [(labels[scope], scopes[scope]) for scope in labels if scope in scopes]
    return {"scopes": parts, "all_of_it": is_vendor(page.actor)}


TAB = ProductTab(
    "parameters", gettext_lazy("Parameters"), "products/parameters.html", fill, shared=True
)
