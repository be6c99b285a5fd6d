"""Whose readiness an actor reads."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from customers.actors import RESELLER, Actor
from customers.models import TierAccount
from customers.visibility import within_subtree


def resellers(actor: Actor) -> QuerySet[Any]:
    """Resellers whose customers the actor may order for, or whose orders it decides."""
    rows = TierAccount.objects.visible_to(actor).resellers().current()
    if actor.role == RESELLER:
        # Not those it was merely shown.
        rows = rows.filter(within_subtree(actor))
    return rows
