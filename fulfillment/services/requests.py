"""Orders from birth to decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import VENDOR, Actor
from customers.cleaning import clean_text
from customers.events import record
from customers.lifecycle import (
    StaleState,
    check,
    check_revision,
    hold,
    hold_all,
    touch,
    write,
)
from customers.permissions import by_vendor
from customers.services import participation
from tierconfig import inquiries, parameters
from tierconfig.models import Parameter, Template, TierConfig
from tierconfig.rendering import fill
from tierconfig.services.requests import clean_answer, clean_reason

from ..models import FulfillmentRequest, Subscription

State = FulfillmentRequest.State


def definitions(request: FulfillmentRequest) -> list[Parameter]:
    """The product's parameters of scope asset, in display order."""
    return Parameter.objects.of_scope(request.subscription.product_id, "asset")


def birth_state(product_id: str, values: parameters.Values, required: Iterable[TierConfig]) -> str:
    """Where a new or released order stands (domain 3.5)."""
    if not all(config.configured for config in required):
        return State.TIERS_SETUP
    own = Parameter.objects.of_scope(product_id, "asset")
    lacking = parameters.missing(own, values, visible_ordering_only=True)
    return State.INQUIRING if lacking else State.PENDING


def begin_birth_inquiry(request: FulfillmentRequest) -> dict[str, Any]:
    """Prepare the mail of an order that is inquiring by the platform's own rule."""
    return _begin_inquiry(request, "")


@transaction.atomic
def inquire_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    errors: Mapping[str, str],
    message: str = "",
    template: Template | None = None,
    revision: int | None = None,
) -> FulfillmentRequest:
    """The vendor asks the customer's technical contact; `errors` complains by parameter name."""
    held = hold(request)
    check(held, "inquire", actor, revision)
    ordering = {d.name for d in definitions(held) if d.phase == Parameter.Phase.ORDERING}
    marked = {name: clean_text(text, max_length=500) for name, text in errors.items()}
    marked = {name: text for name, text in marked.items() if text}
    if not set(marked) <= ordering:
        raise ValidationError(_("Only ordering parameters can be asked for."))
    message = clean_text(message, max_length=2000, lines=True)
    if not marked and not message:
        raise ValidationError(
            _("Mark at least one parameter, or write a message to the customer."), code="required"
        )
    for name, text in marked.items():
        held.params[name] = {**held.params.get(name, {}), "value_error": text}
    if template is not None:
        _check_template(template, held, Template.Type.INQUIRE)
        held.template = template
    _assign(held, actor)
    return write(held, "inquire", actor=actor, data=_begin_inquiry(held, message))


@transaction.atomic
def answer_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    revision: int | None = None,
) -> FulfillmentRequest:
    """The buying side fills what was asked; all of it, or errors by parameter name."""
    held = hold(request)
    check(held, "answer", actor, revision)
    cleaned = clean_answer(definitions(held), held.params, values)
    held.params = parameters.without_complaints({**held.params, **cleaned})
    return write(held, "answer", actor=actor, data={"answered": sorted(cleaned)})


@transaction.atomic
def pend_request(
    request: FulfillmentRequest, *, actor: Actor, revision: int | None = None
) -> FulfillmentRequest:
    """Take an inquiry back without an answer; its link dies."""
    held = hold(request)
    check(held, "pend", actor, revision)
    held.params = parameters.without_complaints(held.params)
    return write(held, "pend", actor=actor)


@transaction.atomic
def renew_inquiry(request: FulfillmentRequest, *, actor: Actor) -> FulfillmentRequest:
    """Send the same addressee a new link; the old one dies."""
    held = hold(request)
    check(held, "answer" if actor.role == "contact" else "pend", actor)
    inquiries.begin(held, held.inquiry_email, held.inquiry_message)
    touch(held)
    record("fulfillmentrequest.renew", held, actor=actor, data=_asked(held))
    return held


@transaction.atomic
def update_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    revision: int | None = None,
) -> FulfillmentRequest:
    """The vendor stores fulfillment and hidden ordering values without deciding yet."""
    held = hold(request)
    if not by_vendor(held, actor):
        raise PermissionDenied
    if held.state not in (State.PENDING, State.INQUIRING):
        raise StaleState(held, "update")
    check_revision(held, revision)
    held.params = {**held.params, **_vendor_values(held, values)}
    touch(held)
    record("fulfillmentrequest.update", held, actor=actor, data={"set": sorted(values)})
    return held


