"""What a product asks and stores: the list of its parameters, and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig import parameters
from tierconfig.models import Parameter
from tierconfig.presentation import depends_on
from tierconfig.services.definitions import dependencies, shape
from tierconfig.services.definitions import parameters as services

from ..forms import PortalForm
from ..generic import Action
from .frame import ProductTab, is_vendor, may_edit
from .pages import DefinitionForm, DefinitionMove

if TYPE_CHECKING:
    from customers.models import Product

    from .detail import ProductDetail

CONSTANTS = "configuration"
ASSET = Parameter.Scope.ASSET.value


def actions(page: ProductDetail) -> list[Action]:
    if not may_edit(page):
        return []
    url = page.url("product-parameter-add", page.object.pk)
    return [Action(_("Add parameter"), f"{url}?scope={part_of(page)}", "primary")]


def fill(page: ProductDetail) -> dict[str, Any]:
    """Definitions by scope; who does not define them sees what will be asked, no more."""
    rows = Parameter.objects.visible_to(page.actor).filter(product=page.object)
    if is_vendor(page.actor):
        return _own(page, list(rows.order_by("position", "name")))
    rows = rows.filter(phase=Parameter.Phase.ORDERING, hidden=False)
    rows = rows.exclude(type__in=Parameter.DISPLAY_ONLY).order_by("position", "name")
    scopes: dict[str, list[Parameter]] = {}
    for row in rows:
        scopes.setdefault(row.scope, []).append(row)
    labels = dict(Parameter.Scope.choices)
    parts = [(labels[scope], scopes[scope]) for scope in labels if scope in scopes]
    return {"scopes": parts, "own": False}


def part_of(page: ProductDetail) -> str:
    """The part of the list that is looked at: a scope, or the constants of the product."""
    wanted = page.request.GET.get("scope", "")
    return wanted if wanted in parts_of(page.object) else ASSET


def parts_of(product: Product) -> dict[str, Any]:
    """Part -> its label; tiers only as far as Reseller Authorization goes, or has parameters."""
    labels = dict(Parameter.Scope.choices)
    found = {ASSET: labels[ASSET]}
    for scope in shape.TIERS[: product.authorization_level]:
        found[scope.value] = labels[scope]
    found[CONSTANTS] = _("Constants")
    return found


def _own(page: ProductDetail, rows: list[Parameter]) -> dict[str, Any]:
    here = part_of(page)
    product = page.object
    address = page.url("product-detail", product.pk, "parameters")
    parts = [
        {
            "label": label,
            "url": f"{address}?scope={part}",
            "current": part == here,
            "count": str(sum(_in_part(row, part) for row in rows)),
        }
        for part, label in parts_of(product).items()
    ]
    shown = [row for row in rows if _in_part(row, here)]
    groups = [{"label": label, "key": key, "rows": own} for key, label, own in _groups(shown, here)]
    return {
        "parts": parts,
        "groups": groups,
        "own": True,
        "may_edit": may_edit(page),
        "order_url": page.url("product-parameter-order", product.pk) if may_edit(page) else "",
    }


def _in_part(row: Parameter, part: str) -> bool:
    if part == CONSTANTS:
        return row.phase == Parameter.Phase.CONFIGURATION
    return row.scope == part


def _groups(rows: list[Parameter], part: str) -> list[tuple[str, Any, list[dict[str, Any]]]]:
    """(key, heading, lines) of each phase, or each scope of the constants."""
    by: tuple[str, Any] = ("phase", Parameter.Phase)
    if part == CONSTANTS:
        by = ("scope", Parameter.Scope)
    keys: dict[str, list[Parameter]] = {}
    if part != CONSTANTS:
        keys = {Parameter.Phase.ORDERING.value: [], Parameter.Phase.FULFILLMENT.value: []}
    for row in rows:
        keys.setdefault(getattr(row, by[0]), []).append(row)
    titles = {row.name: str(row) for row in rows}
    return [
        (key, by[1](key).label, [_line(row, titles) for row in found])
        for key, found in keys.items()
    ]


def _line(row: Parameter, titles: dict[str, str]) -> dict[str, Any]:
    marks = [
        (row.required, _("required")),
        (row.hidden, _("hidden")),
        (row.readonly, _("read-only")),
        (row.unique, _("unique")),
        (bool(row.constraints.get("reconciliation")), _("reconciliation")),
        (bool(row.constraints.get("shared")), _("shared")),
    ]
    rule = ""
    if on := depends_on(row):
        values = ", ".join(dependencies.rule_of(row).get("values", []))
        rule = _("depends on %(title)s: %(values)s") % {
            "title": titles.get(on, on),
            "values": values,
        }
    rulable = row.phase != Parameter.Phase.CONFIGURATION
    shown = [text for on, text in marks if on]
    value = "" if rulable else parameters.display(row, parameters.constant(row), masked=False)
    return {"row": row, "marks": shown, "rule": rule, "rulable": rulable, "value": value}


class ParameterPage:
    """For pages about one parameter: they lead back to its part of the list."""

    part = Parameter
    tab = "parameters"

    def get_cancel_url(self) -> str:
        page: Any = self
        address = page.url("product-detail", page.object.pk, self.tab)
        if page.row is None:
            return str(address)
        constant = page.row.phase == Parameter.Phase.CONFIGURATION
        return f"{address}?scope={CONSTANTS if constant else page.row.scope}"


class ParameterMove(ParameterPage, DefinitionMove):
    service = staticmethod(services.move_parameter)


class OrderForm(PortalForm):
    order = forms.CharField(max_length=10_000, widget=forms.HiddenInput)

    def clean_order(self) -> list[str]:
        found = [pk for pk in self.cleaned_data["order"].split(",") if pk]
        if "\0" in "".join(found):
            raise ValidationError(_("There is no such parameter."), code="unknown")
        return found


class ParameterOrder(ParameterPage, DefinitionForm):
    """Where dragging a row posts the ids of a phase in their new order."""

    form_class = OrderForm
    title = gettext_lazy("Change the order")
    submit_label = gettext_lazy("Move")
    service = staticmethod(services.reorder_parameters)

    def get_success_url(self, result: Any) -> str:
        first = result[0]
        constant = first.phase == Parameter.Phase.CONFIGURATION
        return f"{self.get_cancel_url()}?scope={CONSTANTS if constant else first.scope}"


TAB = ProductTab(
    "parameters",
    gettext_lazy("Parameters"),
    "products/parameters.html",
    fill,
    actions=actions,
    shared=True,
)
