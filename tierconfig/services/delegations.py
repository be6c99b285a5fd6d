"""Single parameters of an inquiry, passed on to a colleague (see models.Delegation).

Written under the lock of the request. What the colleague types goes into the draft of the answer;
sending it stays with whoever was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import CONTACT, Actor
from customers.cleaning import clean_email, clean_text
from customers.errors import field_error
from customers.events import record
from customers.lifecycle import StaleForm, StaleState, check, hold

from .. import inquiries, parameters
from ..models import Delegation, ProcessedRequest
from ..models.processing import INQUIRING
from ..presentation import Presented
from . import answer_drafts

#: Open ones of an inquiry, and mails of a request in an hour.
MOST_OPEN = 10
MOST_PER_HOUR = 20


def delegable(request: ProcessedRequest) -> list[Presented]:
    """What may be passed on: whatever the form of the inquiry asks, but no password."""
    return [each for each in answer_drafts.answerable(request) if answer_drafts.storable(each)]


def delegations_of(request: ProcessedRequest) -> list[Delegation]:
    """Those of the present inquiry, the latest first."""
    own = Delegation.objects.filter(request=request.pk, inquiry=request.inquiry_number)
    return list(own.order_by("-asked_at", "-pk"))


def find_delegation(request: ProcessedRequest, number: int, code: str) -> Delegation | None:
    """The delegation behind a colleague's link; None when there is none or the code is not its."""
    found: Delegation | None = Delegation.objects.filter(pk=number, request=request.pk).first()
    return found if found and inquiries.matches_delegation(found, code) else None


@transaction.atomic
def delegate(
    request: ProcessedRequest,
    *,
    actor: Actor,
    email: str,
    names: Sequence[str],
    message: str = "",
) -> Delegation:
    """Ask a colleague for the named parameters by a mail with a link of its own.

    For whoever may answer. Raises PermissionDenied, StaleState, and ValidationError on the fields
    `email`, `names` and `message`, or for the limits.
    """
    held = hold(request)
    check(held, "answer", actor)
    fields = _checked(held, email, names, message)
    _check_limits(held, fields)
    delegation = Delegation.objects.create(
        request=held.pk,
        inquiry=held.inquiry_number,
        asked_by=_address(actor)[:254],
        **fields,
    )
    _record("delegate", held, delegation, actor, names=fields["parameters"])
    return delegation


@transaction.atomic
def take_back(request: ProcessedRequest, *, actor: Actor, number: int) -> Delegation:
    """The colleague's link dies; what was typed through it stays in the draft.

    Does nothing to one that is answered or taken back. Raises Delegation.DoesNotExist for one of
    another request or inquiry.
    """
    held = hold(request)
    check(held, "answer", actor)
    delegation: Delegation = Delegation.objects.get(
        pk=number, request=held.pk, inquiry=held.inquiry_number
    )
    if delegation.answered_at is None and delegation.ended_at is None:
        delegation.ended_at = timezone.now()
        delegation.save()
        _record("delegation_ended", held, delegation, actor, names=delegation.parameters)
    return delegation


@transaction.atomic
def answer_delegation(
    delegation: Delegation,
    request: ProcessedRequest,
    *,
    values: Mapping[str, Any],
    shown: Collection[str],
    stamp: str,
    final: bool,
) -> Delegation:
    """Put what the colleague typed into the draft; `final` checks it and ends the delegation.

    `stamp` is the one of the draft the form was shown with. Raises StaleState when it is not open
    any more, StaleForm, and ValidationError by parameter name.
    """
    held = hold(request)
    fresh: Delegation = Delegation.objects.get(pk=delegation.pk, request=held.pk)
    if not is_open(fresh, held):
        raise StaleState(held, "answer")
    names = asked_of(fresh, held)
    if stamp != answer_drafts.stamp(answer_drafts.draft_of(held), names):
        raise StaleForm
    own = [each for each in delegable(held) if each.name in names]
    raw = answer_drafts.clean_raw(own, values)
    if final:
        _check_answer(held, own, raw)
    answer_drafts.keep(
        held, raw, set(shown) & set(names), by=fresh.email, through=answer_drafts.DELEGATION
    )
    if final:
        fresh.answered_at = timezone.now()
        fresh.save()
        colleague = Actor(role=CONTACT, email=fresh.email)
        _record("delegation_answered", held, fresh, colleague, names=sorted(raw))
    return fresh


def is_open(delegation: Delegation, request: ProcessedRequest) -> bool:
    """Whether the colleague may still answer."""
    return (
        request.state == INQUIRING
        and delegation.inquiry == request.inquiry_number
        and delegation.answered_at is None
        and delegation.ended_at is None
        and not inquiries.expired(request)
    )


def asked_of(delegation: Delegation, request: ProcessedRequest) -> list[str]:
    """Names of what the colleague is asked and the form still has."""
    return [each.name for each in delegable(request) if each.name in delegation.parameters]


def _checked(
    held: ProcessedRequest, email: str, names: Sequence[str], message: str
) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    offered = [each.name for each in delegable(held)]
    try:
        fields["email"] = clean_email(email)
        if not fields["email"]:
            errors["email"] = ValidationError(_("Enter the colleague's address."), code="required")
    except ValidationError as error:
        errors["email"] = error
    try:
        fields["message"] = clean_text(message, max_length=500, lines=True)
    except ValidationError as error:
        errors["message"] = error
    fields["parameters"] = [name for name in offered if name in names]
    if not names:
        errors["names"] = ValidationError(_("Choose at least one."), code="required")
    elif set(names) - set(offered):
        errors["names"] = ValidationError(_("There is no such parameter here."), code="unknown")
    if errors:
        raise ValidationError(errors)
    return fields


def _check_limits(held: ProcessedRequest, fields: Mapping[str, Any]) -> None:
    waiting = list(answer_drafts.open_delegations(held))
    for each in waiting:
        same = each.email.lower() == fields["email"].lower()
        if same and each.parameters == fields["parameters"]:
            raise field_error("email", _("This colleague is asked for the same already."), "asked")
    if len(waiting) >= MOST_OPEN:
        raise ValidationError(
            _("At most %(most)d questions can be with colleagues; take one back first.")
            % {"most": MOST_OPEN},
            code="limit",
        )
    lately = Delegation.objects.filter(
        request=held.pk, asked_at__gt=timezone.now() - timedelta(hours=1)
    )
    if lately.count() >= MOST_PER_HOUR:
        raise ValidationError(
            _("Too many mails in a short time; try again in an hour."), code="limit"
        )


def _check_answer(held: ProcessedRequest, own: Sequence[Presented], raw: Mapping[str, Any]) -> None:
    cleaned = parameters.clean_values(own, raw)
    known = {**held.base_values(), **held.params, **cleaned}
    errors = {
        each.name: ValidationError(_("Enter a value."), code="required")
        for each in own
        if each.required and not parameters.has_value(known.get(each.name))
    }
    if errors:
        raise ValidationError(errors)


def _address(actor: Actor) -> str:
    return actor.email or (actor.user.email if actor.user else "")


def _record(
    step: str,
    held: ProcessedRequest,
    delegation: Delegation,
    actor: Actor,
    *,
    names: Sequence[str],
) -> None:
    data = {
        "inquiry": delegation.inquiry,
        "delegation": delegation.pk,
        "email": delegation.email,
        "names": list(names),
    }
    record(f"{held._meta.model_name}.{step}", held, actor=actor, data=data)