@transaction.atomic
def approve_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    template: Template | None,
    values: Mapping[str, Any] | None = None,
    effective_date: datetime | None = None,
    revision: int | None = None,
) -> FulfillmentRequest:
    """The vendor approves; a purchase makes its subscription active."""
    held, subscription = _hold(request)
    check(held, "approve", actor, revision)
    own = definitions(held)
    if values:
        held.params = {**held.params, **_vendor_values(held, values)}
    merged = parameters.merged(subscription.params, held.params)
    lacking = parameters.missing(own, merged, visible_ordering_only=False)
    if lacking:
        raise ValidationError(
            {each.name: ValidationError(_("Enter a value."), code="required") for each in lacking}
        )
    template = _check_template(template, held, Template.Type.FULFILLMENT)
    shown = {each.name: parameters.display(each, merged.get(each.name)) for each in own}
    text = fill(template.body, shown)
    _assign(held, actor)
    write(held, "approve", actor=actor, template=template, text=text, effective_date=effective_date)
    subscription.params = merged
    subscription.template, subscription.template_text = template, text
    write(subscription, "activate", actor=Actor.system())
    return held


@transaction.atomic
def fail_request(
    request: FulfillmentRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> FulfillmentRequest:
    """The vendor rejects; a purchase ends its subscription."""
    held, subscription = _hold(request)
    check(held, "fail", actor, revision)
    _assign(held, actor)
    write(held, "fail", actor=actor, reason=clean_reason(reason))
    _terminate(subscription)
    return held


@transaction.atomic
def withdraw_request(
    request: FulfillmentRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> FulfillmentRequest:
    """The buying side takes a parked or inquiring order back (decision 15)."""
    held, subscription = _hold(request)
    check(held, "withdraw", actor, revision)
    write(held, "withdraw", actor=actor, reason=clean_reason(reason))
    _terminate(subscription)
    return held


def release_waiting(config: TierConfig) -> None:
    """Move on the orders that wait for this held, just approved configuration.

    Each is judged after its own lock: of two approvals that complete an order at once, the
    second sees the first.
    """
    for request, _subscription in _parked_on([config.pk]):
        configs = list(request.required_configurations.all())
        state = birth_state(request.subscription.product_id, request.params, configs)
        if state == State.INQUIRING:
            data = begin_birth_inquiry(request)
            write(request, "ask", actor=Actor.system(), data=data)
        elif state == State.PENDING:
            write(request, "release", actor=Actor.system())


def fail_waiting(configs: list[TierConfig], reason: str) -> None:
    """End the orders parked on setups that failed."""
    quoted = _("Tier configuration was rejected: %(reason)s") % {"reason": reason}
    for request, subscription in _parked_on([config.pk for config in configs]):
        write(request, "cascade", actor=Actor.system(), reason=quoted[:500])
        _terminate(subscription)


def _parked_on(config_ids: list[str]) -> list[tuple[FulfillmentRequest, Subscription]]:
    """Held orders, still parked, whose required set holds one of the configurations."""
    waiting = FulfillmentRequest.objects.filter(
        required_configurations__in=config_ids, state=State.TIERS_SETUP
    ).distinct()
    held = hold_all(waiting)
    found = []
    for request in held.values():
        if isinstance(request, FulfillmentRequest) and request.state == State.TIERS_SETUP:
            request.subscription = held[request.subscription_id]
            found.append((request, request.subscription))
    return found


def _hold(request: FulfillmentRequest) -> tuple[FulfillmentRequest, Subscription]:
    held = hold_all([request])
    fresh: FulfillmentRequest = held[request.pk]
    fresh.subscription = held[fresh.subscription_id]
    return fresh, fresh.subscription


def _terminate(subscription: Subscription) -> None:
    write(subscription, "terminate", actor=Actor.system())
    participation.leave(subscription.pk)


def _begin_inquiry(request: FulfillmentRequest, message: str) -> dict[str, Any]:
    inquiries.begin(request, request.subscription.customer.contact_email, message)
    return _asked(request)


def _asked(request: FulfillmentRequest) -> dict[str, Any]:
    lacking = parameters.missing(definitions(request), request.params, visible_ordering_only=True)
    asked = {*parameters.complaints(request.params), *(each.name for each in lacking)}
    return {
        "inquiry": request.inquiry_number,
        "email": request.inquiry_email,
        "asked": sorted(asked),
    }


def _assign(request: FulfillmentRequest, actor: Actor) -> None:
    if actor.role == VENDOR and request.assignee_id is None:
        request.assignee = actor.user


def _vendor_values(
    request: FulfillmentRequest, values: Mapping[str, Any]
) -> dict[str, parameters.Stored]:
    return parameters.clean_values(parameters.offered_to_vendor(definitions(request)), values)


def _check_template(template: Template | None, request: FulfillmentRequest, kind: str) -> Template:
    if template is None or (template.product_id, template.scope, template.type) != (
        request.subscription.product_id,
        Template.Scope.ASSET,
        kind,
    ):
        raise ValidationError({"template": _("Choose a template of this product.")})
    return template
