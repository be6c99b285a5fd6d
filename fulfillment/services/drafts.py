"""Drafts of purchases and changes: filled in, looked at by the vendor's service, submitted.

A draft belongs to the partner that began it. Every function raises PermissionDenied, StaleState,
StaleForm, and ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers import trees
from customers.actors import Actor
from customers.events import record
from customers.lifecycle import check, touch, write
from tierconfig import parameters
from tierconfig.models import TierConfig, TierConfigRequest
from tierconfig.services.drafts import validate_draft as validate_request
from tierconfig.services.rejudging import judged_again
from tierconfig.services.submitting import STEPS
from tierconfig.services.uniqueness import claim_for

from ..models import FulfillmentRequest, Subscription
from .births import Line, birth_state, clean_note, open_at, put_lines
from .decisions import hold_order
from .differences import changed_items, changed_values, check_changes, check_editable
from .discarding import discard_held
from .guards import check_possible, may_ask
from .orders import (
    begin_subscription,
    buyer,
    duplicate,
    ensure_required,
    place,
    tier_values,
)
from .purchases import Purchase, check_sale, clean_asset, clean_items

__all__ = [
    "discard_request",
    "edit_draft",
    "purchase_of",
    "submit_request",
    "validate_request",
]

Type = FulfillmentRequest.Type


@trees.in_tree_transaction
def edit_draft(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    purchase: Purchase | None = None,
    items: Mapping[str, int] | None = None,
    values: Mapping[str, Any] | None = None,
    note: str = "",
    revision: int | None = None,
) -> FulfillmentRequest:
    """Put what the form has in place of all the draft had.

    `purchase` for the draft of a purchase: its product and its distributor stay. `items`, `values`
    and `note` for that of a change. What is missing still may be missing. A complaint of the
    vendor's service goes with the value it is about.
    """
    if request.type == Type.PURCHASE:
        if purchase is None:
            raise TypeError("the draft of a purchase is edited with a Purchase")
        held = _edit_purchase(request, purchase, actor, revision)
    else:
        held = _hold(request, actor, revision)
        if not may_ask(held.subscription, held.type, actor):
            raise PermissionDenied
        _set_change(held, items or {}, values or {}, note)
    claim_for(held)
    touch(held)
    data = {"set": sorted(held.params)}
    record("fulfillmentrequest.update", held, actor=actor, data=data)
    return held


@trees.in_tree_transaction
def submit_request(
    request: FulfillmentRequest,
    *,
    actor: Actor,
    revision: int | None = None,
    insist: bool = False,
) -> FulfillmentRequest:
    """Hand the draft over: all is checked as if it were born now, and it is asked, parked or
    pending.

    Complaints of the vendor's service stand in the way, code "vendor" by parameter name, unless
    the maker insists. The tiers of a purchase are those of the tree of now; values are judged by
    the definitions of now. Locks as create_purchase and request_change do.
    """
    if request.type == Type.PURCHASE:
        return _submit_purchase(request, actor, revision, insist)
    held = _hold(request, actor, revision)
    subscription = held.subscription
    if not may_ask(subscription, held.type, actor):
        raise PermissionDenied
    check_possible(subscription, held.type)
    lines = changed_items(subscription, _wanted(held))
    values = judged_again(held.definitions(), subscription.params, held.params, parameters.askable)
    params = parameters.differences(subscription.params, values)
    check_changes(lines, params)
    check_editable(subscription, params)
    told = _settle_complaints(held, insist)
    put_lines(held, lines)
    held.params = params
    return _go_on(held, [], actor, told)


@transaction.atomic
def discard_request(
    request: FulfillmentRequest, *, actor: Actor, revision: int | None = None
) -> None:
    """Delete the draft for good, and the subscription of a purchase with it."""
    discard_held(_hold(request, actor, revision), actor)


def purchase_of(request: FulfillmentRequest) -> Purchase:
    """What the draft of a purchase says, as it would be ordered; `values` of the asset are stored
    ones and left out."""
    subscription = request.subscription
    if subscription.marketplace is None:
        raise ValidationError({"marketplace": _("Choose a marketplace of the customer's side.")})
    return Purchase(
        product=subscription.product,
        customer=subscription.customer,
        items={line.item_id: line.quantity for line in request.items.all()},
        marketplace=subscription.marketplace,
        connection=subscription.connection,
        values=request.tier_values,
        external_id=subscription.external_id or "",
        external_uid=subscription.external_uid or "",
        note=request.note,
    )


def _hold(request: FulfillmentRequest, actor: Actor, revision: int | None) -> FulfillmentRequest:
    held = hold_order(request)
    check(held, "submit", actor, revision)
    return held


def _edit_purchase(
    request: FulfillmentRequest, purchase: Purchase, actor: Actor, revision: int | None
) -> FulfillmentRequest:
    customer = buyer(purchase, actor)
    held = _hold(request, actor, revision)
    subscription = held.subscription
    if purchase.product.pk != subscription.product_id:
        raise ValidationError({"product": _("Begin another order for another product.")})
    if customer.provider_id != subscription.provider_id:
        raise ValidationError({"customer": _("Choose a customer of the same distributor.")})
    tier1 = check_sale(purchase, customer)
    lines = clean_items(purchase, draft=True)
    held.params = _with_complaints(held, clean_asset(purchase))
    held.tier_values = tier_values(purchase, customer)
    held.note = clean_note(purchase.note)
    place(subscription, purchase, customer, tier1)
    held.environment = subscription.environment
    _save(subscription)
    put_lines(held, lines)
    return held


def _set_change(
    held: FulfillmentRequest, items: Mapping[str, int], values: Mapping[str, Any], note: str
) -> None:
    lines: list[Line] = changed_items(held.subscription, items)
    held.params = _with_complaints(held, changed_values(held.subscription, values))
    held.note = clean_note(note)
    put_lines(held, lines)


def _submit_purchase(
    request: FulfillmentRequest, actor: Actor, revision: int | None, insist: bool
) -> FulfillmentRequest:
    # Configurations are held before subscription and order: what the draft says is read without
    # its lock, and has to be the same under it.
    seen = FulfillmentRequest._base_manager.select_related(
        "subscription__product",
        "subscription__customer",
        "subscription__connection__hub",
        "subscription__marketplace",
    ).get(pk=request.pk)
    check(seen, "submit", actor, revision)
    purchase = purchase_of(seen)
    customer = buyer(purchase, actor)
    tier1 = check_sale(purchase, customer)
    lines = clean_items(purchase)
    required = ensure_required(purchase, customer, actor)
    held = _hold(seen, actor, seen.revision)
    subscription = held.subscription
    told = _settle_complaints(held, insist)
    values = judged_again(held.definitions(), {}, held.params, parameters.visible_ordering)
    held.params = {name: stored for name, stored in values.items() if stored}
    held.tier_values = {}
    place(subscription, purchase, customer, tier1)
    held.required_configurations.set(required)
    _go_on(held, required, actor, told)
    write(subscription, "process", actor=Actor.system())
    begin_subscription(subscription, lines)
    return held


def _go_on(
    held: FulfillmentRequest, required: list[TierConfig], actor: Actor, told: dict[str, Any]
) -> FulfillmentRequest:
    state = birth_state(held, required)
    data = told | open_at(held, state)
    claim_for(held)
    return write(held, STEPS[TierConfigRequest.State(state)], actor=actor, data=data)


def _wanted(held: FulfillmentRequest) -> dict[str, int]:
    return {line.item_id: line.quantity for line in held.items.all()}


def _settle_complaints(held: FulfillmentRequest, insist: bool) -> dict[str, Any]:
    """Leave the complaints of the vendor's service behind; data of the event."""
    complaints = parameters.complaints(held.params)
    if complaints and not insist:
        raise ValidationError(
            {name: ValidationError(text, code="vendor") for name, text in complaints.items()}
        )
    plain = parameters.without_complaints(held.params)
    held.params = {name: stored for name, stored in plain.items() if stored}
    return {"insisted": sorted(complaints)} if complaints else {}


def _with_complaints(
    held: FulfillmentRequest, values: Mapping[str, parameters.Stored]
) -> dict[str, parameters.Stored]:
    """`values`, each with the complaint there was about the very same one."""
    before = parameters.without_complaints(held.params)
    return {
        name: held.params[name] if before.get(name) == stored else stored
        for name, stored in values.items()
    }


def _save(subscription: Subscription) -> None:
    try:
        with transaction.atomic():
            touch(subscription)
    except IntegrityError as error:
        raise duplicate(error) from error
