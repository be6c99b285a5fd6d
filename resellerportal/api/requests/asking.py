"""Requests about a subscription that is there, and purchases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customers.actors import VENDOR, Actor
from fulfillment.models import FulfillmentRequest, Subscription
from fulfillment.services import changes

from ..shared.known import absent, known
from ..shared.param_bodies import naming, read_params
from .bodies import DRAFT
from .placing import PARAMS, place, quantities

Sent = Mapping[str, Any]
Type = FulfillmentRequest.Type
#: What needs no more than the subscription.
PLAIN = {
    Type.SUSPEND: changes.request_suspend,
    Type.RESUME: changes.request_resume,
    Type.CANCEL: changes.request_cancel,
}


def create(sent: Sent, actor: Actor) -> FulfillmentRequest:
    """A request of whatever type. Raises ApiError and what services do."""
    kind, asset = sent["type"], sent["asset"]
    if kind == Type.PURCHASE:
        return place(sent, actor)
    subscription = _subscription(asset, kind, actor)
    note = sent.get("note") or ""
    if kind in PLAIN:
        return PLAIN[kind](subscription, actor=actor, note=note)
    own = changes.held_definitions(subscription)
    given = read_params(
        asset.get("params") or [], own, actor=actor, known=subscription.params, path=PARAMS
    )
    with naming(own, PARAMS):
        if kind == Type.ADJUSTMENT:
            is_vendor = actor.role == VENDOR
            ask = changes.request_adjustment if is_vendor else changes.ask_for_adjustment
            return ask(subscription, actor=actor, values=given.values, note=note)
        return changes.request_change(
            subscription,
            actor=actor,
            items=quantities(asset.get("items") or [], subscription.product, actor),
            values=given.values,
            note=note,
            draft=(sent.get("status") or "").lower() == DRAFT,
        )


def _subscription(asset: Sent, kind: str, actor: Actor) -> Subscription:
    """By its id; that of an adjustment by an external one, too (7.6)."""
    rows = Subscription.objects.visible_to(actor)
    rows = rows.select_related("product", "customer", "connection")
    if asset.get("id") or kind != Type.ADJUSTMENT:
        if not asset.get("id"):
            raise absent("asset.id")
        return known(rows, asset["id"], "asset.id")
    if product := (asset.get("product") or {}).get("id"):
        rows = rows.filter(product=product)
    for key in ("external_uid", "external_id"):
        if text := asset.get(key):
            found = list(rows.filter(**{key: text})[:2])
            return known(rows, found[0].pk if len(found) == 1 else text, f"asset.{key}")
    raise absent("asset.id")
