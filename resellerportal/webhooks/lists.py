"""The lists: endpoints with their health, and the log of what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from customers.models import WebhookEndpoint, WebhookMessage
from customers.services.endpoints import TEST

from .. import cells
from ..generic import Action, PortalListView
from ..lists.listing import Column, Filter, Tab, newer
from ..notifications.event_types import event_types
from ..secret_pages import AdministratorsOnly
from .frame import State, health, standing, type_names


def address(row: Any) -> Any:
    return cells.clip(row.url)


def told(row: Any) -> Any:
    return cells.clip(type_names(row.types))


def number(state: str) -> Any:
    """A cell with the number of the row's messages of a state; EndpointList.prepare counted."""

    def read(row: Any) -> Any:
        return row.sent.get(state) or None

    return read


def last(row: Any) -> Any:
    return cells.age(row.sent.get("last"))


class EndpointList(AdministratorsOnly, PortalListView):
    model = WebhookEndpoint
    name = "webhook"
    title = gettext_lazy("Webhooks")
    row_title = "label"
    row_label = gettext_lazy("Webhook")
    row_order = "label"
    reads = ("active", "failing_since", "stopped_because", "url", "types")
    columns = (
        Column("health", gettext_lazy("State"), health, reads=reads),
        Column("url", gettext_lazy("Address"), address, optional=True, reads=("url",)),
        Column("types", gettext_lazy("Told of"), told, optional=True, reads=("types",)),
        Column("product", gettext_lazy("Product"), "product.name", optional=True, hidden=True),
        Column("waiting", gettext_lazy("Waiting"), number(State.WAITING), num=True),
        Column("failed", gettext_lazy("Failed"), number(State.FAILED), num=True),
        Column("last", gettext_lazy("Last try"), last, optional=True, num=True),
    )
    search_fields = ("label", "url")
    search_label = gettext_lazy("Name or address")
    order = "name"
    empty = gettext_lazy(
        "A webhook tells one of your systems what happens to what you see here: it is sent a "
        "signed message, and nobody has to ask again and again."
    )

    def prepare(self, found: list[Any]) -> None:
        """The numbers of the log, in one query."""
        rows = WebhookMessage.objects.visible_to(self.actor).exclude(type=TEST)
        rows = rows.filter(endpoint__in=[row.pk for row in found]).order_by()
        sent: dict[str, dict[str, Any]] = {row.pk: {} for row in found}
        counted = rows.values_list("endpoint", "state").annotate(Count("pk", distinct=True))
        for endpoint, state, count, at in counted.annotate(Max("tries__at")):
            sent[endpoint][state] = count
            before = sent[endpoint].get("last")
            sent[endpoint]["last"] = max(filter(None, [before, at]), default=None)
        for row in found:
            row.sent = sent[row.pk]

    def get_actions(self) -> list[Action]:
        return [
            Action(_("Deliveries"), self.url("webhook-message-list"), icon="fa-list"),
            Action(_("Add a webhook"), self.url("webhook-add"), "primary", "fa-plus"),
        ]


def endpoints(actor: Actor) -> list[tuple[str, str]]:
    rows = WebhookEndpoint.objects.visible_to(actor).order_by("label", "pk")
    return list(rows.values_list("pk", "label"))


class MessageList(AdministratorsOnly, PortalListView):
    model = WebhookMessage
    name = "webhook-message"
    title = gettext_lazy("Deliveries")
    row_title = "type"
    row_label = gettext_lazy("Message")
    reads = ("payload",)
    columns = (
        Column("state", gettext_lazy("State"), standing, reads=("state",)),
        Column("endpoint", gettext_lazy("Webhook"), "endpoint.label", optional=True),
        Column("tries", gettext_lazy("Tries"), "attempts", num=True, optional=True),
        Column(
            "created",
            gettext_lazy("Made"),
            cells.since("created_at"),
            order="created_at",
            num=True,
        ),
    )
    tabs = (
        Tab("all", gettext_lazy("All")),
        Tab("waiting", gettext_lazy("Waiting"), Q(state=State.WAITING)),
        Tab("failed", gettext_lazy("Failed"), Q(state=State.FAILED)),
        Tab("delivered", gettext_lazy("Delivered"), Q(state=State.DELIVERED)),
    )
    filters = (
        Filter("endpoint", gettext_lazy("Webhook"), "endpoint_id", endpoints),
        Filter("type", gettext_lazy("Type"), choices=[(n, n) for n in (*event_types(), TEST)]),
        newer("created", gettext_lazy("Made"), "created_at"),
    )
    order = "-created"
    empty = gettext_lazy("What is sent to your systems appears here, with every try.")

    def links(self) -> Callable[[Any], tuple[str, Any]]:
        """Under the type stands what it is about; the message's own id says nothing to readers."""
        link = super().links()
        return lambda row: (link(row)[0], row.payload.get("data", {}).get("id", ""))
