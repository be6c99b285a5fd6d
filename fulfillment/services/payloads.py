"""An order as JSON, in the names of the field (domain 2.5, 2.16, 2.17)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from customers.models import TierAccount
from tierconfig import parameters
from tierconfig.presentation import presented
from tierconfig.services.payloads import NO_CONNECTION, param, reference, works_with

from ..models import FulfillmentRequest, Item, RequestItem, Subscription, SubscriptionItem


def of_request(request: FulfillmentRequest, values: parameters.Values) -> dict[str, Any]:
    """The order with `values` for all parameters of its subscription, passwords included.

    The vendor's own. Accounts above the customer are there once the vendor works with them
    (decision 4).
    """
    found: dict[str, Any] = {
        "id": request.pk,
        "type": request.type,
        "status": request.state,
        "note": request.note,
        "reason": request.reason,
        "created": _stamp(request.created_at),
        "updated": _stamp(request.updated_at),
        "asset": _asset(request, values),
        "answered": request.answered,
        "environment": request.environment,
        "assignee": "",
    }
    market = request.subscription.marketplace
    if market is not None:
        named = {"id": market.pk, "name": market.name}
        found["marketplace"] = found["asset"]["marketplace"] = named
    return found


def _asset(request: FulfillmentRequest, values: parameters.Values) -> dict[str, Any]:
    subscription = request.subscription
    own = presented(request.definitions(), values, request.presentation)
    return {
        "id": subscription.pk,
        "status": subscription.state,
        "external_id": subscription.external_id or "",
        "external_uid": subscription.external_uid or "",
        "product": {"id": subscription.product_id, "name": subscription.product.name},
        "connection": _connection(subscription),
        "params": [param(each, values.get(each.name)) for each in own],
        "tiers": {
            "customer": reference(subscription.customer),
            "tier1": _tier(subscription, subscription.tier1),
            "tier2": _tier(subscription, subscription.tier2),
        },
        "items": lines_of(
            request.items.select_related("item"), subscription.items.select_related("item")
        ),
        "configuration": {"params": []},
    }


def lines_of(
    asked: Iterable[RequestItem], held: Iterable[SubscriptionItem]
) -> list[dict[str, Any]]:
    """The items a request is about, and in a change also those that stay."""
    lines = {line.item_id: line for line in asked}
    found = [item_line(line.item, line.quantity, line.old_quantity) for line in lines.values()]
    return found + [
        item_line(row.item, row.quantity, row.quantity) for row in held if row.item_id not in lines
    ]


def item_line(item: Item, quantity: int, old: int | None = None) -> dict[str, Any]:
    """How many of an item; `old` is how many there were before, where that is told."""
    found: dict[str, Any] = {
        "id": item.local_id,
        "global_id": item.pk,
        "mpn": item.mpn,
        "display_name": item.name,
        "quantity": str(quantity),
        "item_type": item.type,
        "period": item.period,
        "type": item.unit,
        "params": [],
    }
    if old is not None:
        found["old_quantity"] = str(old)
    return found


def _connection(subscription: Subscription) -> dict[str, Any]:
    found = subscription.connection
    if found is None:
        return dict(NO_CONNECTION)
    return {"id": found.pk, "type": found.type, "status": found.status}


def _tier(subscription: Subscription, account: TierAccount | None) -> dict[str, Any]:
    """Absent is an empty object here, unlike in configurations."""
    seen = account is not None and works_with(subscription.vendor, account)
    return reference(account) if account is not None and seen else {}


def _stamp(at: Any) -> str:
    return str(at.isoformat(timespec="seconds"))
