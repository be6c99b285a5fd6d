"""Many orders or configuration requests decided in one go.

Each decision is an event as if it stood alone; its `batch` says that it is told together with the
others, by one event `partner.decisions` for each distributor; what follows is told likewise
(consequences.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import StaleState, check, hold_all
from customers.services.verdicts import tell
from tierconfig.models import Template, TierConfigRequest
from tierconfig.services import requests as configurations
from tierconfig.services.processing import assign, clean_reason

from ..models import FulfillmentRequest
from .consequences import told_at_once
from .decisions import approve_held, end_held, hold_order

#: Requests decided in one transaction, which holds all their rows.
MOST = 200
STEPS = ("approve", "fail")
#: Product, scope and type: what the templates of a request have in common.
Need = tuple[str, str, str]
Templates = Mapping[Need, Template | None]


@dataclass
class Decisions:
    """What came of it: `decided` requests as they were given, who was first elsewhere, and those
    that lack something, with what it is."""

    decided: list[Any] = field(default_factory=list)
    refused: list[StaleState] = field(default_factory=list)
    lacking: list[tuple[Any, str]] = field(default_factory=list)


def need_of(request: Any) -> Need:
    """Which templates fit the request."""
    product, scope = request.parameter_scope()
    return product, scope, request.template_type


@transaction.atomic
def decide_orders(
    orders: Iterable[FulfillmentRequest],
    *,
    actor: Actor,
    step: str,
    reason: str = "",
    templates: Templates | None = None,
) -> Decisions:
    """Approve (with the template of each one's need) or fail up to MOST orders.

    What somebody else decided meanwhile, and what lacks a value or a template, stays as it is and
    keeps nobody from the others; nor is it approved in passing what the distributor asked back.
    Raises ValidationError on field `reason`, or without a field when there are too many.
    """
    wanted = _few(orders)
    told = _reason(step, reason)
    hold_all(wanted)

    def act(order: FulfillmentRequest, data: dict[str, Any]) -> None:
        held = hold_order(order)
        check(held, step, actor)
        if step == "approve":
            _check_wanted(held)
            chosen = (templates or {}).get(need_of(held))
            approve_held(held, actor=actor, template=chosen, data=data)
        else:
            assign(held, actor)
            end_held(held, "fail", actor=actor, data=data, reason=told)

    return _decide(wanted, act, actor, step, told)


@transaction.atomic
def decide_configurations(
    requests: Iterable[TierConfigRequest],
    *,
    actor: Actor,
    step: str,
    reason: str = "",
    templates: Templates | None = None,
) -> Decisions:
    """The same for configuration requests, tier 2 before tier 1; what waits goes on or ends."""
    wanted = sorted(_few(requests), key=lambda each: (-each.configuration.tier_level, each.pk))
    told = _reason(step, reason)
    _hold_with_waiting(wanted)

    def act(request: TierConfigRequest, data: dict[str, Any]) -> None:
        if step == "approve":
            chosen = (templates or {}).get(need_of(request))
            configurations.approve_request(request, actor=actor, template=chosen, data=data)
        else:
            configurations.fail_request(request, actor=actor, reason=told, data=data)

    return _decide(wanted, act, actor, step, told)


def _check_wanted(order: FulfillmentRequest) -> None:
    if order.state == FulfillmentRequest.State.REVOKING:
        text = _("The distributor asked for it back; decide about it on its own page.")
        raise ValidationError(text, code="revoking")


def _few(requests: Iterable[Any]) -> list[Any]:
    wanted = list(requests)
    if len(wanted) > MOST:
        raise ValidationError(_("Choose at most %(n)d at a time.") % {"n": MOST}, code="many")
    return wanted


def _reason(step: str, reason: str) -> str:
    if step not in STEPS:
        raise PermissionDenied
    return clean_reason(reason) if step == "fail" else ""


def _hold_with_waiting(requests: list[TierConfigRequest]) -> None:
    """Hold in the lock order all that the decisions will touch; later holds find it held.

    Nobody joins those who wait for a configuration while that is held: so tier 2 is held before
    its tier 1 is looked for, and all configurations before the orders that wait for them.
    """
    own = [each.configuration for each in requests]
    hold_all([config for config in own if config.tier_level == 2])
    parked = TierConfigRequest.objects.filter(
        parent_configuration__in=own, state=TierConfigRequest.State.TIERS_SETUP
    )
    children = list(parked.select_related("configuration"))
    touched = [*own, *(each.configuration for each in children)]
    hold_all(touched)
    orders = FulfillmentRequest.objects.filter(
        required_configurations__in=touched, state=FulfillmentRequest.State.TIERS_SETUP
    )
    hold_all([*requests, *children, *orders.distinct()])


def _decide(
    wanted: list[Any], act: Callable[[Any, dict[str, Any]], None], actor: Actor, step: str, why: str
) -> Decisions:
    found, batch = Decisions(), str(uuid.uuid4())
    with told_at_once():
        for each in wanted:
            try:
                with transaction.atomic():
                    act(each, {"batch": batch})
            except StaleState as stale:
                found.refused.append(stale)
            except PermissionDenied:
                found.lacking.append((each, _("It is not yours to decide.")))
            except ValidationError as error:
                found.lacking.append((each, " ".join(error.messages)))
            except ObjectDoesNotExist:
                continue
            else:
                found.decided.append(each)
    if found.decided:
        about = found.decided[0]._meta.model_name
        told = {"batch": batch, "step": step, "about": about}
        tell("partner.decisions", found.decided, actor, why, **told)
    return found
