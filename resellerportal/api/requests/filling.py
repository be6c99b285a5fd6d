"""What is filled into requests that are open: values, complaints, notes, and all of a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from customers.actors import VENDOR, Actor
from fulfillment.models import FulfillmentRequest
from fulfillment.services import drafts
from fulfillment.services import requests as services
from tierconfig import parameters
from tierconfig.services.processing import known_values

from ..shared.param_bodies import Written, naming, read_params
from .placing import PARAMS, quantities

Sent = Mapping[str, Any]
Type, State = FulfillmentRequest.Type, FulfillmentRequest.State


@transaction.atomic
def change(request: FulfillmentRequest, sent: Sent, actor: Actor) -> None:
    """What a PUT says: the vendor's values, complaints and ways of asking; what the buying side
    fills into an inquiry; all of a draft; the note."""
    asset = sent.get("asset") or {}
    note = sent.get("note")
    if request.state == State.DRAFT:
        edit_draft(request, asset, note, actor)
        return
    if asset.get("params") is not None:
        _set_values(request, asset["params"], actor)
    if note is not None and note != request.note:
        services.note_request(request, actor=actor, note=note)


def _set_values(request: FulfillmentRequest, sent: Sequence[Sent], actor: Actor) -> None:
    given = written(request, sent, actor)
    values = given.values
    with naming(request.definitions(), PARAMS):
        if values and actor.role != VENDOR:
            services.fill_request(request, actor=actor, values=values)
            values = {}
        if values or given.presentation or given.errors:
            services.update_request(
                request,
                actor=actor,
                values=values or None,
                presentation=given.presentation or None,
                errors=given.errors or None,
            )


def written(request: FulfillmentRequest, sent: Sequence[Sent], actor: Actor) -> Written:
    """What of the values sent is not so already."""
    return read_params(
        sent,
        request.definitions(),
        actor=actor,
        known=known_values(request),
        presentation=request.presentation,
        path=PARAMS,
    )


def edit_draft(
    request: FulfillmentRequest, asset: Sent, note: str | None, actor: Actor
) -> FulfillmentRequest:
    """Put what was sent into the draft; what was not stays as it is."""
    own = request.definitions()
    present = parameters.without_complaints(known_values(request))
    shown = {each.name for each in parameters.visible_ordering(request.presented(), present)}
    values = {name: raw_of(each) for name, each in present.items() if each and name in shown}
    values |= written(request, asset.get("params") or [], actor).values
    items = {line.item_id: line.quantity for line in request.items.all()}
    if asset.get("items") is not None:
        wanted = quantities(asset["items"], request.subscription.product, actor)
        items = wanted if request.type == Type.PURCHASE else {**items, **wanted}
    text = request.note if note is None else note
    with naming(own, PARAMS):
        if request.type == Type.PURCHASE:
            before = drafts.purchase_of(request)
            values = {**before.values, "asset": values}
            purchase = replace(before, items=items, values=values, note=text)
            return drafts.edit_draft(request, actor=actor, purchase=purchase)
        return drafts.edit_draft(request, actor=actor, items=items, values=values, note=text)


def raw_of(stored: parameters.Stored) -> Any:
    """A stored value as it may be sent again."""
    return stored.get("structured_value") or stored.get("value") or ""


def submit(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Hand a draft over. The values that came along are kept even when it cannot be: storing them
    is a transaction of its own, so that configurations are locked before the order."""
    if (sent.get("asset") or {}).get("params"):
        request = edit_draft(request, sent["asset"], None, actor)
    with naming(request.definitions(), PARAMS):
        insist = bool(sent.get("insist"))
        return drafts.submit_request(request, actor=actor, insist=insist)


def validate(request: FulfillmentRequest, sent: Sent, actor: Actor) -> FulfillmentRequest:
    """Have the vendor's service look at a draft, with the values that came along."""
    if (sent.get("asset") or {}).get("params"):
        request = edit_draft(request, sent["asset"], None, actor)
    found, _problems = drafts.validate_request(request, actor=actor)
    return found
