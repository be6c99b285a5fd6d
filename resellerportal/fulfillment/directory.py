"""The directory of subscriptions: what customers have, and what is under way for them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from fulfillment.models import FulfillmentRequest, Subscription

from .. import cells
from ..cells import Cell, esc
from ..generic import Action, PortalListView
from ..lists import choices
from ..lists.listing import Column, Filter, Tab, day
from ..states import badge, badge_of, labels, state_label
from .queue import DISTRIBUTORS, ENVIRONMENTS, VENDORS, order_actions

State = Subscription.State
RequestState = FulfillmentRequest.State
UNDER_WAY = (State.DRAFT, State.PROCESSING, State.TERMINATING)


def own_state() -> Cell:
    """The badge; of what is still processed, that its tiers are being set up (7.8)."""
    language = get_language()
    text = state_label(FulfillmentRequest, RequestState.TIERS_SETUP)
    parked = badge_of(RequestState.TIERS_SETUP, text)

    def cell(subscription: Any) -> SafeString:
        opened = subscription.opened
        if opened is None or opened.state != RequestState.TIERS_SETUP:
            return badge(subscription, language)
        return SafeString(f'{badge(subscription, language)}<div class="mt-1">{parked}</div>')

    return cell


class OpenRequest:
    """Type and state of the open request over its id, which leads to it."""

    def __init__(self, view: PortalListView) -> None:
        self.view = view

    def plain(self, subscription: Any) -> Any:
        opened = subscription.opened
        if opened is None:
            return None
        kind, state = (labels(FulfillmentRequest, name) for name in ("type", "state"))
        return f"{opened.pk}: {kind[opened.type]}, {state[opened.state]}"

    def __call__(self, subscription: Any) -> Any:
        return self.for_page()(subscription)

    def for_page(self) -> Cell:
        shape = self.view.url("order-detail", "PK")
        kinds, states = (labels(FulfillmentRequest, name) for name in ("type", "state"))

        def cell(subscription: Any) -> Any:
            opened = subscription.opened
            if opened is None:
                return None
            key = esc(opened.pk)
            link = f'<a href="{shape.replace("PK", key)}">{key}</a>'
            said = f"{esc(kinds[opened.type])} · {esc(states[opened.state])}"
            return SafeString(f'{said}<div class="id text-nowrap">{link}</div>')

        return cell


def place(subscription: Any) -> str:
    """Where it was ordered: production, test or preview."""
    kind = subscription.connection.type if subscription.connection else "preview"
    return str(dict(ENVIRONMENTS)[kind])


def of_environment(wanted: str) -> Q:
    if wanted == "preview":
        return Q(connection=None)
    return Q(connection__type=wanted)


def of_account(path: str) -> Any:
    """A filter's look-up of an account by its id or a part of its name."""

    def lookup(text: str) -> Q:
        if text.upper().startswith("TA-"):
            return Q(**{f"{path}_id": text.upper()})
        return Q(**{f"{path}__name__icontains": text})

    return lookup


def of_hub(text: str) -> Q:
    if text.upper().startswith("HB-"):
        return Q(connection__hub_id=text.upper())
    return Q(connection__hub__name__icontains=text)


def of_external(text: str) -> Q:
    return Q(external_id=text) | Q(external_uid=text)


def clipped(path: str) -> Cell:
    read = cells.value(path)

    def cell(subscription: Any) -> Any:
        text = read(subscription)
        return text and cells.clip(text)

    return cell


def _text(name: str, label: Any, path: str, *, hidden: bool = False) -> Column:
    """A text cut where the column ends; in files the whole of it."""
    reads, plain = (cells.field_path(path),), cells.value(path)
    return Column(
        name, label, clipped(path), optional=True, reads=reads, hidden=hidden, plain=plain
    )


