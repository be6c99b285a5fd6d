"""Orders from birth to decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import check, hold_all, write
from customers.services import participation
from tierconfig import parameters
from tierconfig.judging import complain
from tierconfig.models import Template, TierConfig
from tierconfig.services import answer_drafts
from tierconfig.services.processing import (
    answer_request,
    assign,
    check_template,
    clean_reason,
    inquire_request,
    known_values,
    pend_request,
    release,
    rendered,
    renew_inquiry,
    take_vendor_values,
    update_request,
)
from tierconfig.services.uniqueness import give_up, keep_in_force

from ..models import FulfillmentRequest, Subscription

__all__ = [
    "answer_request",
    "approve_request",
    "birth_state",
    "fail_request",
    "inquire_request",
    "pend_request",
    "renew_inquiry",
    "update_request",
    "withdraw_request",
]

State = FulfillmentRequest.State


def birth_state(request: FulfillmentRequest, required: Iterable[TierConfig]) -> str:
    """Where a new or released order stands (domain 3.5), judged by the definitions of now."""
    if not all(config.configured for config in required):
        return State.TIERS_SETUP
    lacking = parameters.missing(
        request.presented(), known_values(request), visible_ordering_only=True
    )
    return State.INQUIRING if lacking else State.PENDING


@transaction.atomic
def approve_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    template: Template | None,
    values: Mapping[str, Any] | None = None,
    effective_date: datetime | None = None,
    revision: int | None = None,
) -> FulfillmentRequest:
    """The vendor approves; values and text go to the subscription, which becomes active.

    Locks the subscription, then the order, as the next two do. Raises PermissionDenied,
    StaleState, StaleForm, and ValidationError when a required value or a fitting template is
    missing.
    """
    held, subscription = _hold(request)
    check(held, "approve", actor, revision)
    if values:
        take_vendor_values(held, values)
    merged = parameters.merged(subscription.params, held.params)
    own = held.presented(merged)
    complain(parameters.missing(own, merged, visible_ordering_only=False))
    template = check_template(template, held, held.template_type)
    text = rendered(template, own, merged)
    assign(held, actor)
    decision = {"template": template, "text": text, "effective_date": effective_date}
    held.params = parameters.without_complaints(held.params)
    write(held, "approve", actor=actor, data={"set": sorted(values or ())}, **decision)
    subscription.params = merged
    keep_in_force(held)
    subscription.template, subscription.template_text = template, text
    write(subscription, "activate", actor=Actor.system())
    return held


@transaction.atomic
def fail_request(
    request: FulfillmentRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> FulfillmentRequest:
    """The vendor rejects; a purchase ends its subscription."""
    held, subscription = _hold(request)
    check(held, "fail", actor, revision)
    assign(held, actor)
    write(held, "fail", actor=actor, reason=clean_reason(reason))
    answer_drafts.discard(held)
    _terminate(subscription)
    return held


@transaction.atomic
def withdraw_request(
    request: FulfillmentRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> FulfillmentRequest:
    """The buying side takes a parked or inquiring order back (decision 15)."""
    held, subscription = _hold(request)
    check(held, "withdraw", actor, revision)
    write(held, "withdraw", actor=actor, reason=clean_reason(reason))
    answer_drafts.discard(held)
    _terminate(subscription)
    return held


def release_waiting(config: TierConfig) -> None:
    """Move on the orders that wait for this held, just approved configuration.

    Each is judged after its own lock: of two approvals that complete an order at once, the
    second sees the first.
    """
    for request, _subscription in _parked_on([config.pk]):
        configs = list(request.required_configurations.all())
        release(request, birth_state(request, configs))


def fail_waiting(configs: list[TierConfig], reason: str) -> None:
    """End the orders parked on setups that failed."""
    quoted = _("Tier configuration was rejected: %(reason)s") % {"reason": reason}
    for request, subscription in _parked_on([config.pk for config in configs]):
        write(request, "cascade", actor=Actor.system(), reason=quoted[:500])
        _terminate(subscription)


def _parked_on(config_ids: list[str]) -> list[tuple[FulfillmentRequest, Subscription]]:
    """Held orders, still parked, whose required set holds one of the configurations."""
    waiting = FulfillmentRequest.objects.filter(
        required_configurations__in=config_ids, state=State.TIERS_SETUP
    ).distinct()
    held = hold_all(waiting)
    found = []
    for request in held.values():
        if isinstance(request, FulfillmentRequest) and request.state == State.TIERS_SETUP:
            request.subscription = held[request.subscription_id]
            found.append((request, request.subscription))
    return found


def _hold(request: FulfillmentRequest) -> tuple[FulfillmentRequest, Subscription]:
    held = hold_all([request])
    fresh: FulfillmentRequest = held[request.pk]
    fresh.subscription = held[fresh.subscription_id]
    return fresh, fresh.subscription


def _terminate(subscription: Subscription) -> None:
    write(subscription, "terminate", actor=Actor.system())
    participation.leave(subscription.pk)
    give_up(subscription.pk)
