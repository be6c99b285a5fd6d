"""What a vendor and the buying side do alike with configuration requests and orders.

Every function holds the request (its lock parent first) and answers with the held, saved object.
Raises PermissionDenied, StaleState, StaleForm, and ValidationError with errors by parameter name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import CONTACT, VENDOR, Actor
from customers.cleaning import clean_text
from customers.events import record
from customers.lifecycle import StaleState, check, check_revision, hold, touch, write
from customers.permissions import by_vendor

from .. import inquiries, parameters
from ..models import Parameter, ProcessedRequest, Template
from ..models.processing import INQUIRING, PENDING
from ..rendering import fill
from . import answer_drafts
from .waiting import asked

R = TypeVar("R", bound=ProcessedRequest)


def known_values(request: ProcessedRequest) -> dict[str, parameters.Stored]:
    """What will be in force if the request is approved as it stands."""
    return {**request.base_values(), **request.params}


@transaction.atomic
def inquire_request(
    request: R,
    *,
    actor: Actor,
    errors: Mapping[str, str],
    message: str = "",
    template: Template | None = None,
    revision: int | None = None,
) -> R:
    """The vendor asks the technical contact; `errors` complains about ordering parameters.

    At least one complaint or a message is needed. `template` is for orders only.
    """
    held = hold(request)
    check(held, "inquire", actor, revision)
    marked = _clean_errors(held.definitions(), errors)
    message = clean_text(message, max_length=2000, lines=True)
    if not marked and not message:
        raise ValidationError(
            _("Mark at least one parameter, or write a message."), code="required"
        )
    known = known_values(held)
    for name, text in marked.items():
        # A complaint about an unchanged value of an update must not hide that value.
        held.params[name] = {**known.get(name, {}), "value_error": text}
    if template is not None:
        held.template = check_template(template, held, Template.Type.INQUIRE)
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
    present = known_values(held)
    offered = parameters.askable(held.definitions(), present)
    cleaned = parameters.clean_changes(offered, values)
    check_complete(offered, {**present, **cleaned}, visible_ordering_only=True)
    held.params = parameters.without_complaints({**held.params, **cleaned})
    data = {"answered": sorted(cleaned), "given": answer_drafts.given_by(held, values)}
    answer_drafts.discard(held)
    return write(held, "answer", actor=actor, data=data)


@transaction.atomic
def pend_request(request: R, *, actor: Actor, revision: int | None = None) -> R:
    """Take an inquiry back without an answer; its link dies."""
    held = hold(request)
    check(held, "pend", actor, revision)
    held.params = parameters.without_complaints(held.params)
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


@transaction.atomic
def update_request(
    request: R, *, actor: Actor, values: Mapping[str, Any], revision: int | None = None
) -> R:
    """The vendor stores fulfillment and hidden ordering values without deciding yet."""
    held = hold(request)
    if not by_vendor(held, actor):
        raise PermissionDenied
    if held.state not in (PENDING, INQUIRING):
        raise StaleState(held, "update")
    check_revision(held, revision)
    take_vendor_values(held, values)
    touch(held)
    record(f"{held._meta.model_name}.update", held, actor=actor, data={"set": sorted(values)})
    return held


def take_vendor_values(request: ProcessedRequest, values: Mapping[str, Any]) -> None:
    """Put what the vendor typed into the held request; saving is the caller's."""
    offered = parameters.offered_to_vendor(request.definitions())
    request.params = {**request.params, **parameters.clean_values(offered, values)}


def begin_inquiry(request: ProcessedRequest, message: str = "") -> dict[str, Any]:
    """Start an inquiry of the technical contact; returns the data of its event."""
    inquiries.begin(request, request.addressee(), message)
    return asked_now(request)


def assign(request: ProcessedRequest, actor: Actor) -> None:
    """A vendor's user who acts on an unassigned request becomes its assignee."""
    if actor.role == VENDOR and request.assignee_id is None:
        request.assignee = actor.user


def release(request: ProcessedRequest, state: str) -> None:
    """Move a held, parked request on to the state it was judged to have now."""
    if state == INQUIRING:
        write(request, "ask", actor=Actor.system(), data=begin_inquiry(request))
    elif state == PENDING:
        write(request, "release", actor=Actor.system())


def check_complete(
    offered: Sequence[parameters.Definition],
    values: parameters.Values,
    *,
    visible_ordering_only: bool = False,
) -> None:
    """Refuse when a required value is missing; by default of both phases."""
    lacking = parameters.missing(offered, values, visible_ordering_only=visible_ordering_only)
    if lacking:
        raise ValidationError(
            {each.name: ValidationError(_("Enter a value."), code="required") for each in lacking}
        )


def check_template(template: Template | None, request: ProcessedRequest, kind: str) -> Template:
    """The template, when it is of the request's product and scope and of this type."""
    wanted = (*request.parameter_scope(), kind)
    if template is None or (template.product_id, template.scope, template.type) != wanted:
        raise ValidationError(
            {"template": _("Choose a template of this product that fits the request.")}
        )
    return template


def rendered(template: Template, own: list[Parameter], values: parameters.Values) -> str:
    """The template's Markdown with the values in place; passwords stay masked."""
    shown = {each.name: parameters.display(each, values.get(each.name)) for each in own}
    return fill(template.body, shown)


def clean_reason(reason: str) -> str:
    """A reason of at most 500 characters; ValidationError on field `reason` otherwise."""
    try:
        reason = clean_text(reason, max_length=500, lines=True)
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error
    if not reason:
        raise ValidationError({"reason": _("Say why the request is rejected.")}, code="required")
    return reason


def asked_now(request: ProcessedRequest) -> dict[str, Any]:
    """What the event of an inquiry says; tells the mailer which inquiry it belongs to."""
    return {
        "inquiry": request.inquiry_number,
        "email": request.inquiry_email,
        "asked": sorted(asked(request.definitions(), known_values(request))),
    }


def _clean_errors(own: list[Parameter], errors: Mapping[str, str]) -> dict[str, str]:
    names = {each.name for each in own if each.phase == Parameter.Phase.ORDERING}
    marked: dict[str, str] = {}
    for name, text in errors.items():
        cleaned = clean_text(text, max_length=500, lines=True)
        if cleaned and name not in names:
            raise ValidationError({name: _("Only ordering parameters can be asked for.")})
        if cleaned:
            marked[name] = cleaned
    return marked
