"""The list of products."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import Category, Product

from .. import cells
from ..generic import Action, PortalListView
from ..lists.listing import Column, Filter, Tab


def sync(product: Product) -> str:
    return _("On") if product.tier_accounts_sync else _("Off")


AUTHORIZATION = cells.choice(Product, "authorization_level")


class ProductList(PortalListView):
    model = Product
    name = "product"
    title = gettext_lazy("Products")
    row_title = "name"
    row_label = gettext_lazy("Product")
    row_order = "name"
    columns = (
        Column("state", gettext_lazy("State"), cells.state),
        Column("owner", gettext_lazy("Vendor"), "owner.name", order="owner__name", optional=True),
        Column("category", gettext_lazy("Category"), "category.name", optional=True),
        Column("about", gettext_lazy("Description"), "short_description", optional=True),
        Column(
            "authorization", gettext_lazy("Reseller Authorization"), AUTHORIZATION, optional=True
        ),
        Column(
            "sync",
            gettext_lazy("Tier Accounts Sync"),
            sync,
            optional=True,
            reads=("tier_accounts_sync",),
        ),
    )
    tabs = (
        Tab("all", gettext_lazy("All")),
        Tab("published", gettext_lazy("Published"), Q(state=Product.State.PUBLISHED)),
        Tab("draft", gettext_lazy("Drafts"), Q(state=Product.State.DRAFT)),
        Tab("endofsale", gettext_lazy("End of sale"), Q(state=Product.State.END_OF_SALE)),
    )
    filters = (
        Filter(
            "category",
            gettext_lazy("Category"),
            "category_id",
            lambda actor: Category.objects.visible_to(actor).values_list("pk", "name"),
        ),
        Filter(
            "authorization",
            gettext_lazy("Reseller Authorization"),
            "authorization_level",
            Product.Authorization.choices,
        ),
    )
    search_fields = ("name", "external_id")
    search_label = gettext_lazy("Name or ID")
    order = "name"
    empty = gettext_lazy("Products appear here once they are there for you.")
    without = {VENDOR: ("owner",), DISTRIBUTOR: ("sync",), RESELLER: ("sync",)}

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        drop = self.without[self.roles[0]]
        self.columns = tuple(each for each in type(self).columns if each.name not in drop)
        if self.roles[0] != VENDOR:
            self.tabs = tuple(each for each in type(self).tabs if each.name != "draft")

    def get_actions(self) -> list[Action]:
        if self.actor.role != VENDOR or not self.actor.may_act:
            return []
        return [Action(_("Add product"), self.url("product-add"), "primary", "fa-plus")]
