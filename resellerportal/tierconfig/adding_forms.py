"""The steps of beginning a configuration without an order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Connection, Product

from ..forms import PortalForm
from ..fulfillment.ordering_forms import ProductField, products
from ..parameters.forms import ParameterForm
from ..parameters.rules import Rules
from ..pickers import AccountPicker, PickingForm

#: Stands for the way without a connection, where a product is only tried out.
PREVIEW = "preview"


class AccountForm(PickingForm):
    account = AccountPicker(
        label=gettext_lazy("Reseller"),
        scope="parents",
        help_text=gettext_lazy("Whose values the vendor has to know before the first order."),
    )


class ProductForm(PortalForm):
    product = ProductField(
        label=gettext_lazy("Product"), queryset=Product.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        if not field.offer(products(self.actor).filter(authorization_level__gte=1)):
            field.help_text = _("No product that you sell asks anything of resellers.")


class PlaceForm(PortalForm):
    """Which configuration of the product; what leaves no choice is not asked."""

    tier_level = forms.TypedChoiceField(
        label=gettext_lazy("Tier"), widget=forms.RadioSelect, coerce=int
    )
    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"), widget=forms.RadioSelect)
    connection = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Tier configurations are kept per connection."),
    )

    def offer(self, tiers: list[int], places: list[Any], ways: list[Any]) -> None:
        labels = {
            1: _("Tier 1: it sells to customers"),
            2: _("Tier 2: it sells to other resellers"),
        }
        offers = {
            "tier_level": [(tier, labels[tier]) for tier in tiers],
            "marketplace": [(each.pk, each.name) for each in places],
            "connection": [(key_of(each), _way(each)) for each in ways],
        }
        for name, choices in offers.items():
            if len(choices) < 2:
                del self.fields[name]
                continue
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = choices[0][0]


class ValuesForm(ParameterForm):
    """What is known already; the rest is asked of the technical contact."""

    def offer(self, rules: Rules) -> None:
        self.add_parameters(rules.orderable(), rules=rules, required=False)


def key_of(row: Any) -> str:
    return PREVIEW if row is None else str(row.pk)


def _way(connection: Connection | None) -> str:
    if connection is None:
        return _("Preview · without a connection, apart from production")
    return f"{connection.get_type_display()} · {connection.hub}"
