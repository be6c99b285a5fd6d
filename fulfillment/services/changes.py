"""What is asked of a subscription that is there: change, suspend, resume, cancel, adjust."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import check_revision, hold
from customers.permissions import by_distributor
from tierconfig import judging, parameters
from tierconfig.models import Template
from tierconfig.presentation import Presented
from tierconfig.services.processing import check_template

from ..models import FulfillmentRequest, Subscription
from .births import bear
from .decisions import approve_request
from .differences import (
    changed_items,
    changed_values,
    check_changes,
    held_definitions,
    no_change,
)
from .effects import EFFECTS, on_birth
from .guards import (
    blocked_by,
    check_possible,
    may_ask,
    open_request,
    why_not_able,
)

__all__ = [
    "Offer",
    "ask_for_adjustment",
    "blocked_by",
    "changed_items",
    "changed_values",
    "held_definitions",
    "may_ask",
    "offers",
    "open_request",
    "request_adjustment",
    "request_cancel",
    "request_change",
    "request_resume",
    "request_suspend",
]

State = Subscription.State
Type = FulfillmentRequest.Type
#: In the order in which they are offered.
BUYERS = (Type.CHANGE, Type.SUSPEND, Type.RESUME, Type.CANCEL)


@dataclass(frozen=True)
class Offer:
    """A request an actor may make of a subscription, or why not now.

    `open_request` is the id of the request that is in the way, "" when there is none or the actor
    does not see it.
    """

    type: str
    label: str
    possible: bool
    why_not: str = ""
    open_request: str = ""


@transaction.atomic
def request_change(
    subscription: Subscription,
    *,
    actor: Actor,
    items: Mapping[str, int] | None = None,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    draft: bool = False,
    revision: int | None = None,
) -> FulfillmentRequest:
    """Ask for other quantities and other values of an active subscription.

    `items` are wanted quantities by item id: 0 takes one out, what is not named stays. `values`
    are raw ordering values; only what differs travels. Where the product validates changes, or on
    wish, it is a draft of the actor's partner. Locks the subscription. Raises PermissionDenied,
    StaleState, StaleForm, and ValidationError: on `items`, by parameter name, or with code
    "open_request" or "no_change".
    """
    held = _begin(subscription, Type.CHANGE, actor, revision)
    lines = changed_items(held, items or {})
    params = changed_values(held, values or {})
    check_changes(lines, params)
    return bear(
        held,
        Type.CHANGE,
        actor=actor,
        params=params,
        lines=lines,
        note=note,
        draft=draft or held.product.validates_changes,
    )


@transaction.atomic
def request_suspend(
    subscription: Subscription, *, actor: Actor, note: str = "", revision: int | None = None
) -> FulfillmentRequest:
    """Ask for an administrative hold; suspended once it is approved. Raises as request_change."""
    return _ask(subscription, Type.SUSPEND, actor, note, revision)


@transaction.atomic
def request_resume(
    subscription: Subscription, *, actor: Actor, note: str = "", revision: int | None = None
) -> FulfillmentRequest:
    """Ask for the end of an administrative hold; active once it is approved."""
    return _ask(subscription, Type.RESUME, actor, note, revision)


@transaction.atomic
def request_cancel(
    subscription: Subscription, *, actor: Actor, note: str = "", revision: int | None = None
) -> FulfillmentRequest:
    """Ask for the end; terminating at once, terminated when it is approved."""
    return _ask(subscription, Type.CANCEL, actor, note, revision)


@transaction.atomic
def request_adjustment(
    subscription: Subscription,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    note: str = "",
    apply: bool = False,
    template: Template | None = None,
    revision: int | None = None,
) -> FulfillmentRequest:
    """The vendor corrects values, of whatever phase, or the text; items stay.

    Pending, and its vendor's to approve; `template` is kept for that, and reason enough for an
    adjustment. With `apply` it is approved at once. Raises as request_change and approve_request
    do.
    """
    held = _begin(subscription, Type.ADJUSTMENT, actor, revision)
    judged = judging.judge(held_definitions(held), held.params, values, offer=_all, vendor=True)
    params = parameters.differences(held.params, judged.values)
    if not params and template is None:
        raise no_change()
    request = bear(held, Type.ADJUSTMENT, actor=actor, params=params, note=note)
    if apply:
        return approve_request(request, actor=actor, template=template)
    if template is not None:
        request.planned_template = check_template(template, request, request.template_type)
        request.save()
    return request


@transaction.atomic
def ask_for_adjustment(
    subscription: Subscription, *, actor: Actor, values: Mapping[str, Any], note: str = ""
) -> FulfillmentRequest:
    """The distributor wishes that the vendor corrects ordering values (7.6); the pending adjustment
    is the vendor's to approve. Raises as request_change."""
    held = _begin(subscription, Type.ADJUSTMENT, actor, None, may=by_distributor)
    own = held_definitions(held)
    judged = judging.judge(own, held.params, values, offer=parameters.askable)
    params = parameters.differences(held.params, judged.values)
    if not params:
        raise no_change()
    return bear(held, Type.ADJUSTMENT, actor=actor, params=params, note=note)


def offers(
    subscription: Subscription, actor: Actor, *, seen: Sequence[FulfillmentRequest] | None = None
) -> list[Offer]:
    """What this actor may ask of the subscription, in order; empty when it never may.

    What makes no sense in its state (resume what is active) is left out. At most four queries.
    `seen` is its open request in a list, if the actor sees one; when it is not known it is read.
    """
    if subscription.state in (State.DRAFT, State.TERMINATED):
        return []
    mine = [*BUYERS] if may_ask(subscription, Type.CHANGE, actor) else []
    mine += [Type.ADJUSTMENT] if may_ask(subscription, Type.ADJUSTMENT, actor) else []
    opened = next(iter(seen or ()), None) or (open_request(subscription) if mine else None)
    sees = None if seen is None else bool(seen)
    blocked = blocked_by(opened, actor, sees=sees) if opened is not None else None
    found = []
    for kind in mine:
        if blocked is not None:
            why = blocked.messages[0]
        elif subscription.state not in EFFECTS[kind].begins:
            if kind in (Type.SUSPEND, Type.RESUME):
                continue
            why = _("Only an active subscription can be changed.")
        else:
            why = why_not_able(subscription, kind)
        blocker = (blocked.params or {}).get("id", "") if blocked is not None else ""
        found.append(Offer(kind, str(kind.label), not why, why, blocker))
    return found


def _begin(
    subscription: Subscription,
    kind: str,
    actor: Actor,
    revision: int | None,
    may: Callable[[Subscription, Actor], bool] | None = None,
) -> Subscription:
    """The held subscription, once such a request may begin."""
    held = hold(subscription)
    if not (may(held, actor) if may else may_ask(held, kind, actor)):
        raise PermissionDenied
    if (opened := open_request(held)) is not None:
        raise blocked_by(opened, actor)
    check_possible(held, kind)
    check_revision(held, revision)
    return held


def _ask(
    subscription: Subscription, kind: str, actor: Actor, note: str, revision: int | None
) -> FulfillmentRequest:
    held = _begin(subscription, kind, actor, revision)
    request = bear(held, kind, actor=actor, note=note)
    on_birth(request)
    return request


def _all(definitions: Iterable[Presented], values: parameters.Values) -> list[Presented]:
    return list(definitions)
