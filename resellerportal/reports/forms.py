"""What a report is narrowed to, and its format."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Marketplace
from fulfillment.reporting.kind import Kind
from fulfillment.reporting.narrowing import cleaned

from ..exports.files import FORMATS
from ..forms import PortalForm
from ..lists import choices

#: Choices offered by a box each; more stand in a list.
BOXES = 12
TIERS = (
    ("customer", gettext_lazy("Customer")),
    ("tier1", gettext_lazy("Tier 1")),
    ("tier2", gettext_lazy("Tier 2")),
)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _several(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class ReportForm(PortalForm):
    """The parameters `kind` has; its data are format and params as `request_report` takes them."""

    start = _day(gettext_lazy("Created from"))
    end = _day(gettext_lazy("Created until"))
    type = _several(gettext_lazy("Type"), gettext_lazy("Nothing ticked means all."))
    status = _several(gettext_lazy("Status"))
    tiers = _several(
        gettext_lazy("Tier type"),
        gettext_lazy("Accounts that are one of these in a subscription; none: all."),
    )
    product = _several(gettext_lazy("Product"), gettext_lazy("Nothing ticked means all."))
    marketplace = _several(gettext_lazy("Marketplace"), gettext_lazy("Nothing ticked means all."))
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=list(FORMATS.items()),
        widget=forms.RadioSelect,
        initial="xlsx",
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self._offer("type", kind.types)
        self._offer("status", kind.states)
        self._offer("tiers", TIERS if kind.tiers else ())
        self._offer("product", choices.products(self.actor) if kind.product else ())
        self._offer("marketplace", self._markets() if kind.marketplace else ())
        if kind.usual:
            usual = [str(label) for value, label in kind.states if value in kind.usual]
            text = _("Nothing ticked means: %(usual)s.") % {"usual": ", ".join(usual)}
            self.fields["status"].help_text = text
        elif kind.states:
            self.fields["status"].help_text = _("Nothing ticked means all.")

    def _offer(self, name: str, offered: Any) -> None:
        if not offered:
            del self.fields[name]
            return
        field: Any = self.fields[name]
        if len(offered) > BOXES:
            field.widget = forms.SelectMultiple(attrs={"size": 8})
        field.choices = offered

    def _markets(self) -> list[tuple[str, str]]:
        rows = Marketplace.objects.visible_to(self.actor).order_by("name", "pk")
        return list(rows.values_list("pk", "name"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            params = cleaned(self.kind, data, self.actor)
        except ValidationError as error:
            self.adopt(error)
            return data
        return {"format": data.get("format"), "params": params}
