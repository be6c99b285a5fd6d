"""What a vendor and the buying side do alike with configuration requests and orders.

Every function holds the request (its lock parent first) and answers with the held, saved object.
Raises PermissionDenied, StaleState, StaleForm, and ValidationError with errors by parameter name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import CONTACT, Actor
from customers.cleaning import clean_text
from customers.errors import field_error
from customers.events import record
from customers.lifecycle import check, hold, touch, write

from .. import inquiries, judging, parameters
from ..models import ProcessedRequest, Template
from ..models.processing import INQUIRING, PENDING
from . import answer_drafts
from .assignment import assign
from .complaints import mark
from .texts import check_template, rendered, show
from .uniqueness import claim_for
from .updates import fill_request, known_values, take_vendor_values, update_request
from .waiting import asked

__all__ = [
    "answer_request",
    "asked_now",
    "assign",
    "begin_inquiry",
    "check_effective_date",
    "check_template",
    "clean_reason",
    "fill_request",
    "inquire_request",
    "judge_answer",
    "known_values",
    "pend_request",
    "release",
    "rendered",
    "renew_inquiry",
    "show",
    "take_vendor_values",
    "update_request",
]

R = TypeVar("R", bound=ProcessedRequest)
#: What is approved takes effect between these. Moments near the ends of the calendar cannot be
#: written in every time zone.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@transaction.atomic
def inquire_request(
    request: R,
    *,
    actor: Actor,
    errors: Mapping[str, str],
    message: str = "",
    template: Template | None = None,
    wordless: bool = False,
    revision: int | None = None,
) -> R:
    """The vendor asks the technical contact; `errors` complains about ordering parameters.

    What was noted before (update_request) counts too, unless it is taken away with a blank text.
    At least one complaint or a message is needed, unless `wordless` (7.20). `template` is for
    orders only: the text of the Control Panel while the answer is awaited, by default the product's
    first one for inquiries.
    """
    held = hold(request)
    check(held, "inquire", actor, revision)
    mark(held, errors)
    message = clean_text(message, max_length=2000, lines=True)
    if not (message or wordless or parameters.complaints(held.params)):
        raise ValidationError(
            _("Mark at least one parameter, or write a message."), code="required"
        )
    if template is not None:
        template = check_template(template, held, Template.Type.INQUIRE)
    show(held, INQUIRING, template)
    assign(held, actor)
    return write(held, "inquire", actor=actor, data=begin_inquiry(held, message))


@transaction.atomic
def answer_request(
    request: R, *, actor: Actor, values: Mapping[str, Any], revision: int | None = None
) -> R:
    """The buying side fills what was asked: all of it, or errors by parameter name.

    A password that comes back blank keeps its present value.
    """
    held = hold(request)
    check(held, "answer", actor, revision)
    judged = judge_answer(held, values)
    held.params = parameters.without_complaints({**held.params, **judged.values})
    claim_for(held)
    show(held, PENDING)
    given = answer_drafts.given_by(held, values)
    answer_drafts.discard(held)
    data = {"answered": sorted(judged.values), "given": given}
    return write(held, "answer", actor=actor, data=data)


def judge_answer(request: ProcessedRequest, values: Mapping[str, Any]) -> judging.Judged:
    """The answer with what is known, complete; ValidationError by parameter name otherwise."""
    judged = judging.judge(
        request.definitions(), known_values(request), values, request.presentation
    )
    judged.check_complete(visible_ordering_only=True)
    return judged


@transaction.atomic
def pend_request(request: R, *, actor: Actor, revision: int | None = None) -> R:
    """Take an inquiry back without an answer; its link dies."""
    held = hold(request)
    check(held, "pend", actor, revision)
    held.params = parameters.without_complaints(held.params)
    show(held, PENDING)
    answer_drafts.discard(held)
    return write(held, "pend", actor=actor)


@transaction.atomic
def renew_inquiry(request: R, *, actor: Actor) -> R:
    """Send the same addressee a new link; the old one dies.

    For whoever may take the inquiry back, and for the addressee.
    """
    held = hold(request)
    check(held, "answer" if actor.role == CONTACT else "pend", actor)
    inquiries.renew(held)
    answer_drafts.carry_over(held)
    touch(held)
    record(f"{held._meta.model_name}.renew", held, actor=actor, data=asked_now(held))
    return held


def begin_inquiry(request: ProcessedRequest, message: str = "") -> dict[str, Any]:
    """Start an inquiry of the technical contact; returns the data of its event."""
    inquiries.begin(request, request.addressee(), message)
    return asked_now(request)


def release(request: ProcessedRequest, state: str) -> None:
    """Move a held, parked request on to the state it was judged to have now."""
    show(request, state)
    if state == INQUIRING:
        write(request, "ask", actor=Actor.system(), data=begin_inquiry(request))
    elif state == PENDING:
        write(request, "release", actor=Actor.system())


def clean_reason(reason: str) -> str:
    """A reason of at most 500 characters; ValidationError on field `reason` otherwise."""
    try:
        reason = clean_text(reason, max_length=500, lines=True)
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error
    if not reason:
        raise field_error("reason", _("Say why the request is rejected."), "required")
    return reason


def check_effective_date(date: datetime | None) -> None:
    """Raise ValidationError on field `effective_date` for an aware moment far from now."""
    if date is not None and not EARLIEST <= date <= LATEST:
        text = _("Choose a date from %(first)d to %(last)d.")
        years = {"first": EARLIEST.year, "last": LATEST.year - 1}
        raise field_error("effective_date", text % years, "range")


def asked_now(request: ProcessedRequest) -> dict[str, Any]:
    """What the event of an inquiry says; tells the mailer which inquiry it belongs to."""
    return {
        "inquiry": request.inquiry_number,
        "email": request.inquiry_email,
        "asked": sorted(asked(request.presented(), known_values(request))),
    }
