"""The list of products and one product; what is changed has pages of its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR
from customers.models import Connection, Listing, Marketplace, Product
from customers.permissions import by_administrator_of
from fulfillment.models import Item
from tierconfig.models import Parameter, Template

from .. import cells, history, texts
from ..generic import Action, DetailTab, Fact, PortalListView, PortalObjectView
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


class ProductDetail(PortalObjectView):
    """Vendors read everything; the others what they can buy and what is asked for it."""

    model = Product
    name = "product"
    select_related = ("owner",)
    title = "name"
    general = DetailTab("", gettext_lazy("General"), "products/general.html")
    items = DetailTab("items", gettext_lazy("Items"), "products/items.html")
    parameters = DetailTab("parameters", gettext_lazy("Parameters"), "products/parameters.html")
    templates = DetailTab("templates", gettext_lazy("Templates"), "products/templates.html")
    connections = DetailTab("connections", gettext_lazy("Connections"), "products/connections.html")
    listings = DetailTab("listings", gettext_lazy("Marketplaces"), "products/listings.html")

    @property
    def is_vendor(self) -> bool:
        return self.actor.role in (VENDOR, ADMIN)

    @cached_property
    def tabs(self) -> tuple[DetailTab, ...]:
        everybody = (self.general, self.items, self.parameters)
        if not self.is_vendor:
            return everybody
        return (*everybody, self.templates, self.connections, self.listings)

    @cached_property
    def tab(self) -> DetailTab:
        wanted = self.kwargs.get("tab", "")
        found = next((tab for tab in self.tabs if tab.name == wanted), None)
        if found is None:
            raise Http404
        return found

    def get_template_names(self) -> list[str]:
        return [self.tab.template]

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Products"), self.url("product-list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pk = self.object.pk
        context = super().get_context_data(**kwargs)
        tabs = [
            {
                "label": tab.label,
                "url": self.url("product-detail", pk, *filter(None, [tab.name])),
                "current": tab == self.tab,
            }
            for tab in self.tabs
        ]
        fill = getattr(self, f"fill_{self.tab.name or 'general'}")
        actions = self.get_actions()
        return {**context, "tabs": tabs, "badge": self.object, "actions": actions, **fill()}

    def get_actions(self) -> list[Action]:
        if self.portal != VENDOR or not by_administrator_of(self.object, self.actor):
            return []
        on = self.object.tier_accounts_sync
        label = _("Switch Tier Accounts Sync off") if on else _("Switch Tier Accounts Sync on")
        return [Action(label, self.url("product-sync", self.object.pk))]

    def fill_general(self) -> dict[str, Any]:
        product = self.object
        facts = [
            Fact(_("Vendor"), product.owner),
            Fact(_("Description"), product.short_description or None),
            Fact(_("External ID"), product.external_id or None),
        ]
        level = product.authorization_level
        asked = {
            0: _("Orders go straight to the vendor; resellers are asked for nothing."),
            1: _(
                "The reseller of a customer needs an approved configuration before its first "
                "order is processed."
            ),
            2: _(
                "The reseller of a customer and the reseller above it need an approved "
                "configuration before the first order is processed."
            ),
        }[level]
        capabilities = [
            Fact(_("Reseller Authorization"), f"{AUTHORIZATION(product)}. {asked}"),
        ]
        if self.is_vendor:
            changes = (
                _("On. Changes of accounts come as requests.")
                if product.tier_accounts_sync
                else _("Off. Changes of accounts are recorded as unsupported.")
            )
            capabilities.append(Fact(_("Tier Accounts Sync"), changes))
        events = history.events_of(product) if self.is_vendor else []
        return {
            "facts": facts,
            "capabilities": capabilities,
            "thread": history.thread(events, self.actor),
        }

    def fill_items(self) -> dict[str, Any]:
        rows = Item.objects.visible_to(self.actor).filter(product=self.object).order_by("pk")
        return {"items": rows[:500]}

    def fill_parameters(self) -> dict[str, Any]:
        """Definitions by scope; who does not define them sees what will be asked, no more."""
        rows = Parameter.objects.visible_to(self.actor).filter(product=self.object)
        if not self.is_vendor:
            rows = rows.filter(phase=Parameter.Phase.ORDERING, hidden=False)
            rows = rows.exclude(type__in=Parameter.DISPLAY_ONLY)
        scopes: dict[str, list[Parameter]] = {}
        for row in rows.order_by("-phase", "position", "name"):
            scopes.setdefault(row.scope, []).append(row)
        labels = dict(Parameter.Scope.choices)
        parts = [(labels[scope], scopes[scope]) for scope in labels if scope in scopes]
        return {"scopes": parts, "all_of_it": self.is_vendor}

    def fill_templates(self) -> dict[str, Any]:
        rows = Template.objects.visible_to(self.actor).filter(product=self.object)
        return {"texts": [(row, texts.rendered(row.body)) for row in rows.order_by("scope", "pk")]}

    def fill_connections(self) -> dict[str, Any]:
        rows = Connection.objects.filter(product=self.object).select_related("hub__provider")
        return {"connections": rows.order_by("hub__provider__name", "type", "pk")}

    def fill_listings(self) -> dict[str, Any]:
        markets = Marketplace.objects.visible_to(self.actor)
        rows = Listing.objects.filter(product=self.object, marketplace__in=markets)
        found = rows.select_related("marketplace__owner").order_by("marketplace__name", "pk")
        return {"listings": found}
