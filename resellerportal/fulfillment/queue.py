"""The queue of orders: whose turn it is, since when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR, Actor
from fulfillment.models import FulfillmentRequest
from fulfillment.services import waiting
from tierconfig.models import ServiceLevel

from .. import cells, chains, levels
from ..cells import Cell
from ..generic import Action, Bulk, PortalListView
from ..home import overview
from ..lists import choices
from ..lists.listing import Column, Filter, Tab
from ..processing import assigning
from ..queue import bulks
from ..states import labels

State = FulfillmentRequest.State
ENTITY = ServiceLevel.Entity.ORDER
DRAFT = Q(state=State.DRAFT)
ENVIRONMENTS = (
    ("production", gettext_lazy("Production")),
    ("test", gettext_lazy("Test")),
    ("preview", gettext_lazy("Preview")),
)


def my_turn(actor: Actor) -> Q:
    return overview.where("order", overview.mine(actor)["order"])


def others_turn(actor: Actor) -> Q:
    return Q(state__in=FulfillmentRequest.OPEN) & ~my_turn(actor)


def product_and_kind() -> Cell:
    """The product over what is done with it, and where unless it is in production."""
    kinds = labels(FulfillmentRequest, "type")

    def cell(order: Any) -> SafeString:
        kind = kinds[order.type]
        if order.environment != "production":
            kind = f"{kind} · {environment(order.environment)}"
        return cells.two_lines(cells.clip(order.subscription.product.name), kind)

    return cell


def environment(value: str) -> str:
    return str(dict(ENVIRONMENTS).get(value, value))


def waits_for(order: Any) -> str:
    return chains.whom(order.chain)


def assigned(order: Any) -> str | None:
    return order.assignee and (order.assignee.name or order.assignee.email)


LEVEL = replace(levels.COLUMN, name="waiting")
ASSIGNED = ("assignee__name", "assignee__email")


PRODUCT = Filter("product", gettext_lazy("Product"), "subscription__product", choices.products)
VENDORS = Filter("vendor", gettext_lazy("Vendor"), choices=choices.vendors)
DISTRIBUTORS = Filter("provider", gettext_lazy("Distributor"), choices=choices.distributors)
STATE = Filter("state", gettext_lazy("State"), choices=State.choices)
ENVIRONMENT = Filter("environment", gettext_lazy("Environment"), choices=ENVIRONMENTS)


class OrderList(PortalListView):
    model = FulfillmentRequest
    name = "order"
    walks = True
    title = gettext_lazy("Orders")
    reads = waiting.OF_CHAINS
    row_title = "subscription.customer.name"
    row_label = gettext_lazy("Customer")
    columns = (
        Column("state", gettext_lazy("State"), cells.state),
        Column("whom", gettext_lazy("Waiting for"), waits_for, optional=True),
        Column("ordered", gettext_lazy("Ordered"), cells.since("created_at"), "created_at", True),
        Column(
            "product",
            gettext_lazy("Product"),
            cells.PerPage(product_and_kind, "type", "environment", "subscription__product__name"),
            optional=True,
        ),
        Column("tier1", gettext_lazy("Tier 1"), "subscription.tier1.name", optional=True),
        Column("vendor", gettext_lazy("Vendor"), "vendor.name", optional=True),
        Column("provider", gettext_lazy("Distributor"), "provider.name", optional=True),
        Column("assignee", gettext_lazy("Assignee"), assigned, optional=True, reads=ASSIGNED),
        Column(
            "waiting", gettext_lazy("Since"), cells.since("state_since"), "state_since", num=True
        ),
    )
    tabs = (
        Tab("mine", gettext_lazy("Waiting for me"), my_turn),
        Tab("others", gettext_lazy("Waiting for others"), others_turn),
        Tab("drafts", gettext_lazy("Drafts"), DRAFT),
        Tab("done", gettext_lazy("Done"), ~Q(state__in=FulfillmentRequest.OPEN)),
        Tab("all", gettext_lazy("All")),
    )
    search_fields = (
        "subscription__customer__name",
        "subscription__external_id",
        "subscription__external_uid",
    )
    search_label = gettext_lazy("Customer, ID or external ID")
    order = "waiting"
    bulk = bulks.GIVE
    empty = gettext_lazy("Orders of your products or customers appear here.")
    #: Columns that say nothing to a role.
    without = {
        VENDOR: ("vendor",),
        ADMIN: (),
        DISTRIBUTOR: ("provider", "assignee"),
        RESELLER: ("provider", "assignee"),
    }

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        role = self.roles[0]
        drop = self.without[role]
        if self.address.clean("tab") in ("done", "all"):
            # Newest first, by an index; the queues are sorted by how long they have waited.
            self.order = "-ordered"
        else:
            drop = (*drop, "ordered")
        if self.tab.name == "done" or (self.tab.name == "mine" and role == VENDOR):
            # Nobody holds it, or the reader does.
            drop = (*drop, "whom")
        self.columns = tuple(each for each in type(self).columns if each.name not in drop)
        self.filters = (PRODUCT, DISTRIBUTORS if role == VENDOR else VENDORS, STATE, ENVIRONMENT)
        if role != RESELLER:
            self.add_levels()
        if role == VENDOR:
            self.filters = (*self.filters, assigning.assignee_filter(self))

    def add_levels(self) -> None:
        """What the vendor's service levels say, in place of the plain age."""
        self.filters = (*self.filters, levels.zone_filter(lambda: self.actor, ENTITY))
        if self.address.clean("tab") not in ("done", "all"):
            rest = (each for each in self.columns if each.name != "waiting")
            self.columns = (*rest, LEVEL, levels.MOMENT)

    def get_bulk(self) -> tuple[Bulk, ...]:
        offered = self.actor.role == VENDOR and self.tab is not None and self.tab.name != "done"
        return bulks.offered(super().get_bulk(), self.tab) if offered else ()

    def get_actions(self) -> list[Action]:
        return order_actions(self)

    def prepare(self, found: list[Any]) -> None:
        if LEVEL in self.shown:
            levels.mark(found, ENTITY)
        links = waiting.chains(found, None)
        for order in found:
            order.chain = links.get(order.pk, [])


def order_actions(view: Any) -> list[Action]:
    """ "Place an order", for who may."""
    if not view.actor.may_act:
        return []
    try:
        vendor = view.actor.role == VENDOR
        label = _("Place a preview order") if vendor else _("Place an order")
        return [Action(label, view.url("order-add"), "primary", "fa-plus")]
    except NoReverseMatch:
        return []
