"""The life of a product on sale: published, at its end of sale, sold again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import VENDOR
from customers.lifecycle import StaleState
from customers.models import Product
from customers.permissions import by_vendor
from fulfillment.services import products as services

from ..generic import Fact, PortalActionView
from .frame import crumbs


class ProductPublish(PortalActionView):
    """Says what is missing before anybody tries."""

    roles = (VENDOR,)
    model = Product
    name = "product"
    template_name = "products/hindered.html"
    step = "publish"
    service = staticmethod(services.publish_product)
    title = gettext_lazy("Publish the product")
    question = gettext_lazy(
        "From now on distributors with a listing of it, and their resellers, can order it."
    )
    submit_label = gettext_lazy("Publish")
    success_message = gettext_lazy("Published.")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return crumbs(self, self.object)

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Product"), self.object.name), _listed(services.sales_of(self.object))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lacking = services.missing_for_sale(self.object)
        return super().get_context_data(hindrances=lacking, **kwargs)


class ProductResume(ProductPublish):
    step = "resume_sale"
    service = staticmethod(services.resume_sale)
    title = gettext_lazy("Resume the sale")
    question = gettext_lazy("From now on it can be ordered again where it is listed.")
    submit_label = gettext_lazy("Resume the sale")
    success_message = gettext_lazy("On sale again.")


class ProductEndSale(PortalActionView):
    roles = (VENDOR,)
    model = Product
    name = "product"
    step = "end_sale"
    service = staticmethod(services.end_sale)
    title = gettext_lazy("End the sale")
    question = gettext_lazy(
        "From now on nobody can order it. What was ordered or sold goes on; you can resume the "
        "sale at any time."
    )
    submit_label = gettext_lazy("End the sale")
    success_message = gettext_lazy("No longer on sale.")
    style = "danger"

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return crumbs(self, self.object)

    def get_facts(self) -> list[Fact]:
        sales = services.sales_of(self.object)
        orders = ngettext("%(n)d open order", "%(n)d open orders", sales.orders)
        sold = ngettext("%(n)d subscription", "%(n)d subscriptions", sales.subscriptions)
        return [
            Fact(_("Product"), self.object.name),
            _listed(sales),
            Fact(_("Goes on"), orders % {"n": sales.orders}),
            Fact(_("Goes on"), sold % {"n": sales.subscriptions}),
        ]


class ProductRemove(PortalActionView):
    """For drafts that nothing was made with."""

    roles = (VENDOR,)
    model = Product
    name = "product"
    template_name = "products/hindered.html"
    service = staticmethod(services.remove_product)
    title = gettext_lazy("Delete the draft")
    submit_label = gettext_lazy("Delete")
    success_message = gettext_lazy("The draft is deleted.")
    style = "danger"

    def check(self) -> None:
        super().check()
        if not by_vendor(self.object, self.actor):
            raise PermissionDenied
        if self.object.state != Product.State.DRAFT:
            raise StaleState(self.object, "remove")

    @cached_property
    def hindrances(self) -> list[str]:
        return services.removal_obstacles(self.object)

    def get_question(self) -> str:
        if self.hindrances:
            return _("It cannot be deleted.")
        return _("Its items, parameters and texts are gone with it, for good.")

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return crumbs(self, self.object)

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Product"), self.object.name), Fact(_("ID"), self.object.pk)]

    def get_success_url(self, result: Any) -> str:
        return self.url("product-list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(hindrances=self.hindrances, **kwargs)


def _listed(sales: Any) -> Fact:
    count = sales.listings
    text = ngettext("on %(n)d marketplace", "on %(n)d marketplaces", count) % {"n": count}
    return Fact(_("Listed"), text)
