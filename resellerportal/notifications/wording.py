"""What orders of each type are called in mail, what they ask for, and what their end means."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.models import FulfillmentRequest

Type = FulfillmentRequest.Type
#: Lines of an order named in one mail.
LISTED = 10

_NAMES: dict[str, Any] = {
    Type.PURCHASE: gettext_lazy("order"),
    Type.CHANGE: gettext_lazy("subscription change"),
    Type.SUSPEND: gettext_lazy("subscription suspension"),
    Type.RESUME: gettext_lazy("subscription resumption"),
    Type.CANCEL: gettext_lazy("subscription cancellation"),
    Type.ADJUSTMENT: gettext_lazy("subscription adjustment"),
}
_ASKED: dict[str, Any] = {
    Type.CHANGE: gettext_lazy("The subscription is to be changed. The request waits for you."),
    Type.SUSPEND: gettext_lazy("The subscription is to be suspended. The request waits for you."),
    Type.RESUME: gettext_lazy("The subscription is to be active again. The request waits for you."),
    Type.CANCEL: gettext_lazy("The subscription is to end. The request waits for your decision."),
}
_APPROVED: dict[str, Any] = {
    Type.PURCHASE: gettext_lazy("The order was approved. The subscription is active."),
    Type.CHANGE: gettext_lazy("The subscription was changed."),
    Type.SUSPEND: gettext_lazy("The subscription is suspended from now on."),
    Type.RESUME: gettext_lazy("The subscription is active again."),
    Type.CANCEL: gettext_lazy("The subscription has ended."),
    Type.ADJUSTMENT: gettext_lazy("The vendor adjusted the subscription."),
}
_ENDED: dict[str, Any] = {
    Type.PURCHASE: gettext_lazy("The order was closed. There is no subscription."),
    Type.CHANGE: gettext_lazy("The subscription stays as it was."),
    Type.SUSPEND: gettext_lazy("The subscription stays active."),
    Type.RESUME: gettext_lazy("The subscription stays suspended."),
    Type.CANCEL: gettext_lazy("The subscription goes on as before."),
    Type.ADJUSTMENT: gettext_lazy("The subscription stays as it was."),
}


def name(request: FulfillmentRequest) -> str:
    """What the order is called in a heading: "To decide: … of Acme"."""
    return str(_NAMES[request.type])


def asked(request: Any) -> str:
    """To whoever decides: what is wanted."""
    default = _("A request waits for your decision.")
    return str(_ASKED.get(getattr(request, "type", ""), default)) if _is(request) else default


def outcome(request: Any) -> str:
    """To whoever asked: what the decision means."""
    if not _is(request):
        return _("The request was decided.")
    texts = _APPROVED if request.state == request.State.APPROVED else _ENDED
    return str(texts[request.type])


def lines(request: Any) -> list[tuple[str, str]]:
    """Facts of an order: its subscription and the items it is about."""
    if not _is(request):
        return []
    facts = []
    if request.type != Type.PURCHASE:
        facts.append((_("Subscription"), request.subscription_id))
    rows = list(request.items.select_related("item").order_by("pk")[: LISTED + 1])
    for row in rows[:LISTED]:
        was = f"{row.old_quantity} → " if request.type != Type.PURCHASE else ""
        facts.append((row.item.name, f"{was}{row.quantity}"))
    if len(rows) > LISTED:
        facts.append((_("and more"), "…"))
    return facts


def _is(request: Any) -> bool:
    return isinstance(request, FulfillmentRequest)
