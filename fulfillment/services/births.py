"""The birth of a request on a subscription, of whatever type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from customers.actors import VENDOR, Actor
from customers.cleaning import clean_text
from customers.events import record
from tierconfig import parameters
from tierconfig.models import TierConfig
from tierconfig.services.births import next_id
from tierconfig.services.processing import begin_inquiry, known_values, show
from tierconfig.services.uniqueness import claim_for

from ..models import FulfillmentRequest, Item, RequestItem, Subscription

State = FulfillmentRequest.State
Type = FulfillmentRequest.Type
#: Types that bring values of the buying side, so that somebody can be asked for them.
ASKING = (Type.PURCHASE, Type.CHANGE)
MAX_NOTE = 2000


@dataclass(frozen=True)
class Line:
    """How many of an item are wanted, and how many there were."""

    item: Item
    quantity: int
    old_quantity: int = 0


def birth_state(request: FulfillmentRequest, required: Iterable[TierConfig]) -> str:
    """Where a new, submitted or released order stands (domain 3.5), by the definitions of now."""
    if not all(config.configured for config in required):
        return State.TIERS_SETUP
    if request.type not in ASKING:
        return State.PENDING
    lacking = parameters.missing(
        request.presented(), known_values(request), visible_ordering_only=True
    )
    return State.INQUIRING if lacking else State.PENDING


def bear(
    subscription: Subscription,
    kind: str,
    *,
    actor: Actor,
    params: Mapping[str, parameters.Stored] | None = None,
    lines: Iterable[Line] = (),
    required: Iterable[TierConfig] = (),
    tier_values: Mapping[str, Any] | None = None,
    note: str = "",
    draft: bool = False,
) -> FulfillmentRequest:
    """The request, saved and recorded; the subscription is held, or new and unseen.

    `params` are stored values, `required` held configurations, `tier_values` those of a draft.
    What it does to the subscription is the caller's. Raises ValidationError on field `note`, and
    when a unique value is taken.
    """
    required = list(required)
    fields = _of_subscription(subscription) | {
        "type": kind,
        "subscription_state": "" if kind == Type.PURCHASE else subscription.state,
        "creator": actor.partner or _party(subscription, kind),
        "params": dict(params or {}),
        "tier_values": dict(tier_values or {}),
        "note": clean_note(note),
        "assignee": actor.user if actor.role == VENDOR else None,
    }
    # A protected state is taken at construction only.
    state = State.DRAFT if draft else birth_state(FulfillmentRequest(**fields), required)
    request = FulfillmentRequest(**fields, state=state)
    data = {"subscription": subscription.pk, "type": kind, "set": sorted(request.params)}
    data |= open_at(request, state)
    claim_for(request)
    request.save(force_insert=True)
    request.required_configurations.set(required)
    put_lines(request, lines)
    record("fulfillmentrequest.created", request, actor=actor, to_state=state, data=data)
    return request


def _of_subscription(subscription: Subscription) -> dict[str, Any]:
    """What a request takes over from its subscription."""
    used = subscription.requests.values_list("pk", flat=True)
    return {
        "pk": next_id("PR", subscription.pk, used),
        "subscription": subscription,
        "vendor_id": subscription.vendor_id,
        "provider_id": subscription.provider_id,
        "environment": subscription.environment,
    }


def open_at(request: FulfillmentRequest, state: str) -> dict[str, Any]:
    """What coming to its first open state brings: the text, and an inquiry; data of the event."""
    show(request, state)
    return begin_inquiry(request) if state == State.INQUIRING else {}


def put_lines(request: FulfillmentRequest, lines: Iterable[Line]) -> None:
    """Replace the lines of a held request."""
    request.items.all().delete()
    RequestItem.objects.bulk_create(
        RequestItem(
            request=request, item=each.item, quantity=each.quantity, old_quantity=each.old_quantity
        )
        for each in lines
    )


def clean_note(note: str) -> str:
    try:
        return clean_text(note, max_length=MAX_NOTE, lines=True)
    except ValidationError as error:
        raise ValidationError({"note": error}) from error


def _party(subscription: Subscription, kind: str) -> Any:
    """Whom an administrator stands in for."""
    return subscription.vendor if kind == Type.ADJUSTMENT else subscription.provider
