"""The steps of an order that say how many of what, and with which values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import TierAccount
from fulfillment.models import Item
from fulfillment.services.purchases import MAX_QUANTITY, Requirement

from ..customers.forms import Generated
from ..forms import PortalForm, TextField
from ..parameters.forms import ParameterFieldsMixin, ParameterForm
from ..parameters.rules import Rules
from ..products.items import period

RECORDS = ("external_id", "external_uid", "note")


class LinesMixin:
    """How many of each item, as a table, and what the buyer keeps for its records."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    items: dict[str, Item]
    #: Whether it may be put off to say how many.
    lenient = False

    def offer_items(self, items: list[Item], present: Mapping[str, int] | None = None) -> None:
        """One quantity per item on sale; `present` are those of a draft, by item."""
        self.items = {f"quantity-{item.pk}": item for item in items}
        only = 1 if len(items) == 1 and present is None else None
        for name, item in self.items.items():
            self.fields[name] = forms.IntegerField(
                label=item.name,
                required=False,
                min_value=0,
                max_value=MAX_QUANTITY,
                initial=(present or {}).get(item.pk, only),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
            )
        self.order_fields([*self.items, *RECORDS])  # type: ignore[attr-defined]

    def lines(self) -> list[dict[str, Any]]:
        """Rows of the table."""
        return [
            {"item": item, "field": self[name], "period": period(item.period)}  # type: ignore[index]
            for name, item in self.items.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = dict(super().clean() or self.cleaned_data)  # type: ignore[misc]
        wanted = {item.pk: cleaned.pop(name, None) for name, item in self.items.items()}
        cleaned["items"] = {pk: quantity for pk, quantity in wanted.items() if quantity}
        if not cleaned["items"] and not self.errors and not self.lenient:  # type: ignore[attr-defined]
            first = next(iter(self.items), None)
            self.add_error(first, _("Order at least one item."))  # type: ignore[attr-defined]
        return cleaned


class RecordsForm(PortalForm):
    external_id = TextField(
        label=gettext_lazy("External ID"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The subscription's number in your own system, if you keep one."),
        widget=Generated(attrs={"maxlength": 100, "autocomplete": "off"}),
    )
    external_uid = TextField(
        label=gettext_lazy("External UUID"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Left empty, one is made."),
        widget=Generated(attrs={"maxlength": 100, "autocomplete": "off"}),
    )
    note = TextField(
        label=gettext_lazy("Note for the vendor"), rows=2, max_length=2000, required=False
    )


class ItemsForm(LinesMixin, RecordsForm):
    def offer(self, items: list[Item]) -> None:
        self.offer_items(items)
        self.fieldsets = ((_("For your records"), RECORDS),)

    @property
    def helper(self) -> Any:
        """The quantities stand in the table of the page."""
        helper = super().helper
        helper.render_unmentioned_fields = False
        return helper

    def facts(self) -> list[tuple[Any, Any]]:
        names = {item.pk: item.name for item in self.items.values()}
        found = [(names[pk], count) for pk, count in self.cleaned_data["items"].items()]
        records = [(self.fields[name].label, self.cleaned_data[name]) for name in RECORDS]
        return [*found, *(pair for pair in records if pair[1])]


class OrderedValues(ParameterFieldsMixin):
    """Values of the subscription and of the tiers whose configuration begins with the order."""

    def offer_values(
        self,
        customer: TierAccount,
        own: Rules,
        tiers: list[tuple[Requirement, Rules]],
    ) -> list[tuple[Any, tuple[str, ...]]]:
        """Add a field for each; answers with the fieldsets, the highest tier first."""
        parts: list[tuple[Any, tuple[str, ...]]] = []
        for requirement, rules in tiers:
            legend = _("Tier %(tier)d: %(name)s") % {
                "tier": requirement.tier_level,
                "name": requirement.account.name,
            }
            parts.append((legend, tuple(self._add(rules, requirement.scope))))
        if own.orderable():
            legend = _("For the subscription of %(name)s") % {"name": customer.name}
            parts.append((legend, tuple(self._add(own, "asset"))))
        return parts

    def _add(self, rules: Rules, scope: str) -> list[str]:
        return self.add_parameters(
            rules.orderable(), rules.known, prefix=scope, keyword=scope, required=False, rules=rules
        )

    def fields_of(self, parameter: str) -> list[str]:
        return [name for group in self.groups if (name := group.fields.get(parameter))]


class ParametersForm(OrderedValues, ParameterForm):
    def offer(
        self, customer: TierAccount, own: Rules, tiers: list[tuple[Requirement, Rules]]
    ) -> None:
        self.fieldsets = tuple(self.offer_values(customer, own, tiers))

    def facts(self) -> list[tuple[str, str]]:
        return self.parameter_facts()
