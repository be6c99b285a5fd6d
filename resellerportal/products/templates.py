"""The texts a product is approved with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import Template
from tierconfig.services.definitions import templates as services

from .. import texts
from ..generic import Action
from .frame import ProductTab, may_edit

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    """Templates by scope and type, the default of each first."""
    rows = Template.objects.visible_to(page.actor).filter(product=page.object)
    order = {scope: number for number, scope in enumerate(Template.Scope.values)}
    found = sorted(rows, key=lambda row: (order[row.scope], row.type, row.position, row.pk))
    kinds: dict[tuple[str, str], list[Template]] = {}
    for row in found:
        kinds.setdefault((row.scope, row.type), []).append(row)
    groups = [
        {"label": _label(rows[0]), "rows": [(row, texts.rendered(row.body)) for row in rows]}
        for rows in kinds.values()
    ]
    lacking = [
        str(Template.Scope(scope).label)
        for scope in services.scopes_of(page.object)
        if (scope, services.APPROVAL[Template.Scope(scope)]) not in kinds
    ]
    return {"groups": groups, "lacking": ", ".join(lacking), "may_edit": may_edit(page)}


def _label(template: Template) -> str:
    scope = template.get_scope_display()
    return f"{scope} · {template.get_type_display()}" if template.type else f"{scope}"


def actions(page: ProductDetail) -> list[Action]:
    if not may_edit(page):
        return []
    url = page.url("product-template-add", page.object.pk)
    return [Action(_("Add a template"), url, "primary")]


TAB = ProductTab(
    "templates", gettext_lazy("Templates"), "products/templates.html", fill, actions=actions
)
