"""The way in: where `/` leads, and what waits for whom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from customers.actors import DISTRIBUTOR, RESELLER, Actor
from customers.models import Event
from fulfillment.models import FulfillmentRequest
from fulfillment.services import waiting as chain_service

from .. import chains, history, statements
from ..access import EVERYONE, RoleRequiredMixin, home_of
from ..frame import shell
from ..lists.rows import fetch
from ..readiness.tile import tile as readiness_tile
from ..states import badge_of, state_label
from . import durations, lately, overview

#: Parked orders shown.
PARKED = 4
#: Kind of object of an event -> model part of the URL names.
PAGES = {
    "tieraccount": "account",
    "tieraccountrequest": "request",
    "tierconfig": "config",
    "tierconfigrequest": "config-request",
    "subscription": "subscription",
    "fulfillmentrequest": "order",
    "product": "product",
    "importbatch": "import",
}


class Root(RoleRequiredMixin, View):
    """`/` leads to the home page of the role acted in."""

    roles = EVERYONE

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(home_of(self.actor.role))


class PortalHome(RoleRequiredMixin, TemplateView):
    """What waits for me and for others, what is parked, how long things take, what happened."""

    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = overview.items(self.actor)
        queues, ages = durations.queues(self.actor)
        own = [item for item in rows if item.mine][: overview.SHOWN]
        return super().get_context_data(
            tiles=[*(self._tile(queue, rows) for queue in queues), *self._readiness()],
            waiting=[self._line(item) for item in own],
            parties=[self._party(party) for party in overview.parties(rows)],
            parked=self._parked(),
            charts=[ages, durations.decided(self.actor)],
            events=self._events(),
            first=bool(own) and self.actor.role == RESELLER,
            **kwargs,
        )

    def _list(self, page: str, query: str = "") -> str:
        address = shell.address(f"{self.portal}:{page}-list")
        return f"{address}{query}" if address else ""

    def _readiness(self) -> list[dict[str, Any]]:
        """For a distributor: for which product its resellers are being set up."""
        found = readiness_tile(self.actor, self.portal) if self.portal == DISTRIBUTOR else None
        return [found] if found else []

    def _tile(self, queue: durations.Queue, rows: list[overview.Item]) -> dict[str, Any]:
        kind = overview.KINDS[queue.page]
        authorization = self.actor.role == RESELLER and queue.page == "config-request"
        tile = {
            "label": kind.label,
            "text": self._tile_text(queue, authorization),
            "icon": kind.icon,
            "url": self._list(queue.page),
            "count": queue.count,
            "since": queue.oldest,
            "more": "",
        }
        return {**tile, **self._authorization(queue, rows)} if authorization else tile

    def _authorization(self, queue: durations.Queue, rows: list[overview.Item]) -> dict[str, Any]:
        """What a reseller's tile says of its configurations; it leads to those, not to requests."""
        pending = sum(row.page == queue.page and row.state == "pending" for row in rows)
        text = ngettext("%(n)d with the vendor", "%(n)d with the vendor", pending) % {"n": pending}
        return {
            "label": _("Reseller Authorization"),
            "url": self._list("config", "?tab=attention" if queue.count else ""),
            "more": text if pending else "",
        }

    def _tile_text(self, queue: durations.Queue, authorization: bool) -> str:
        if not queue.count:
            return _("nothing waits for you")
        if authorization:
            return _("waiting for your answer, the oldest for")
        return _("waiting for you, the oldest for")

    @property
    def _step(self) -> str:
        """Where a line of what waits leads: resellers have to answer, mostly."""
        return "answer" if self.actor.role == RESELLER and self.actor.may_act else "detail"

    def _line(self, item: overview.Item) -> dict[str, Any]:
        kind = overview.KINDS[item.page]
        step = "detail" if item.state == "draft" else self._step
        return {
            "name": item.name,
            "pk": item.pk,
            "url": chains.address(self.url, f"{item.page}-{step}", item.pk),
            "button": _("Answer") if step == "answer" else "",
            "kind": kind.one,
            "product": item.product,
            "badge": badge_of(item.state, state_label(kind.model, item.state)),
            "since": item.since,
        }

    def _party(self, party: overview.Party) -> dict[str, Any]:
        parts = [
            {
                "text": overview.KINDS[page].many % {"count": count},
                "url": self._list(page, "?tab=others"),
            }
            for page, count in party.counts.items()
        ]
        return {"name": party.name, "parts": parts, "since": party.since}

    def _parked(self) -> list[dict[str, Any]]:
        """The longest parked orders, and on whom they wait."""
        visible = FulfillmentRequest.objects.visible_to
        parked = {"state": FulfillmentRequest.State.TIERS_SETUP}
        orders = fetch(
            FulfillmentRequest,
            (
                *chain_service.OF_CHAINS,
                "subscription__customer__name",
                "subscription__product__name",
            ),
            lambda: visible(self.actor).filter(**parked).order_by("state_since")[:PARKED],
            ("parked",),
            self.actor,
        )
        links = chain_service.chains(orders, self.actor)
        return [
            {
                "name": order.subscription.customer.name,
                "pk": order.pk,
                "url": chains.address(self.url, "order-detail", order.pk),
                "product": order.subscription.product.name,
                "since": order.state_since,
                "link": chains.rows(links[order.pk][-1:], self.url, here=order.pk),
            }
            for order in orders
            if links.get(order.pk)
        ]

    def _events(self) -> list[dict[str, Any]]:
        rows = lately.latest(self.actor)
        return [
            {
                "entry": entry,
                "pk": event.object_id,
                "about": event.about or "",
                "url": self._page_of(event),
            }
            for event, entry in zip(rows, history.thread(rows, self.actor), strict=True)
        ]

    def _page_of(self, event: Event) -> str:
        page = PAGES.get(event.object_type)
        return chains.address(self.url, f"{page}-detail", event.object_id) if page else ""


def rail_counts(actor: Actor) -> dict[str, int]:
    """Numbers shown in the rail, counted up to a cap, in one query; none where they are known."""
    if "queues" in actor.memo:
        return dict(actor.memo["queues"])
    found = statements.counts(
        "rail", actor, lambda: list(overview.waiting(actor).values()), shell.MOST
    )
    return dict(zip(overview.mine(actor), found, strict=True))
