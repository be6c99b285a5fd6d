"""Care for inquiries that nobody answers: reminders, the word to the distributor, another contact.

What is due is found by the worker, again and again (customers/chores.py). Each piece is claimed by
a conditional update of the request's row, so any number of workers may look at once, and the event
is recorded with it. Neither counts as a new revision: a form somebody fills stays good.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.events import record
from customers.lifecycle import check, hold, touch

from .. import inquiries
from ..models import ProcessedRequest
from ..models.processing import INQUIRING
from . import answer_drafts
from .processing import asked_now

logger = logging.getLogger(__name__)
R = TypeVar("R", bound=ProcessedRequest)

#: Requests taken up in one look.
MOST = 200
#: Between two mails that somebody asks for by hand.
PAUSE = timedelta(hours=1)
DAY = timedelta(days=1)


def remind_due(now: datetime | None = None) -> int:
    """Remind the addressees whose product says so; returns how many.

    Every `remind_after_days` days since the link or the last reminder was sent, while the link is
    good: whoever let it expire is not written to any more.
    """
    now = now or timezone.now()
    good = Q(inquiry_sent_at__gt=now - inquiries.VALID_FOR)
    count = 0
    for request in _due("remind_after_days", now, _asked_before, good):
        claim = {"reminders": request.reminders, "reminded_at": request.reminded_at}
        change = {"reminders": F("reminders") + 1, "reminded_at": now}
        number = request.reminders + 1
        count += _claimed(request, "remind", claim, change, _told(request, number=number))
    return count


def escalate_due(now: datetime | None = None) -> int:
    """Tell the distributor, once for each inquiry, `escalate_after_days` days after it began."""
    now = now or timezone.now()
    count = 0
    for request in _due("escalate_after_days", now, _waits_since, Q(escalated_at=None)):
        data = _told(
            request,
            number=request.reminders,
            days=(now - request.state_since).days,
            expired=inquiries.expired(request, now),
        )
        count += _claimed(request, "escalate", {"escalated_at": None}, {"escalated_at": now}, data)
    return count


@transaction.atomic
def remind_request(request: R, *, actor: Actor, revision: int | None = None) -> R:
    """Remind the addressee now; a link that expired is renewed with it.

    For whoever may take the inquiry back, once an hour. Raises ValidationError with code "early".
    """
    held = hold(request)
    check(held, "pend", actor, revision)
    now = timezone.now()
    latest = max(filter(None, [held.inquiry_sent_at, held.reminded_at]), default=None)
    if latest is not None and now < latest + PAUSE:
        raise ValidationError(
            _("%(email)s was written to less than an hour ago.") % {"email": held.inquiry_email},
            code="early",
        )
    remind_held(held, now, actor)
    return held


def remind_held(held: ProcessedRequest, now: datetime, actor: Actor) -> None:
    """Remind the addressee of a held, inquiring request; a link that expired is renewed with it."""
    if inquiries.expired(held, now):
        inquiries.renew(held)
        answer_drafts.carry_over(held)
    held.reminders += 1
    held.reminded_at = now
    touch(held)
    _record(held, "remind", actor, _told(held, number=held.reminders))


@transaction.atomic
def ask_new_contact(request: R, *, actor: Actor, revision: int | None = None) -> R:
    """Put the same question to who is the account's contact now; links of the former one die.

    For whoever may take the inquiry back. Raises ValidationError with code "same" when the contact
    is the one who was asked.
    """
    held = hold(request)
    check(held, "pend", actor, revision)
    if not has_new_contact(held):
        raise ValidationError(
            _("%(email)s is the contact who was asked.") % {"email": held.inquiry_email},
            code="same",
        )
    answer_drafts.discard(held)
    inquiries.begin(held, held.addressee(), held.inquiry_message)
    touch(held)
    _record(held, "ask_anew", actor, asked_now(held))
    return held


def has_new_contact(request: ProcessedRequest) -> bool:
    """Whether the account has another contact than the one who is asked."""
    present = request.addressee()
    return (
        request.state == INQUIRING
        and bool(present)
        and present.lower() != request.inquiry_email.lower()
    )


def mail_refused(request: ProcessedRequest, email: str, answer: str) -> None:
    """Note in the thread of the request that a mail about it cannot be delivered.

    `answer` is what the mail server said.
    """
    with transaction.atomic():
        said = f"{email}: {answer}" if answer else email
        verb = f"{request._meta.model_name}.mail_refused"
        record(verb, request, actor=Actor.system(), reason=said[:500], data={"email": email})


def _asked_before(moment: datetime) -> Q:
    """The link and the last reminder were sent before it."""
    reminded = Q(reminded_at=None) | Q(reminded_at__lte=moment)
    return Q(inquiry_sent_at__lte=moment) & reminded


def _waits_since(moment: datetime) -> Q:
    return Q(state_since__lte=moment)


def _due(setting: str, now: datetime, before: Any, also: Q) -> Iterator[Any]:
    """Inquiring requests of all kinds whose product's number of days, 0 for never, is over."""
    for model in _models():
        days = f"{model.product_path}__{setting}"
        waiting = model._default_manager.filter(also, state=INQUIRING)
        at_all = waiting.filter(before(now - DAY)).exclude(**{days: 0})
        for number in at_all.values_list(days, flat=True).distinct().order_by(days):
            rows = waiting.filter(before(now - number * DAY), **{days: number})
            yield from rows.order_by("inquiry_sent_at")[:MOST]


def _models() -> list[Any]:
    return [each for each in apps.get_models() if issubclass(each, ProcessedRequest)]


def _claimed(
    request: Any, step: str, claim: dict[str, Any], change: dict[str, Any], data: dict[str, Any]
) -> bool:
    """Change the row and record the event, unless another worker or an answer was first."""
    rows: models.QuerySet[Any] = type(request)._default_manager.filter(
        pk=request.pk, state=INQUIRING, inquiry_number=request.inquiry_number, **claim
    )
    try:
        with transaction.atomic():
            if not rows.update(**change):
                return False
            _record(request, step, Actor.system(), data)
    except DatabaseError:
        # Held by somebody for too long; it is due still the next time.
        logger.exception("%s: %s is put off", request.pk, step)
        return False
    return True


def _told(request: ProcessedRequest, **more: Any) -> dict[str, Any]:
    return {"inquiry": request.inquiry_number, "email": request.inquiry_email, **more}


def _record(request: ProcessedRequest, step: str, actor: Actor, data: dict[str, Any]) -> None:
    record(f"{request._meta.model_name}.{step}", request, actor=actor, data=data)
