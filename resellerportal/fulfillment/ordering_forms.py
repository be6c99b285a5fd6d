"""The steps of placing an order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import RESELLER, VENDOR, Actor
from customers.models import Connection, Marketplace, Product

from ..forms import PortalForm

#: More products than this are a list to choose from, not a list of radio buttons.
RADIOS = 12


def products(actor: Actor, environment: str = "") -> QuerySet[Product]:
    """What the actor can order: on sale, listed for it, and connected to a hub of the same side.

    A vendor orders previews of its own products, for which no connection is needed. With an
    `environment` the connection is one of that type.
    """
    rows = Product.objects.visible_to(actor).orderable().select_related("owner")
    places = _places(actor, environment, listings__product=OuterRef("pk"))
    return rows.filter(Exists(places)).order_by("name", "pk")


def environments(actor: Actor) -> list[str]:
    """Types of the connections through which the actor can order something, production first."""
    sold = Product.objects.visible_to(actor).orderable()
    found = _places(actor, listings__product__in=sold.values("pk")).order_by()
    types = found.values_list("listings__product__connections__type", flat=True)
    return sorted(types.distinct())


def _places(actor: Actor, environment: str = "", **product: Any) -> QuerySet[Marketplace]:
    """Marketplaces that list such a product, with a hub beside them where the actor needs one."""
    # One call: all of it is about the same listing and the same connection.
    connection = "listings__product__connections__"
    way: dict[str, Any] = {}
    if actor.role != VENDOR:
        way[f"{connection}status"] = Connection.Status.APPROVED
        way[f"{connection}hub__provider"] = F("owner")
    if environment:
        way[f"{connection}type"] = environment
    return Marketplace.objects.visible_to(actor).filter(listings__active=True, **product, **way)


def listed(actor: Actor, product: Product) -> list[Marketplace]:
    """Where the product is listed, as far as the actor sees those marketplaces."""
    rows = Marketplace.objects.visible_to(actor).filter(
        listings__product=product, listings__active=True
    )
    return list(rows.select_related("owner").order_by("name", "pk"))


def marketplaces(actor: Actor, product: Product, provider: str) -> list[Marketplace]:
    """Those of one distributor, by its id."""
    return [each for each in listed(actor, product) if each.owner_id == provider]


def connections(product: Product, provider: str, environment: str = "") -> list[Connection]:
    """Approved connections of the product to hubs of a distributor, production first."""
    rows = Connection.objects.filter(
        product=product, hub__provider=provider, status=Connection.Status.APPROVED
    )
    if environment:
        rows = rows.filter(type=environment)
    return list(rows.select_related("hub").order_by("type", "pk"))


def way_named(way: Connection, actor: Actor) -> str:
    """A connection as who orders chooses it; resellers are told no hub."""
    place = way.pk if actor.role == RESELLER else way.hub
    return f"{way.get_type_display()} · {place}"


class EnvironmentForm(PortalForm):
    """Asked only where there are connections of both types."""

    environment = forms.ChoiceField(
        label=gettext_lazy("Environment"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Tier configurations are kept per connection."),
    )

    def offer(self, types: list[str]) -> None:
        words = {
            "production": gettext_lazy("Production: a real order"),
            "test": gettext_lazy("Test: to try out the way an order takes"),
        }
        field: Any = self.fields["environment"]
        field.choices = [(each, words.get(each, each)) for each in types]
        field.initial = types[0]


class ProductField(forms.ModelChoiceField):
    """Products with their vendor; in two lines where the widget can show them.

    Few of them are read once, for the choice and for the check of it.
    """

    few: list[Any] | None = None

    def offer(self, rows: QuerySet[Product]) -> bool:
        """Give these to choose from; whether there are any."""
        self.queryset = rows
        offered = list(rows[: RADIOS + 1])
        if len(offered) <= RADIOS:
            self.few = offered
            self.widget = forms.RadioSelect()
            self.choices = [(each.pk, self.label_from_instance(each)) for each in offered]
        return bool(offered)

    def to_python(self, value: Any) -> Any:
        if self.few is None or value in self.empty_values:
            return super().to_python(value)
        for each in self.few:
            if str(value) == each.pk:
                return each
        raise ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )

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

    def offer(self, environment: str) -> None:
        """Only what can be ordered there."""
        field: Any = self.fields["product"]
        wanted = environment if self.actor.role != VENDOR else ""
        if not field.offer(products(self.actor, wanted)):
            field.help_text = (
                _("None of your products is published and listed on a marketplace yet.")
                if self.actor.role == VENDOR
                else _("Nothing is on sale for you yet: no product is listed for you.")
            )


class MarketForm(PortalForm):
    """Whose customers a preview is invented for."""

    marketplace = forms.ChoiceField(label=gettext_lazy("Marketplace"), widget=forms.RadioSelect)

    def offer(self, places: list[Marketplace]) -> None:
        field: Any = self.fields["marketplace"]
        field.choices = [(each.pk, f"{each.name} · {each.owner}") for each in places]


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
            "connection": [(each.pk, way_named(each, self.actor)) for each in ways],
        }
        for name, choices in offers.items():
            if len(choices) < 2:
                del self.fields[name]
                continue
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            self.fields[name].initial = choices[0][0]
