"""Approval, rejection and withdrawal of orders of every type.

Each holds the subscription, then the order, and raises PermissionDenied, StaleState, StaleForm,
and ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.actors import Actor
from customers.lifecycle import check, hold_all, write
from tierconfig import parameters
from tierconfig.judging import complain
from tierconfig.models import Template
from tierconfig.services import answer_drafts
from tierconfig.services.processing import (
    assign,
    check_effective_date,
    clean_reason,
    take_vendor_values,
)
from tierconfig.services.texts import decided

from ..models import FulfillmentRequest
from . import effects


@transaction.atomic
def approve_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    template: Template | None,
    text: str = "",
    values: Mapping[str, Any] | None = None,
    effective_date: datetime | None = None,
    revision: int | None = None,
) -> FulfillmentRequest:
    """The vendor approves; what the type of the order does to its subscription is done.

    Without a template `text` is what its customer reads, as it is. Both are optional for what
    brings neither items nor values (suspend, resume, cancel): the text of the subscription stays
    then. Raises ValidationError when a required value or a fitting template is missing.
    """
    held = hold_order(request)
    check(held, "approve", actor, revision)
    check_effective_date(effective_date)
    return approve_held(
        held,
        actor=actor,
        template=template,
        text=text,
        values=values,
        effective_date=effective_date,
    )


def approve_held(
    held: FulfillmentRequest,
    *,
    actor: Actor,
    template: Template | None,
    text: str = "",
    values: Mapping[str, Any] | None = None,
    effective_date: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> FulfillmentRequest:
    """Approve the order that hold_order() answered and check() let pass."""
    subscription = held.subscription
    applies = effects.EFFECTS[held.type].applies
    if values:
        take_vendor_values(held, values)
    merged = parameters.merged(subscription.params, held.params)
    own = held.presented(merged)
    if applies:
        complain(parameters.missing(own, merged, visible_ordering_only=False))
    if template is not None or text or applies:
        template, text = decided(held, template, text, own, merged)
    else:
        template, text = subscription.template, subscription.template_text
    assign(held, actor)
    held.params = parameters.without_complaints(held.params)
    told = {"set": sorted(values or ()), **(data or {})}
    decision = {"template": template, "text": text, "effective_date": effective_date}
    write(held, "approve", actor=actor, data=told, **decision)
    effects.on_approval(held, merged)
    return held


@transaction.atomic
def fail_request(
    request: FulfillmentRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> FulfillmentRequest:
    """The vendor rejects; a purchase ends its subscription, a cancellation leaves it as it was."""
    held = hold_order(request)
    check(held, "fail", actor, revision)
    reason = clean_reason(reason)
    assign(held, actor)
    return end_held(held, "fail", actor=actor, reason=reason)


@transaction.atomic
def withdraw_request(
    request: FulfillmentRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> FulfillmentRequest:
    """The buying side takes a parked or inquiring order back (decision 15)."""
    held = hold_order(request)
    check(held, "withdraw", actor, revision)
    return end_held(held, "withdraw", actor=actor, reason=clean_reason(reason))


def end_held(
    held: FulfillmentRequest,
    step: str,
    *,
    actor: Actor,
    data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> FulfillmentRequest:
    """Take a checked step of a held order that ends it without approval, with what follows.

    `kwargs` are the step's own: a cleaned `reason`, where it takes one.
    """
    write(held, step, actor=actor, data=data, **kwargs)
    answer_drafts.discard(held)
    effects.on_end(held)
    return held


def hold_order(request: FulfillmentRequest) -> FulfillmentRequest:
    """The held order with its held subscription; FulfillmentRequest.DoesNotExist without one."""
    held = hold_all([request])
    if request.pk not in held:  # a draft that was discarded
        raise FulfillmentRequest.DoesNotExist
    fresh: FulfillmentRequest = held[request.pk]
    fresh.subscription = held[fresh.subscription_id]
    return fresh
