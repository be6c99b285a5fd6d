"""Drafts that end without being submitted: given up, forgotten, or lost with the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from customers import chores, holding
from customers.actors import Actor
from customers.events import record
from customers.lifecycle import hold
from customers.models import Partner, TierAccount

from ..models import TierConfig, TierConfigRequest
from .uniqueness import give_up, keep_in_force

DRAFT = TierConfigRequest.State.DRAFT


def expire_drafts(*, now: datetime | None = None, limit: int = 100) -> int:
    """Discard drafts that nobody touched for settings.DRAFTS_EXPIRE_DAYS; how many."""
    before = (now or timezone.now()) - timedelta(days=settings.DRAFTS_EXPIRE_DAYS)
    due = TierConfigRequest.objects.filter(state=DRAFT, updated_at__lt=before)
    rows = due.order_by("updated_at")[:limit]
    return chores.each(rows, lambda row: _discarded(row, lambda held: held.updated_at < before))


def abandon_drafts(account: TierAccount, creator: Partner) -> int:
    """Discard what `creator` began for an account it no longer operates; how many.

    It could not open them any more, and they would be in the way of whoever operates it next.
    """
    own = TierConfigRequest.objects.filter(state=DRAFT, creator=creator)
    rows = own.filter(configuration__account=account)
    order = ("-configuration__tier_level", "configuration")
    return sum(_discarded(draft, lambda held: True) for draft in rows.order_by(*order))


def discard_held(held: TierConfigRequest, actor: Actor) -> None:
    """Delete the held draft for good, and its configuration if that is a draft too."""
    config = hold(held.configuration)
    held.configuration = config
    record(
        "tierconfigrequest.discard",
        held,
        actor=actor,
        from_state=held.state,
        data={"configuration": config.pk, "type": held.type},
    )
    held.params = {}
    keep_in_force(held)
    holding.forget(held.pk)
    held.delete()
    if config.state == TierConfig.State.DRAFT:
        give_up(config.pk)
        config.delete()


@transaction.atomic
def _discarded(draft: TierConfigRequest, due: Callable[[TierConfigRequest], bool]) -> bool:
    """Whether it was a draft still, and due, when it was held."""
    try:
        held = hold(draft)
    except TierConfigRequest.DoesNotExist:
        return False
    if held.state != DRAFT or not due(held):
        return False
    discard_held(held, Actor.system())
    return True
