"""The requests of one subscription, as a chain: what each asked for, by whom, how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from customers.models import Event
from fulfillment.models import FulfillmentRequest, RequestItem, Subscription

from .. import history
from ..states import state_label

Type, State = FulfillmentRequest.Type, FulfillmentRequest.State
#: The latest that are shown.
SHOWN = 50
FINAL = (State.APPROVED, State.FAILED, State.REVOKED)
TOLD = Q(verb="fulfillmentrequest.created") | Q(to_state__in=FINAL)
#: What a subscription becomes when the request is approved.
BECOMES = {
    Type.SUSPEND: Subscription.State.SUSPENDED,
    Type.RESUME: Subscription.State.ACTIVE,
    Type.CANCEL: Subscription.State.TERMINATED,
}


@dataclass(frozen=True)
class Step:
    """A request of the chain; `here` is the one whose page it is shown on."""

    request: FulfillmentRequest
    url: str
    asked: str
    by: str
    decided_by: str
    here: bool = False


@dataclass(frozen=True)
class Trail:
    """Newest first; `later` and `earlier` are beside the one it is shown on."""

    steps: list[Step]
    capped: int = 0

    @property
    def later(self) -> Step | None:
        return self._beside(-1)

    @property
    def earlier(self) -> Step | None:
        return self._beside(1)

    def _beside(self, way: int) -> Step | None:
        at = next((n for n, step in enumerate(self.steps) if step.here), None)
        if at is None or not 0 <= at + way < len(self.steps):
            return None
        return self.steps[at + way]


def trail(page: Any, subscription: Subscription, here: str = "") -> Trail:
    """The latest visible requests of a visible subscription; five queries at most."""
    lines = Prefetch("items", RequestItem.objects.select_related("item"))
    rows = subscription.requests.visible_to(page.actor).order_by("-created_at", "-pk")
    found = list(rows.prefetch_related(lines)[: SHOWN + 1])
    events = history.events_of(*found, limit=3 * SHOWN, before=TOLD)
    names = history.names(events, page.actor)
    begun = _by_request((each for each in events if each.verb.endswith(".created")), names)
    ended = _by_request((each for each in events if each.to_state in FINAL), names)
    steps = [
        Step(
            request=row,
            url=page.url("order-detail", row.pk),
            asked=asked(row),
            by=begun.get(row.pk, ""),
            decided_by=ended.get(row.pk, ""),
            here=row.pk == here,
        )
        for row in found[:SHOWN]
    ]
    return Trail(steps, SHOWN if len(found) > SHOWN else 0)


def _by_request(events: Iterable[Event], names: dict[Any, str]) -> dict[str, str]:
    return {event.object_id: names[event.pk] for event in events}


def asked(request: FulfillmentRequest) -> str:
    """From what to what, in a line."""
    if request.type in BECOMES:
        states = (request.subscription_state, BECOMES[Type(request.type)])
        return " → ".join(state_label(Subscription, each) for each in states if each)
    lines = [
        f"{line.item.name} {line.old_quantity} → {line.quantity}"
        if request.type == Type.CHANGE
        else f"{line.item.name} {line.quantity}"
        for line in request.items.all()
    ]
    if request.params and request.type != Type.PURCHASE:
        lines.append(_("values"))
    return ", ".join(lines)
