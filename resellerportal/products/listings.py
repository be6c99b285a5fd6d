"""The marketplaces a product is offered on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Listing, Marketplace, Product
from tierconfig.services.definitions import listings as services

from ..forms import PortalForm
from ..generic import Action, Fact
from .frame import ProductTab, may_edit
from .pages import DefinitionAction, DefinitionForm

if TYPE_CHECKING:
    from .detail import ProductDetail


def fill(page: ProductDetail) -> dict[str, Any]:
    rows = Listing.objects.visible_to(page.actor).filter(product=page.object)
    found = rows.select_related("marketplace__owner").order_by("marketplace__name", "pk")
    return {"listings": found, "may_edit": may_edit(page)}


def actions(page: ProductDetail) -> list[Action]:
    draft = page.object.state == Product.State.DRAFT
    if not may_edit(page) or draft or not _left(page.actor, page.object).exists():
        return []
    return [
        Action(
            _("List on a marketplace"), page.url("product-listing-add", page.object.pk), "primary"
        )
    ]


TAB = ProductTab(
    "listings", gettext_lazy("Marketplaces"), "products/listings.html", fill, actions=actions
)


def _left(actor: Any, product: Any) -> Any:
    """The marketplaces the actor deals with where the product is not on offer."""
    there = Listing.objects.visible_to(actor).filter(product=product, active=True)
    rows = Marketplace.objects.visible_to(actor).exclude(pk__in=there.values("marketplace"))
    return rows.select_related("owner").order_by("name", "pk")


class MarketplaceChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.owner} · {obj.currency}"


class ListingForm(PortalForm):
    marketplace = MarketplaceChoice(
        label=gettext_lazy("Marketplace"),
        queryset=Marketplace.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy(
            "Those you sell on already. An administrator enters the first listing on another one."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["marketplace"]
        field.queryset = _left(self.actor, self.obj)


class ListingAdd(DefinitionForm):
    tab = "listings"
    form_class = ListingForm
    service = staticmethod(services.add_listing)
    title = gettext_lazy("List on a marketplace")
    submit_label = gettext_lazy("List")
    success_message = gettext_lazy(
        "Listed. The distributor sees the product now, and asks for a connection to order it."
    )


class ListingEnd(DefinitionAction):
    """`key` is the marketplace."""

    part = Listing
    tab = "listings"
    service = staticmethod(services.end_listing)
    style = "danger"
    title = gettext_lazy("End the listing")
    submit_label = gettext_lazy("End the listing")
    question = gettext_lazy(
        "Nobody can order the product there any more. What was ordered or sold goes on."
    )
    success_message = gettext_lazy("The listing has ended.")

    @cached_property
    def row(self) -> Any:
        key = self.kwargs["key"]
        if "\0" in key:
            raise Http404
        rows = Listing.objects.visible_to(self.actor).select_related("product", "marketplace")
        return get_object_or_404(rows, product=self.object, marketplace=key)

    def get_facts(self) -> list[Fact]:
        market = self.row.marketplace
        return [Fact(_("Marketplace"), market), Fact(_("Distributor"), market.owner)]
