"""The teller of partners' systems: makes the webhook messages of an event, and sends none.

Each partner's message is made with what it may see at that moment, and stored: every try sends
the same bytes. customers/webhooks.py carries them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from customers.actors import ADMINISTRATOR, DISTRIBUTOR, RESELLER, VENDOR, Actor
from customers.models import (
    Event,
    Partner,
    TierAccount,
    TierAccountRequest,
    WebhookEndpoint,
)
from customers.services.endpoints import enqueue
from customers.services.operators import partners_over
from fulfillment.models import FulfillmentRequest, Subscription
from tierconfig.models import TierConfig, TierConfigRequest

from .. import reasons
from ..states import state_field
from .event_types import type_of


@dataclass(frozen=True)
class Kind:
    """What is told of a model: `page` is the model part of its URL names, `related` is read with
    it, `account` and `product` are attribute paths."""

    model: type[Model]
    page: str
    account: str = "account"
    product: str = "product"
    related: tuple[str, ...] = ("account", "product")


KINDS = {
    "tieraccount": Kind(TierAccount, "account", "", "", ()),
    "tieraccountrequest": Kind(TierAccountRequest, "request"),
    "tierconfig": Kind(TierConfig, "config"),
    "tierconfigrequest": Kind(
        TierConfigRequest,
        "config-request",
        "configuration.account",
        "configuration.product",
        ("configuration__account", "configuration__product"),
    ),
    "subscription": Kind(Subscription, "subscription", "customer", related=("customer", "product")),
    "fulfillmentrequest": Kind(
        FulfillmentRequest,
        "order",
        "subscription.customer",
        "subscription.product",
        ("subscription__customer", "subscription__product"),
    ),
}


def tell(event: Event) -> None:
    """Make the messages of an event: one for each endpoint, however often it is told."""
    name = type_of(event)
    if not name:
        return
    rows = WebhookEndpoint.objects.visible_to(Actor.system()).filter(active=True)
    endpoints = [
        row for row in rows.select_related("partner") if not row.types or name in row.types
    ]
    obj = _object(event) if endpoints else None
    if obj is None:
        return
    concerned = _concerned(endpoints, obj, event)
    partners = {endpoint.partner_id: endpoint.partner for endpoint in concerned}
    payloads = {pk: payload(event, obj, partner) for pk, partner in partners.items()}
    told = [(endpoint, payloads[endpoint.partner_id]) for endpoint in concerned]
    enqueue((to, event, name, found) for to, found in told if found is not None)


def _object(event: Event) -> Any:
    kind = KINDS[event.object_type]
    rows = kind.model._default_manager.visible_to(Actor.system())  # type: ignore[attr-defined]
    return rows.select_related(*kind.related).filter(pk=event.object_id).first()


def _concerned(endpoints: list[WebhookEndpoint], obj: Any, event: Event) -> list[WebhookEndpoint]:
    """Those whose partner may see the object, and that are not for another product."""
    kind = KINDS[event.object_type]
    account = _at(obj, kind.account) or obj
    product = _at(obj, kind.product)
    over: set[str] | None = None
    found = []
    for endpoint in endpoints:
        partner = endpoint.partner
        if endpoint.product_id and (product is None or endpoint.product_id != product.pk):
            continue
        if partner.role == VENDOR and getattr(obj, "vendor_id", partner.pk) != partner.pk:
            continue
        if partner.role == DISTRIBUTOR and obj.provider_id != partner.pk:
            continue
        if partner.role == RESELLER:
            over = partners_over(account.pk) if over is None else over
            if partner.pk not in over:
                continue
        if not _is_private(event, obj) or partner.pk == _maker(event, obj):
            found.append(endpoint)
    return found


def _is_private(event: Event, obj: Any) -> bool:
    """Whether it happened to a draft, which is its maker's own for ever (decision 4)."""
    if event.to_state == "draft":
        return True
    if not getattr(obj, "private_drafts", False):
        return False
    sides = ("vendor_id", "provider_id")
    return any(getattr(obj, side) and getattr(event, side) is None for side in sides)


def _maker(event: Event, obj: Any) -> str | None:
    maker: str | None = getattr(obj, "creator_id", None) or event.partner_id
    return maker


def payload(event: Event, obj: Any, partner: Partner) -> dict[str, Any] | None:
    """What `partner` is told of the event; None when it does not see the object now."""
    return payloads([(event, obj)], partner).get(event.pk)


def payloads(news: Sequence[tuple[Event, Any]], partner: Partner) -> dict[Any, dict[str, Any]]:
    """What `partner` is told of each event about an object of one and the same model, by event.

    Nothing of what it does not see now. Reads twice, however many there are.
    """
    actor = Actor(role=partner.role, partner=partner, level=ADMINISTRATOR)
    kind = KINDS[news[0][0].object_type]
    rows = kind.model._default_manager.visible_to(actor)  # type: ignore[attr-defined]
    seen = set(rows.filter(pk__in={obj.pk for _event, obj in news}).values_list("pk", flat=True))
    shown = [(event, obj) for event, obj in news if obj.pk in seen]
    about = {_at(obj, kind.account).pk for _event, obj in shown} if kind.account else set()
    accounts = TierAccount.objects.visible_to(actor).filter(pk__in=about)
    known = set(accounts.values_list("pk", flat=True)) if about else set()
    return {event.pk: _payload(event, obj, kind, partner, known) for event, obj in shown}


def _payload(
    event: Event, obj: Any, kind: Kind, partner: Partner, known: set[str]
) -> dict[str, Any]:
    """`known` are the accounts that the partner may open."""
    # Accounts have no state: what happened to one is its type.
    field = state_field(kind.model)
    state = getattr(obj, field) if field else None
    data: dict[str, Any] = {
        "id": obj.pk,
        "state": event.to_state or state,
        "previous_state": event.from_state or None,
        "reason": reasons.given(event, partner.role) or None,
        "link": _link(partner.role, kind.page, obj.pk),
        **_own(obj),
    }
    if (account := _at(obj, kind.account)) is not None:
        named = {"id": account.pk, "name": account.name}
        data["account"] = named if account.pk in known else None
    if (product := _at(obj, kind.product)) is not None:
        data["product"] = {"id": product.pk, "name": product.name}
    at = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": type_of(event), "timestamp": at, "data": data}


def _own(obj: Any) -> dict[str, Any]:
    """What only some kinds of objects have."""
    if isinstance(obj, TierAccount):
        return {"type": obj.type, "name": obj.name}
    if isinstance(obj, TierConfig):
        return {"tier": obj.tier_level}
    if isinstance(obj, TierConfigRequest):
        config = obj.configuration
        return {"type": obj.type, "configuration": {"id": config.pk}, "tier": config.tier_level}
    if isinstance(obj, FulfillmentRequest):
        return {"type": obj.type, "subscription": {"id": obj.subscription_id}}
    return {"type": obj.type} if isinstance(obj, TierAccountRequest) else {}


def _link(role: str, page: str, pk: str) -> str:
    try:
        path = reverse(f"{role}:{page}-detail", args=[pk])
    except NoReverseMatch:
        path = reverse(f"{role}:home")
    return f"{settings.PUBLIC_URL}{path}"


def _at(obj: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        obj = getattr(obj, name)
    return obj if path else None
