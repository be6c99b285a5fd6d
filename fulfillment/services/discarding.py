"""Drafts of orders that end without being submitted: given up, forgotten, or out of reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from customers import chores, holding
from customers.actors import Actor
from customers.events import record
from customers.models import AccountAccess, Partner
from tierconfig.services.uniqueness import give_up, keep_in_force

from ..models import FulfillmentRequest, Subscription
from .decisions import hold_order

DRAFT = FulfillmentRequest.State.DRAFT


def discard_held(held: FulfillmentRequest, actor: Actor) -> None:
    """Delete the held draft for good, and its held subscription if that is a draft too."""
    subscription = held.subscription
    record(
        "fulfillmentrequest.discard",
        held,
        actor=actor,
        from_state=held.state,
        data={"subscription": subscription.pk, "type": held.type},
    )
    keep_in_force(held)
    holding.forget(held.pk)
    held.delete()
    if subscription.state == Subscription.State.DRAFT:
        give_up(subscription.pk)
        subscription.delete()


def expire_drafts(*, now: datetime | None = None, limit: int = 100) -> int:
    """Discard drafts that nobody touched for settings.DRAFTS_EXPIRE_DAYS; how many."""
    before = (now or timezone.now()) - timedelta(days=settings.DRAFTS_EXPIRE_DAYS)
    due = FulfillmentRequest.objects.filter(state=DRAFT, updated_at__lt=before)
    rows = due.order_by("updated_at")[:limit]
    return chores.each(rows, lambda row: _discarded(row, lambda held: held.updated_at < before))


def abandon_drafts(partner: Partner) -> int:
    """Discard what a reseller began for customers that are no longer below an account it operates;
    how many.

    It could not open them any more, and a change would be in the way of whoever is next.
    """
    lost = _out_of_reach().filter(creator=partner)
    return sum(_discarded(draft, _is_lost) for draft in lost.order_by("subscription"))


def discard_out_of_reach(*, limit: int = 100) -> int:
    """The same for all resellers, for what got out of their reach by a move; how many. A chore."""
    rows = _out_of_reach().order_by("pk")[:limit]
    return chores.each(rows, lambda row: _discarded(row, _is_lost))


def _out_of_reach() -> QuerySet[FulfillmentRequest]:
    """Drafts of resellers that operate no account above the customer at this moment."""
    place = "subscription__customer__"
    over = AccountAccess.objects.operations().filter(
        partner=OuterRef("creator"),
        account__tree_id=OuterRef(f"{place}tree_id"),
        account__lft__lte=OuterRef(f"{place}lft"),
        account__rght__gte=OuterRef(f"{place}lft"),
    )
    drafts = FulfillmentRequest.objects.filter(state=DRAFT, creator__role=Partner.Role.RESELLER)
    rows: QuerySet[FulfillmentRequest] = drafts.exclude(Exists(over))
    return rows


def _is_lost(draft: FulfillmentRequest) -> bool:
    return _out_of_reach().filter(pk=draft.pk).exists()


@transaction.atomic
def _discarded(draft: FulfillmentRequest, due: Callable[[FulfillmentRequest], bool]) -> bool:
    """Whether it was a draft still, and due, when it was held."""
    try:
        held = hold_order(draft)
    except FulfillmentRequest.DoesNotExist:
        return False
    if held.state != DRAFT or not due(held):
        return False
    discard_held(held, Actor.system())
    return True
