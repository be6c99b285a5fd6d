"""The steps of placing an order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from customers.models import Connection, Marketplace, Product, TierAccount
from fulfillment.models import Item
from fulfillment.services.purchases import MAX_QUANTITY, Requirement

from ..forms import PortalForm, TextField
from ..parameter_forms import ParameterForm
from ..parameter_rules import Rules
from ..pickers import AccountPicker, PickingForm

#: More products than this are a list to choose from, not a list of radio buttons.
RADIOS = 12


def products(actor: Actor) -> QuerySet[Product]:
    """What the actor can order: on sale, listed for it, and connected to a hub of the same side."""
    return (
        Product.objects.visible_to(actor)
        .orderable()
        .filter(
            listings__active=True,
            listings__marketplace__in=Marketplace.objects.visible_to(actor),
            connections__status=Connection.Status.APPROVED,
            connections__hub__provider=F("listings__marketplace__owner"),
        )
        .select_related("owner")
        .distinct()
        .order_by("name", "pk")
    )


def marketplaces(actor: Actor, product: Product, customer: TierAccount) -> list[Marketplace]:
    rows = Marketplace.objects.visible_to(actor).filter(
        owner=customer.provider_id, listings__product=product, listings__active=True
    )
    return list(rows.order_by("name", "pk"))


def connections(product: Product, customer: TierAccount) -> list[Connection]:
    """Approved connections of the product to hubs of the customer's side, production first."""
    rows = Connection.objects.filter(
        product=product, hub__provider=customer.provider_id, status=Connection.Status.APPROVED
    )
    return list(rows.select_related("hub").order_by("type", "pk"))


class ProductField(forms.ModelChoiceField):
    """Products with their vendor; in two lines where the widget can show them."""

    def label_from_instance(self, obj: Any) -> str:
        if not isinstance(self.widget, forms.RadioSelect):
            return f"{obj.name} · {obj.owner}"
        return format_html(
            '<span><strong>{}</strong> <span class="sub">{}</span>'
            '<span class="sub d-block">{}</span></span>',
            obj.name,
            obj.owner,
            obj.short_description,
        )


class ProductForm(PortalForm):
    product = ProductField(
        label=gettext_lazy("Product"), queryset=Product.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.queryset = products(self.actor)
        offered = list(field.queryset[: RADIOS + 1])
        if len(offered) <= RADIOS:
            field.widget = forms.RadioSelect()
            field.widget.choices = field.choices
        if not offered:
            field.help_text = _("Nothing is on sale for you yet: no product is listed for you.")


class CustomerForm(PickingForm):
    customer = AccountPicker(
        label=gettext_lazy("Customer"),
        scope="customers",
        help_text=gettext_lazy("Its reseller becomes tier 1, the reseller above that tier 2."),
    )
    product: Product | None = None

    def clean_customer(self) -> TierAccount:
        customer: TierAccount = self.cleaned_data["customer"]
        if self.product is not None and not (
            marketplaces(self.actor, self.product, customer) and connections(self.product, customer)
        ):
            raise ValidationError(
                _("%(product)s is not sold to customers of %(provider)s; choose another customer.")
                % {"product": self.product, "provider": customer.provider},
                code="not_sold",
            )
        return customer


class PlaceForm(PortalForm):
    """Asked only where there is a choice; the fields that leave none are removed."""

    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"), widget=forms.RadioSelect)
    connection = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Tier configurations are kept per connection."),
    )

    def offer(self, places: list[Marketplace], ways: list[Connection]) -> None:
        offers = {
            "marketplace": [(each.pk, f"{each.name} ({each.currency})") for each in places],
            "connection": [(each.pk, f"{each.get_type_display()} · {each.hub}") for each in ways],
        }
        for name, choices in offers.items():
            if len(choices) < 2:
                del self.fields[name]
                continue
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = choices[0][0]


class ItemsForm(PortalForm):
    external_id = TextField(
        label=gettext_lazy("Your reference"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The external ID of the subscription, if you keep one."),
    )
    note = TextField(
        label=gettext_lazy("Note for the vendor"), rows=2, max_length=2000, required=False
    )

    def offer(self, items: list[Item]) -> None:
        """One quantity per item on sale."""
        self.items = {f"quantity-{item.pk}": item for item in items}
        for name, item in self.items.items():
            self.fields[name] = forms.IntegerField(
                label=item.name,
                required=False,
                min_value=0,
                max_value=MAX_QUANTITY,
                initial=1 if len(items) == 1 else None,
                help_text=f"{item.mpn} · {item.period} · {item.unit}",
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "quantity"}),
            )
        self.order_fields([*self.items, "external_id", "note"])
        self.fieldsets = (
            (_("How many of each"), tuple(self.items)),
            (_("For your records"), ("external_id", "note")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        wanted = {item.pk: cleaned.pop(name, None) for name, item in self.items.items()}
        cleaned["items"] = {pk: quantity for pk, quantity in wanted.items() if quantity}
        if not cleaned["items"] and not self.errors:
            first = next(iter(self.items), None)
            self.add_error(first, _("Order at least one item."))
        return cleaned


class ParametersForm(ParameterForm):
    """Values of the subscription and of the tiers whose configuration begins with this order."""

    def offer(
        self, customer: TierAccount, own: Rules, tiers: list[tuple[Requirement, Rules]]
    ) -> None:
        parts = []
        if own.orderable():
            legend = _("For the subscription of %(name)s") % {"name": customer.name}
            parts.append((legend, self._add(own, "asset")))
        for requirement, rules in tiers:
            legend = _("Tier %(tier)d: %(name)s") % {
                "tier": requirement.tier_level,
                "name": requirement.account.name,
            }
            parts.append((legend, self._add(rules, requirement.scope)))
        self.fieldsets = tuple((legend, tuple(names)) for legend, names in parts)

    def _add(self, rules: Rules, scope: str) -> list[str]:
        return self.add_parameters(
            rules.orderable(), prefix=scope, keyword=scope, required=False, rules=rules
        )

    def fields_of(self, parameter: str) -> list[str]:
        return [name for group in self.groups if (name := group.fields.get(parameter))]
