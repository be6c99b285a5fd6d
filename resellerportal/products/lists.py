"""The list of products."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import Product

from .. import cells
from ..generic import PortalListView
from ..listing import Column, Filter


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
        Column("about", gettext_lazy("Description"), "short_description", optional=True),
        Column("authorization", gettext_lazy("Reseller Authorization"), AUTHORIZATION),
        Column(
            "sync",
            gettext_lazy("Tier Accounts Sync"),
            sync,
            optional=True,
            reads=("tier_accounts_sync",),
        ),
    )
    filters = (
        Filter("state", gettext_lazy("State"), choices=Product.State.choices),
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
    empty = gettext_lazy("Products appear here once they are listed on a marketplace of yours.")
    without = {VENDOR: ("owner",), DISTRIBUTOR: ("sync",), RESELLER: ("sync",)}

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        drop = self.without[self.roles[0]]
        self.columns = tuple(each for each in type(self).columns if each.name not in drop)
