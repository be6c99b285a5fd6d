"""Tier configuration requests from birth to decision; tier 2 before tier 1."""

from __future__ import annotations

from collections.abc import Mapping
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

from .. import inquiries, parameters
from ..models import Parameter, Template, TierConfig, TierConfigRequest
from ..rendering import fill
from ..signals import config_configured, setup_failed

State = TierConfigRequest.State


def definitions(config: TierConfig) -> list[Parameter]:
    """The parameters of the configuration's own tier, in display order."""
    return Parameter.objects.of_scope(config.product_id, config.scope)


def known_values(request: TierConfigRequest) -> dict[str, parameters.Stored]:
    """What the configuration will hold if this request is approved as it stands."""
    return {**request.configuration.params, **request.params}


@transaction.atomic
def inquire_request(
    request: TierConfigRequest,
    *,
    actor: Actor,
    errors: Mapping[str, str],
    message: str = "",
    revision: int | None = None,
) -> TierConfigRequest:
    """The vendor asks the reseller; `errors` complains about ordering parameters by name.

    At least one complaint or a message is needed. Mail goes to the account's technical contact.
    """
    held = hold(request)
    check(held, "inquire", actor, revision)
    marked = _clean_errors(definitions(held.configuration), errors)
    message = clean_text(message, max_length=2000, lines=True)
    if not marked and not message:
        raise ValidationError(
            _("Mark at least one parameter, or write a message to the reseller."), code="required"
        )
    known = known_values(held)
    for name, text in marked.items():
        # A complaint about an unchanged value of an update must not hide that value.
        held.params[name] = {**known.get(name, {}), "value_error": text}
    _begin_inquiry(held, message)
    _assign(held, actor)
    return write(held, "inquire", actor=actor, data=_asked(held))


@transaction.atomic
def answer_request(
    request: TierConfigRequest,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    revision: int | None = None,
) -> TierConfigRequest:
    """The buying side fills what was asked; all of it, or errors by parameter name."""
    held = hold(request)
    check(held, "answer", actor, revision)
    cleaned = clean_answer(definitions(held.configuration), known_values(held), values)
    held.params = parameters.without_complaints({**held.params, **cleaned})
    return write(held, "answer", actor=actor, data={"answered": sorted(cleaned)})


def clean_answer(
    asked: list[Parameter], present: parameters.Values, values: Mapping[str, Any]
) -> dict[str, parameters.Stored]:
    """Checked values for an inquiry: only what is askable, nothing required left empty.

    A password that comes back blank keeps its present value.
    """
    offered = parameters.askable(asked, present)
    cleaned = parameters.clean_values(offered, values)
    for parameter in offered:
        if parameter.type == "password" and not cleaned.get(parameter.name, True):
            del cleaned[parameter.name]
    lacking = parameters.missing(offered, {**present, **cleaned}, visible_ordering_only=True)
    if lacking:
        raise ValidationError(
            {each.name: ValidationError(_("Enter a value."), code="required") for each in lacking}
        )
    return cleaned


@transaction.atomic
def pend_request(
    request: TierConfigRequest, *, actor: Actor, revision: int | None = None
) -> TierConfigRequest:
    """Take an inquiry back without an answer; its link dies."""
    held = hold(request)
    check(held, "pend", actor, revision)
    held.params = parameters.without_complaints(held.params)
    return write(held, "pend", actor=actor)


@transaction.atomic
def renew_inquiry(request: TierConfigRequest, *, actor: Actor) -> TierConfigRequest:
    """Send the same addressee a new link; the old one dies.

    For whoever may take the inquiry back, and for the addressee.
    """
    held = hold(request)
    step = "answer" if actor.role == "contact" else "pend"
    check(held, step, actor)
    inquiries.begin(held, held.inquiry_email, held.inquiry_message)
    touch(held)
    record("tierconfigrequest.renew", held, actor=actor, data=_asked(held))
    return held


@transaction.atomic
def update_request(
    request: TierConfigRequest,
    *,
    actor: Actor,
    values: Mapping[str, Any],
    revision: int | None = None,
) -> TierConfigRequest:
    """The vendor stores fulfillment and hidden ordering values without deciding yet."""
    held = hold(request)
    if not by_vendor(held, actor):
        raise PermissionDenied
    if held.state not in (State.PENDING, State.INQUIRING):
        raise StaleState(held, "update")
    check_revision(held, revision)
    held.params = {**held.params, **_vendor_values(held, values)}
    touch(held)
    record("tierconfigrequest.update", held, actor=actor, data={"set": sorted(values)})
    return held


@transaction.atomic
def approve_request(
    request: TierConfigRequest,
    *,
    actor: Actor,
    template: Template | None,
    values: Mapping[str, Any] | None = None,
    effective_date: datetime | None = None,
    revision: int | None = None,
) -> TierConfigRequest:
    """The vendor approves: values and text go to the configuration, what waited is released.

    Locks: the configuration, those of parked tier 1 requests, the requests, then (by signal) the
    subscriptions and orders that waited. Raises ValidationError when a required value or a
    template of the right tier is missing.
    """
    held, children = _hold_with_children(request)
    check(held, "approve", actor, revision)
    config = held.configuration
    own = definitions(config)
    if values:
        held.params = {**held.params, **_vendor_values(held, values)}
    merged = parameters.merged(config.params, held.params)
    _check_complete(own, merged)
    text = _rendered(template, config, own, merged)
    _assign(held, actor)
    write(held, "approve", actor=actor, template=template, text=text, effective_date=effective_date)
    config.params = merged
    config.template, config.template_text = template, text
    config.configured_at = config.configured_at or held.decided_at
    _to_active(config)
    for child in children:
        _release(child)
    config_configured.send(sender=TierConfig, config=config)
    return held