COLUMNS = (
    Column("state", gettext_lazy("State"), cells.PerPage(own_state, "state")),
    Column(
        "product",
        gettext_lazy("Product"),
        clipped("product.name"),
        order="product__name",
        reads=("product__name",),
    ),
    Column("tier1", gettext_lazy("Tier 1"), "tier1.name", optional=True),
    _text("tier2", gettext_lazy("Tier 2"), "tier2.name", hidden=True),
    _text("marketplace", gettext_lazy("Marketplace"), "marketplace.name", hidden=True),
    _text("hub", gettext_lazy("Hub"), "connection.hub.name", hidden=True),
    _text("connection", gettext_lazy("Connection"), "connection.id", hidden=True),
    Column(
        "environment",
        gettext_lazy("Environment"),
        place,
        optional=True,
        hidden=True,
        reads=("connection__type",),
    ),
    Column("provider", gettext_lazy("Distributor"), "provider.name", optional=True),
    Column("vendor", gettext_lazy("Vendor"), "vendor.name", optional=True),
    _text("external", gettext_lazy("External ID"), "external_id"),
    _text("uid", gettext_lazy("External UUID"), "external_uid", hidden=True),
    Column(
        "updated",
        gettext_lazy("Changed"),
        cells.since("updated_at"),
        order="updated_at",
        optional=True,
        num=True,
        hidden=True,
    ),
    Column(
        "age",
        gettext_lazy("Ordered"),
        cells.since("created_at"),
        order="created_at",
        optional=True,
        num=True,
    ),
)
PRODUCT = Filter("product", gettext_lazy("Product"), choices=choices.products)
STATE = Filter("state", gettext_lazy("State"), choices=State.choices)
FOLDED = (
    Filter("environment", gettext_lazy("Environment"), of_environment, ENVIRONMENTS, folded=True),
    Filter("marketplace", gettext_lazy("Marketplace"), choices=choices.marketplaces, folded=True),
    Filter("customer", gettext_lazy("Customer"), of_account("customer"), folded=True),
    Filter("tier1", gettext_lazy("Tier 1"), of_account("tier1"), folded=True),
    Filter("external", gettext_lazy("External ID or UUID"), of_external, folded=True),
    day("from", gettext_lazy("Ordered from"), "created_at"),
    day("until", gettext_lazy("Ordered until"), "created_at", until=True),
    day("changed_from", gettext_lazy("Changed from"), "updated_at"),
    day("changed_until", gettext_lazy("Changed until"), "updated_at", until=True),
    Filter("connection", gettext_lazy("Connection"), "connection_id", folded=True),
)
#: Of a connection resellers are told its id and what it is for; hubs are the distributor's.
HUB = Filter("hub", gettext_lazy("Hub"), of_hub, folded=True)


class SubscriptionList(PortalListView):
    """Rows carry `opened`, their open request as far as the reader sees it, or None."""

    model = Subscription
    name = "subscription"
    title = gettext_lazy("Subscriptions")
    row_title = "customer.name"
    row_label = gettext_lazy("Customer")
    tabs = (
        Tab("active", gettext_lazy("Active"), Q(state=State.ACTIVE)),
        Tab("open", gettext_lazy("Under way"), Q(state__in=UNDER_WAY)),
        Tab("suspended", gettext_lazy("Suspended"), Q(state=State.SUSPENDED)),
        Tab("ended", gettext_lazy("Terminated"), Q(state=State.TERMINATED)),
        Tab("all", gettext_lazy("All")),
    )
    search_fields = ("customer__name", "external_id", "external_uid")
    search_label = gettext_lazy("Customer, ID or external ID")
    order = "-age"
    empty = gettext_lazy("A subscription begins with an order.")
    without = {
        VENDOR: ("vendor",),
        DISTRIBUTOR: ("provider",),
        RESELLER: ("provider", "hub"),
    }

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        role = self.roles[0]
        columns = [each for each in COLUMNS if each.name not in self.without[role]]
        opened = Column(
            "open", gettext_lazy("Open request"), OpenRequest(self), optional=True, reads=("state",)
        )
        self.columns = (columns[0], opened, *columns[1:])
        parties = DISTRIBUTORS if role == VENDOR else VENDORS
        own = FOLDED if role == RESELLER else (*FOLDED, HUB)
        self.filters = (PRODUCT, parties, STATE, *own)

    def get_actions(self) -> list[Action]:
        return order_actions(self)

    def prepare(self, found: list[Any]) -> None:
        """The open request of each row; one query for a page."""
        rows = FulfillmentRequest.objects.visible_to(self.actor).filter(
            subscription__in=[row.pk for row in found], state__in=FulfillmentRequest.OPEN
        )
        columns = ("pk", "type", "state", "subscription_id")
        opened = {row.subscription_id: row for row in rows.values_list(*columns, named=True)}
        for row in found:
            row.opened = opened.get(row.pk)
