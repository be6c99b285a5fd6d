"""The queue of orders, and one order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.permissions import by_vendor
from fulfillment.models import FulfillmentRequest
from fulfillment.services import waiting
from tierconfig import parameters
from tierconfig.models import Parameter, ServiceLevel
from tierconfig.presentation import presented
from tierconfig.services.processing import known_values
from tierconfig.services.waiting import Link

from .. import cells, chains, choices, levels, texts
from ..cells import Cell
from ..following import following
from ..generic import Action, Bulk, Fact, PortalDetailView, PortalListView
from ..listing import Column, Filter, Tab
from ..processing import assigning, origins, since, values
from ..processing.inquiring import inquiry_actions
from ..reseller.answers import own_answers
from ..states import labels
from . import shown

State = FulfillmentRequest.State
ENTITY = ServiceLevel.Entity.ORDER
#: States in which each side has to act.
VENDORS_TURN = (State.PENDING, State.REVOKING)
BUYERS_TURN = (State.INQUIRING, State.DRAFT)
ENVIRONMENTS = (
    ("production", gettext_lazy("Production")),
    ("test", gettext_lazy("Test")),
    ("preview", gettext_lazy("Preview")),
)
RELATED = (
    "subscription__product",
    "subscription__customer",
    "subscription__tier1",
    "subscription__tier2",
    "subscription__marketplace",
    "vendor",
    "provider",
    "assignee",
)


def my_turn(actor: Actor) -> Q:
    turn = VENDORS_TURN if actor.role in (VENDOR, ADMIN) else BUYERS_TURN
    return Q(state__in=turn)


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
    bulk = (assigning.TAKE,)
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
        return super().get_bulk() if offered else ()

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
        return [Action(_("Place an order"), view.url("order-add"), "primary", "fa-plus")]
    except NoReverseMatch:
        return []


class OrderMixin:
    model = FulfillmentRequest
    name = "order"
    select_related = RELATED


class OrderDetail(OrderMixin, PortalDetailView):
    template_name = "fulfillment/order.html"

    @cached_property
    def chain(self) -> list[Link]:
        return waiting.chain(self.object, self.actor)

    @property
    def answers(self) -> bool:
        """Whether the answer may be given on this portal."""
        return self.may("answer")

    @cached_property
    def definitions(self) -> list[Parameter]:
        return self.object.definitions()

    def get_queryset(self) -> QuerySet[Any]:
        return levels.measured(super().get_queryset(), ENTITY)

    def get_title(self) -> str:
        subscription = self.object.subscription
        return _("%(type)s of %(product)s for %(customer)s") % {
            "type": self.object.get_type_display(),
            "product": subscription.product,
            "customer": subscription.customer,
        }

    def get_facts(self) -> list[Fact]:
        order, subscription = self.object, self.object.subscription
        facts = [
            Fact(
                _("Subscription"),
                subscription.pk,
                self.url("subscription-detail", subscription.pk),
            ),
            Fact(_("Vendor"), order.vendor),
            Fact(_("Distributor"), order.provider),
            Fact(_("Ordered"), cells.age(order.created_at)),
            Fact(_("Environment"), environment(order.environment)),
        ]
        if self.actor.role == VENDOR:
            facts[1] = Fact(_("Assignee"), order.assignee or _("nobody"))
        return facts if self.portal == RESELLER else [*facts, *levels.fact(order, ENTITY)]

    def get_actions(self) -> list[Action]:
        actions = super().get_actions()
        order = self.object
        extra = inquiry_actions(self)
        undecided = order.state in (State.PENDING, State.INQUIRING)
        if (
            self.portal == VENDOR
            and undecided
            and by_vendor(order, self.actor)
            and parameters.offered_to_vendor(
                presented(self.definitions, known_values(order), order.presentation)
            )
        ):
            extra.append(Action(_("Edit values"), self.url("order-values", order.pk)))
        return [*following(self), *extra, *own_answers(self), *actions]

    def get_history_objects(self) -> list[Any]:
        return [self.object, self.object.subscription]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order, subscription = self.object, self.object.subscription
        known = values.told(order, self.portal)
        return super().get_context_data(
            chain=chains.rows(self.chain, self.url, here=order.pk, answers=self.answers),
            asks=order.inquiry_message if order.state == State.INQUIRING else "",
            tiers=shown.tier_nodes(subscription, self.actor, self.url, order=order),
            items=list(order.items.select_related("item")),
            changes=order.type != FulfillmentRequest.Type.PURCHASE,
            phases=values.phases(
                presented(self.definitions, known, order.presentation),
                known,
                self.actor,
                buyer=_("Customer"),
                origins=origins.in_force(
                    subscription, self.actor, order.pk, events=self.every_event
                ),
            ),
            control_panel=texts.rendered(order.template_text) if order.template_text else "",
            more=self._more(),
            offers=assigning.offers(self),
            since=since.notice(self, self.definitions),
            **kwargs,
        )

    def _more(self) -> list[Fact]:
        order, subscription = self.object, self.object.subscription
        product = subscription.product
        facts = [
            Fact(_("Product"), product, self.url("product-detail", product.pk)),
            Fact(_("Marketplace"), subscription.marketplace),
            Fact(_("External ID"), subscription.external_id),
            Fact(_("Note"), order.note),
            Fact(_("Decided"), cells.age(order.decided_at)),
        ]
        return [fact for fact in facts if fact.value]
