"""What a vendor changes about a request before it decides: values, how they are asked, notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.cleaning import clean_text
from customers.errors import field_error
from customers.events import record
from customers.lifecycle import StaleState, check, check_revision, hold, touch
from customers.permissions import by_distributor, by_vendor

from .. import parameters
from ..judging import judge
from ..models import Parameter, ProcessedRequest
from ..models.processing import INQUIRING, PENDING
from ..presentation import FLAGS, presented
from .complaints import mark
from .uniqueness import claim_for

R = TypeVar("R", bound=ProcessedRequest)

MAX_NOTES = 2000
MAX_CHOICES = 200
#: Types whose choices may be others for a single request.
CHOOSING = (
    Parameter.Type.DROPDOWN,
    Parameter.Type.CHOICE,
    Parameter.Type.CHECKBOX,
    Parameter.Type.SUBDOMAIN,
)
Presentation = Mapping[str, Mapping[str, Any]]


def known_values(request: ProcessedRequest) -> dict[str, parameters.Stored]:
    """What will be in force if the request is approved as it stands."""
    return {**request.base_values(), **request.params}


@transaction.atomic
def update_request(
    request: R,
    *,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    presentation: Presentation | None = None,
    errors: Mapping[str, str] | None = None,
    notes: str | None = None,
    revision: int | None = None,
) -> R:
    """Store values and what counts for this request only, without deciding yet.

    The vendor stores fulfillment, hidden and readonly values, and `presentation`: {parameter name:
    {hidden, readonly, required: bool, choices: [{value, label}]}}, {} to take the parameter as it
    is defined. `errors` are complaints about ordering values by parameter name, blank to take one
    away: mailed with the next inquiry, and read by the other side from then on. All are possible
    while it is pending or inquiring. `notes` of a configuration
    request, at most 2000 characters, are written while it is pending, by the distributor too.
    What is not named stays.
    """
    held = hold(request)
    notes_only = values is None and presentation is None and errors is None
    if not _may_update(held, actor, notes_only=notes_only):
        raise PermissionDenied
    allowed = (PENDING, INQUIRING) if notes is None else (PENDING,)
    if held.state not in allowed:
        raise StaleState(held, "update")
    check_revision(held, revision)
    data: dict[str, Any] = {}
    if presentation is not None:
        held.presentation = cleaned_presentation(held, presentation)
        data["presented"] = sorted(presentation)
    if values is not None:
        take_vendor_values(held, values)
        claim_for(held)
        data["set"] = sorted(values)
    if errors is not None:
        mark(held, errors)
        data["marked"] = sorted(errors)
    if notes is not None:
        _set_notes(held, notes)
        data["notes"] = True
    touch(held)
    record(f"{held._meta.model_name}.update", held, actor=actor, data=data)
    return held


@transaction.atomic
def fill_request(
    request: R, *, actor: Actor, values: Mapping[str, Any], revision: int | None = None
) -> R:
    """The buying side stores values while it is asked, without handing them over yet.

    What may be stored is what the inquiry asks; what is missing still may be missing. A complaint
    about a value goes with that value.
    """
    held = hold(request)
    check(held, "answer", actor, revision)
    judged = judge(held.definitions(), known_values(held), values, held.presentation)
    held.params = {**held.params, **judged.values}
    claim_for(held)
    touch(held)
    data = {"set": sorted(judged.values)}
    record(f"{held._meta.model_name}.update", held, actor=actor, data=data)
    return held


def take_vendor_values(request: ProcessedRequest, values: Mapping[str, Any]) -> None:
    """Put what the vendor typed into the held request; saving is the caller's.

    A value may show or hide another one that is typed with it.
    """
    own, known = request.definitions(), known_values(request)
    now = presented(own, known, request.presentation)
    offered = request.offered_to_vendor(now)
    asked = {each.name for each in now if each.phase == Parameter.Phase.ORDERING}
    others = asked - {each.name for each in offered}
    if wrong := others & set(values):
        text = _("The other side fills in this value.")
        raise ValidationError({name: ValidationError(text, code="readonly") for name in wrong})
    request.params = {**request.params, **parameters.clean_values(offered, values)}


def cleaned_presentation(request: ProcessedRequest, given: Presentation) -> dict[str, Any]:
    """The presentation of the request with what is `given` put in its place."""
    own = {each.name: each for each in request.definitions()}
    found = dict(request.presentation)
    errors: dict[str, Any] = {}
    for name, override in given.items():
        if name not in own:
            errors[name] = ValidationError(_("There is no such parameter here."), code="unknown")
            continue
        try:
            found[name] = _override(own[name], override)
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return {name: override for name, override in found.items() if override}


def _override(definition: Parameter, given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(given) - {*FLAGS, "choices"}
    if unknown or any(not isinstance(given.get(flag, False), bool) for flag in FLAGS):
        raise ValidationError(
            _("Say hidden, readonly and required with yes or no, and choices."), code="invalid"
        )
    # What the definition says anyway needs no override.
    cleaned: dict[str, Any] = {flag: given[flag] for flag in FLAGS if flag in given}
    if given.get("choices"):
        if definition.type not in CHOOSING:
            raise ValidationError(_("There is nothing to choose here."), code="invalid")
        cleaned["choices"] = _choices(given["choices"])
    return cleaned


def _choices(given: Any) -> list[dict[str, str]]:
    if not isinstance(given, list) or len(given) > MAX_CHOICES:
        raise ValidationError(
            _("Give a list of at most %(max)d choices.") % {"max": MAX_CHOICES}, code="invalid"
        )
    found: dict[str, dict[str, str]] = {}
    for each in given:
        pair = each if isinstance(each, dict) else {"value": each}
        value = clean_text(pair.get("value"), max_length=255)
        label = clean_text(pair.get("label") or value, max_length=255)
        if not value or value in found:
            raise ValidationError(_("Each choice needs a value of its own."), code="invalid")
        found[value] = {"value": value, "label": label}
    return list(found.values())


def _may_update(request: ProcessedRequest, actor: Actor, *, notes_only: bool) -> bool:
    return by_vendor(request, actor) or (notes_only and by_distributor(request, actor))


def _set_notes(request: ProcessedRequest, notes: str) -> None:
    if not hasattr(request, "notes"):
        raise field_error("notes", _("Orders have no notes."), "unknown")
    request.notes = cleaned_notes(notes)


def cleaned_notes(notes: str) -> str:
    """Notes of at most MAX_NOTES characters; ValidationError on field `notes` otherwise."""
    try:
        return clean_text(notes, max_length=MAX_NOTES, lines=True)
    except ValidationError as error:
        raise ValidationError({"notes": error}) from error
