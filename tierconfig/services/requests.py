"""Tier configuration requests from birth to decision; tier 2 before tier 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import check, hold, hold_all, touch, write

from .. import parameters
from ..judging import complain
from ..models import Template, TierConfig, TierConfigRequest
from ..signals import config_configured, setup_failed
from . import answer_drafts
from .processing import (
    answer_request,
    assign,
    check_effective_date,
    clean_reason,
    inquire_request,
    known_values,
    pend_request,
    release,
    renew_inquiry,
    take_vendor_values,
    update_request,
)
from .texts import decided
from .uniqueness import keep_in_force

__all__ = [
    "answer_request",
    "approve_request",
    "birth_state",
    "expire_request",
    "fail_request",
    "inquire_request",
    "known_values",
    "pend_request",
    "renew_inquiry",
    "update_request",
]

State = TierConfigRequest.State


@transaction.atomic
def approve_request(
    request: TierConfigRequest,
    *,
    actor: Actor,
    template: Template | None,
    text: str = "",
    values: Mapping[str, Any] | None = None,
    effective_date: datetime | None = None,
    revision: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> TierConfigRequest:
    """The vendor approves: values and text go to the configuration, what waited is released.

    Without a template `text` is what the configuration shows, as it is.

    Locks: the configuration, those of parked tier 1 requests, the requests, then (by signal) the
    subscriptions and orders that waited. Raises ValidationError when a required value or a
    template of the right tier is missing.
    """
    held, children = _hold_with_children(request)
    check(held, "approve", actor, revision)
    check_effective_date(effective_date)
    config = held.configuration
    if values:
        take_vendor_values(held, values)
    merged = parameters.merged(config.params, held.params)
    own = held.presented(merged)
    complain(parameters.missing(own, merged, visible_ordering_only=False))
    template, text = decided(held, template, text, own, merged)
    assign(held, actor)
    decision = {"template": template, "text": text, "effective_date": effective_date}
    held.params = parameters.without_complaints(held.params)
    told = {"set": sorted(values or ()), **(data or {})}
    write(held, "approve", actor=actor, data=told, **decision)
    config.params = merged
    keep_in_force(held)
    config.template, config.template_text = template, text
    config.configured_at = config.configured_at or held.decided_at
    _to_active(config)
    for child in children:
        release(child, birth_state(child))
    config_configured.send(sender=TierConfig, config=config)
    return held


@transaction.atomic
def fail_request(
    request: TierConfigRequest,
    *,
    actor: Actor,
    reason: str,
    revision: int | None = None,
    data: dict[str, Any] | None = None,
) -> TierConfigRequest:
    """Vendor or distributor rejects; a failed setup takes along what was parked on it.

    Locks as an approval does. Raises PermissionDenied, StaleState, StaleForm, and
    ValidationError on field `reason`.
    """
    held, children = _hold_with_children(request)
    check(held, "fail", actor, revision)
    reason = clean_reason(reason)
    assign(held, actor)
    _end(held, children, "fail", actor, reason, data)
    return held


@transaction.atomic
def expire_request(request: TierConfigRequest, *, due: Callable[[TierConfigRequest], str]) -> bool:
    """The platform ends what stayed too long, with all that a rejection brings.

    `due` is asked of the held request for the reason, which is empty when it is to stay. Whether
    it was ended.
    """
    held, children = _hold_with_children(request)
    reason = due(held)
    if reason:
        _end(held, children, "expire", Actor.system(), reason)
    return bool(reason)


def _end(
    held: TierConfigRequest,
    children: list[TierConfigRequest],
    step: str,
    actor: Actor,
    reason: str,
    data: dict[str, Any] | None = None,
) -> None:
    answer_drafts.discard(held)
    write(held, step, actor=actor, data=data, reason=reason)
    config = held.configuration
    keep_in_force(held)
    if config.configured:
        _to_active(config)
        return
    quoted = _("Tier 2 configuration was rejected: %(reason)s") % {"reason": reason}
    for child in children:
        write(child, "cascade", actor=Actor.system(), reason=quoted[:500])
        keep_in_force(child)
    failed = [config, *(child.configuration for child in children)]
    setup_failed.send(sender=TierConfig, configs=failed, reason=reason)


def birth_state(request: TierConfigRequest) -> str:
    """Where a new, submitted or released request stands (domain 3.4, rules 2 to 4).

    An adjustment is the vendor's own matter (7.25): nobody is asked.
    """
    parent = request.parent_configuration
    if parent is not None and not parent.configured:
        return State.TIERS_SETUP
    if request.type == TierConfigRequest.Type.ADJUSTMENT:
        return State.PENDING
    lacking = parameters.missing(
        request.presented(), known_values(request), visible_ordering_only=True
    )
    return State.INQUIRING if lacking else State.PENDING


def _hold_with_children(
    request: TierConfigRequest,
) -> tuple[TierConfigRequest, list[TierConfigRequest]]:
    """The held request and the held tier 1 requests parked on its configuration.

    The configuration is held before the look-up, so none can join unseen: a birth that would
    park on it holds it too.
    """
    config = hold(request.configuration)
    parked = list(
        TierConfigRequest.objects.filter(parent_configuration=config, state=State.TIERS_SETUP)
    )
    held = hold_all([request, *parked])
    if request.pk not in held:  # a draft that was discarded
        raise TierConfigRequest.DoesNotExist
    fresh: TierConfigRequest = held[request.pk]
    fresh.configuration = held[config.pk]
    children = []
    for each in parked:
        child: TierConfigRequest = held[each.pk]
        child.configuration = held[child.configuration_id]
        child.parent_configuration = fresh.configuration
        if child.state == State.TIERS_SETUP:
            children.append(child)
    return fresh, sorted(children, key=lambda child: child.pk)


def _to_active(config: TierConfig) -> None:
    if config.state == TierConfig.State.PROCESSING:
        write(config, "activate", actor=Actor.system())
    else:
        touch(config)
