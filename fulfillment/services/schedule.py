"""Orders accepted for a later date: scheduled, taken back, and due when their day has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import chores
from customers.actors import Actor
from customers.errors import field_error
from customers.events import record
from customers.lifecycle import check, touch, write
from customers.models import Event
from tierconfig.models import Template
from tierconfig.services.processing import assign, check_template, clean_reason

from ..models import FulfillmentRequest
from .decisions import approve_held, end_held, hold_order
from .effects import EFFECTS

State = FulfillmentRequest.State
#: Nothing is planned for longer.
FURTHEST = timedelta(days=3650)


@transaction.atomic
def schedule_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    planned_date: datetime,
    template: Template | None = None,
    automatic: bool = False,
    revision: int | None = None,
) -> FulfillmentRequest:
    """The vendor accepts a pending order for `planned_date`, an aware moment in the future.

    On it the worker approves with `template` when that is `automatic` and nothing is missing;
    otherwise the order is due, and the vendor's turn. Raises ValidationError: on `planned_date`,
    on `template`, or with code "capability" where the product does not schedule such orders.
    """
    held = hold_order(request)
    check(held, "schedule", actor, revision)
    if not may_be_scheduled(held):
        raise ValidationError(
            _("This product does not schedule orders of this type."), code="capability"
        )
    _check_date(planned_date)
    if template is not None or (automatic and EFFECTS[held.type].applies):
        template = check_template(template, held, held.template_type)
    assign(held, actor)
    planned = {"planned_date": planned_date, "template": template, "automatic": automatic}
    data = {"planned_date": planned_date.isoformat(), "automatic": automatic}
    return write(held, "schedule", actor=actor, data=data, **planned)


def may_be_scheduled(request: FulfillmentRequest) -> bool:
    """Whether its product has the switch of its type on; adjustments are never scheduled."""
    return bool(getattr(request.subscription.product, f"schedules_{request.type}s", False))


@transaction.atomic
def revoke_request(
    request: FulfillmentRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> FulfillmentRequest:
    """The distributor asks for a scheduled order back; the vendor confirms, or approves it."""
    held = hold_order(request)
    check(held, "revoke", actor, revision)
    return write(held, "revoke", actor=actor, reason=clean_reason(reason))


@transaction.atomic
def confirm_request(
    request: FulfillmentRequest, *, actor: Actor, revision: int | None = None
) -> FulfillmentRequest:
    """The vendor agrees to the revocation; the subscription is as it was before the order."""
    held = hold_order(request)
    check(held, "confirm", actor, revision)
    assign(held, actor)
    return end_held(held, "confirm", actor=actor)


def planned_dates(*, now: datetime | None = None, limit: int = 100) -> int:
    """Deal with scheduled orders whose date has come; how many. A chore of the worker."""
    now = now or timezone.now()
    rows = FulfillmentRequest.objects.filter(
        state=State.SCHEDULED, due=False, planned_date__lte=now
    )
    found = rows.order_by("planned_date")[:limit]
    return chores.each(found, lambda request: _came(request, now))


@transaction.atomic
def _came(request: FulfillmentRequest, now: datetime) -> bool:
    """Whether the order was scheduled for this date still when it was held."""
    held = hold_order(request)
    date = held.planned_date
    if held.state != State.SCHEDULED or held.due or date is None or date > now:
        return False
    problem = _approve(held) if held.automatic else ""
    if problem is not None:
        # What the attempt left on the object is not to be saved.
        _set_due(hold_order(request), problem)
    return True


def _approve(held: FulfillmentRequest) -> str | None:
    """None when it is approved, otherwise what stands in the way."""
    try:
        with transaction.atomic():
            approve_held(
                held,
                actor=Actor.system(),
                template=held.planned_template,
                effective_date=held.planned_date,
                data=_planner(held),
            )
    except ValidationError as error:
        return _sentence(held, error)
    return None


def _set_due(held: FulfillmentRequest, problem: str) -> None:
    held.due = True
    touch(held)
    data = _planner(held) | ({"problem": problem} if problem else {})
    record(
        "fulfillmentrequest.due",
        held,
        actor=Actor.system(),
        from_state=held.state,
        to_state=held.state,
        data=data,
    )


def _planner(held: FulfillmentRequest) -> dict[str, Any]:
    """Who scheduled it, for the event of what comes of that."""
    rows = Event.objects.filter(object_id=held.pk, verb="fulfillmentrequest.schedule")
    name = rows.order_by("-at").values_list("actor_name", flat=True).first()
    return {"planned_by": name} if name else {}


def _sentence(held: FulfillmentRequest, error: ValidationError) -> str:
    """What is wrong, with the titles of the parameters it is about."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    titles = {each.name: str(each) for each in held.definitions()}
    return " ".join(
        f"{titles.get(name, name)}: {' '.join(texts)}" for name, texts in error.message_dict.items()
    )


def _check_date(date: datetime) -> None:
    now = timezone.now()
    if date <= now:
        text, code = _("Choose a date in the future."), "past"
    elif date > now + FURTHEST:
        text, code = _("Choose a date within ten years."), "far"
    else:
        return
    raise field_error("planned_date", text, code)