@transaction.atomic
def fail_request(
    request: TierConfigRequest, *, actor: Actor, reason: str, revision: int | None = None
) -> TierConfigRequest:
    """Vendor or distributor rejects; a failed setup takes along what was parked on it."""
    held, children = _hold_with_children(request)
    check(held, "fail", actor, revision)
    reason = clean_reason(reason)
    _assign(held, actor)
    write(held, "fail", actor=actor, reason=reason)
    config = held.configuration
    if config.configured:
        _to_active(config)
        return held
    quoted = _("Tier 2 configuration was rejected: %(reason)s") % {"reason": reason}
    for child in children:
        write(child, "cascade", actor=Actor.system(), reason=quoted[:500])
    failed = [config, *(child.configuration for child in children)]
    setup_failed.send(sender=TierConfig, configs=failed, reason=reason)
    return held


def clean_reason(reason: str) -> str:
    """A reason of at most 500 characters; ValidationError on field `reason` otherwise."""
    try:
        reason = clean_text(reason, max_length=500, lines=True)
    except ValidationError as error:
        raise ValidationError({"reason": error}) from error
    if not reason:
        raise ValidationError({"reason": _("Say why the request is rejected.")}, code="required")
    return reason


def birth_state(request: TierConfigRequest) -> str:
    """Where a new or released request stands (domain 3.4, rules 2 to 4)."""
    parent = request.parent_configuration
    if parent is not None and not parent.configured:
        return State.TIERS_SETUP
    lacking = parameters.missing(
        definitions(request.configuration), known_values(request), visible_ordering_only=True
    )
    return State.INQUIRING if lacking else State.PENDING


def begin_birth_inquiry(request: TierConfigRequest) -> dict[str, Any]:
    """Prepare the mail of a request that is inquiring by the platform's own rule."""
    _begin_inquiry(request, "")
    return _asked(request)


def _begin_inquiry(request: TierConfigRequest, message: str) -> None:
    inquiries.begin(request, request.configuration.account.contact_email, message)


def _asked(request: TierConfigRequest) -> dict[str, Any]:
    """What the event of an inquiry says; tells the mailer which inquiry it belongs to."""
    lacking = parameters.missing(
        definitions(request.configuration), known_values(request), visible_ordering_only=True
    )
    asked = {*parameters.complaints(request.params), *(each.name for each in lacking)}
    return {
        "inquiry": request.inquiry_number,
        "email": request.inquiry_email,
        "asked": sorted(asked),
    }


def _hold_with_children(
    request: TierConfigRequest,
) -> tuple[TierConfigRequest, list[TierConfigRequest]]:
    """The held request and the held tier 1 requests parked on its configuration.

    The configuration is held before the look-up, so none can join unseen: a birth that would
    park on it holds it too.
    """
    config = hold(request.configuration)
    parked = list(
        TierConfigRequest.objects.filter(parent_configuration=config, state=State.TIERS_SETUP)
    )
    held = hold_all([request, *parked])
    fresh: TierConfigRequest = held[request.pk]
    fresh.configuration = held[config.pk]
    children = []
    for each in parked:
        child: TierConfigRequest = held[each.pk]
        child.configuration = held[child.configuration_id]
        child.parent_configuration = fresh.configuration
        if child.state == State.TIERS_SETUP:
            children.append(child)
    return fresh, sorted(children, key=lambda child: child.pk)


def _release(child: TierConfigRequest) -> None:
    if birth_state(child) == State.INQUIRING:
        data = begin_birth_inquiry(child)
        write(child, "ask", actor=Actor.system(), data=data)
    else:
        write(child, "release", actor=Actor.system())


def _to_active(config: TierConfig) -> None:
    if config.state == TierConfig.State.PROCESSING:
        write(config, "activate", actor=Actor.system())
    else:
        touch(config)


def _assign(request: TierConfigRequest, actor: Actor) -> None:
    """A vendor's user who acts on an unassigned request becomes its assignee."""
    if actor.role == VENDOR and request.assignee_id is None:
        request.assignee = actor.user


def _vendor_values(
    request: TierConfigRequest, values: Mapping[str, Any]
) -> dict[str, parameters.Stored]:
    offered = parameters.offered_to_vendor(definitions(request.configuration))
    return parameters.clean_values(offered, values)


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


def _check_complete(own: list[Parameter], values: parameters.Values) -> None:
    lacking = parameters.missing(own, values, visible_ordering_only=False)
    if lacking:
        raise ValidationError(
            {each.name: ValidationError(_("Enter a value."), code="required") for each in lacking}
        )


def _rendered(
    template: Template | None,
    config: TierConfig,
    own: list[Parameter],
    values: parameters.Values,
) -> str:
    if template is None or (template.product_id, template.scope) != (
        config.product_id,
        config.scope,
    ):
        raise ValidationError(
            {
                "template": _("Choose a template of this product for tier %(tier)s.")
                % {"tier": config.tier_level}
            }
        )
    shown = {each.name: parameters.display(each, values.get(each.name)) for each in own}
    return fill(template.body, shown)
