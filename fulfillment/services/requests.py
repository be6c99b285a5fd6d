"""Orders from birth to decision: the steps of everybody, in one place.

Every function answers with the held, saved order and raises PermissionDenied, StaleState,
StaleForm, and ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.lifecycle import check
from tierconfig.models import Template
from tierconfig.services import processing
from tierconfig.services.processing import (
    answer_request,
    fill_request,
    pend_request,
    renew_inquiry,
    update_request,
)

from ..models import FulfillmentRequest
from .births import ASKING, birth_state
from .decisions import approve_request, fail_request, hold_order, withdraw_request
from .notes import note_request
from .schedule import confirm_request, may_be_scheduled, revoke_request, schedule_request

__all__ = [
    "answer_request",
    "approve_request",
    "birth_state",
    "confirm_request",
    "fail_request",
    "fill_request",
    "inquire_request",
    "may_be_asked",
    "may_be_scheduled",
    "note_request",
    "pend_request",
    "renew_inquiry",
    "renew_request",
    "revoke_request",
    "schedule_request",
    "update_request",
    "withdraw_request",
]

renew_request = renew_inquiry


def may_be_asked(request: FulfillmentRequest) -> bool:
    """Whether it is of a type whose values a technical contact can be asked for."""
    return request.type in ASKING


@transaction.atomic
def inquire_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    errors: Mapping[str, str],
    message: str = "",
    template: Template | None = None,
    wordless: bool = False,
    revision: int | None = None,
) -> FulfillmentRequest:
    """As tierconfig's; ValidationError with code "type" for an order that brings no values."""
    held = hold_order(request)
    check(held, "inquire", actor, revision)
    if not may_be_asked(held):
        raise ValidationError(
            _("There is nothing to fill in here. Write a message into its notes, or reject it."),
            code="type",
        )
    return processing.inquire_request(
        held,
        actor=actor,
        errors=errors,
        message=message,
        template=template,
        wordless=wordless,
        revision=revision,
    )
