"""The steps of requests that are open, from bodies to the portal's services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.actors import CONTACT, RESELLER, Actor
from customers.lifecycle import StaleState
from fulfillment.models import FulfillmentRequest
from fulfillment.services import requests as services
from tierconfig import inquiries
from tierconfig.models import Template
from tierconfig.services.validation import validated_answer

from ..errors import ApiError
from ..shared.inquiries import is_answer, may_answer
from ..shared.known import known
from ..shared.param_bodies import naming
from .filling import written
from .placing import PARAMS

Sent = Mapping[str, Any]
State = FulfillmentRequest.State


def pend(request: FulfillmentRequest, sent: Sent, code: str, actor: Actor) -> FulfillmentRequest:
    """Back to pending: with values, or once nothing is asked any more, as the buying side's answer,
    with the code of the mailed link as the contact's; otherwise the inquiry is taken back."""
    params = (sent.get("asset") or {}).get("params") or sent.get("params") or []
    answering = actor
    if code:
        _check_code(request, code)
        answering = Actor.contact(request.inquiry_email, request.pk)
    elif not is_answer(request, params, actor):
        return services.pend_request(request, actor=actor)
    values = written(request, params, _reading(answering)).values
    with naming(request.definitions(), PARAMS):
        return validated_answer(request, actor=answering, values=values, insist=True)


def _reading(actor: Actor) -> Actor:
    """The contact of a link fills in what a reseller would."""
    return replace(actor, role=RESELLER) if actor.role == CONTACT else actor


def _check_code(request: FulfillmentRequest, code: str) -> None:
    if request.state != State.INQUIRING:
        raise StaleState(request, "answer")
    if not inquiries.matches(request, code) or inquiries.expired(request):
        raise ApiError(_("code: This is not the code of the present inquiry, or it has expired."))


def ending(request: FulfillmentRequest, actor: Actor) -> str:
    """The step that ends it: the vendor rejects; the buying side takes back what is parked or
    asked (decision 15)."""
    parked = request.state == State.TIERS_SETUP
    asked = request.state == State.INQUIRING and may_answer(request, actor)
    return "withdraw" if parked or asked else "fail"


def fail(request: FulfillmentRequest, reason: str, actor: Actor) -> FulfillmentRequest:
    services_of = {"withdraw": services.withdraw_request, "fail": services.fail_request}
    return services_of[ending(request, actor)](request, actor=actor, reason=reason)


def template_of(sent: Sent, actor: Actor) -> Template | None:
    """The template a body names in one of two ways, None when it does not. Raises ApiError."""
    for field, name in (
        ("template_id", sent.get("template_id")),
        ("template.id", (sent.get("template") or {}).get("id")),
    ):
        if name:
            return known(Template.objects.visible_to(actor), name, field)
    return None


def approve(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """With a template, or a text instead (7.34); what is missing among its values is PR_003."""
    own = request.definitions()
    try:
        return services.approve_request(
            request,
            actor=actor,
            template=template_of(sent, actor),
            text=sent.get("activation_tile") or "",
            effective_date=sent.get("effective_date"),
        )
    except ValidationError as error:
        names = {each.name for each in own} & set(getattr(error, "error_dict", ()))
        if not names:
            raise
        texts = error.message_dict
        raise ApiError(
            [f"{PARAMS}.{name}: {text}" for name in sorted(names) for text in texts[name]],
            code="PR_003",
        ) from error


def inquire(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Ask the contact for what was marked before; nothing need be (7.20)."""
    return services.inquire_request(
        request,
        actor=actor,
        errors={},
        message=sent.get("activation_tile") or "",
        template=template_of(sent, actor),
        wordless=True,
    )


def schedule(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Accept for a later date; the worker approves by itself only what the portal said so of."""
    return services.schedule_request(
        request,
        actor=actor,
        planned_date=sent["planned_date"],
        template=template_of(sent, actor),
    )
