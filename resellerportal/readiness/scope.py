"""Whose readiness an actor reads."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from customers.actors import DISTRIBUTOR, RESELLER, Actor
from customers.models import TierAccount
from customers.visibility import providers, within_subtree
from fulfillment.services.readiness import PREVIEW, Place

#: Preview accounts take part in previews only.
REAL = ~Q(environment=TierAccount.Environment.PREVIEW)


def resellers(actor: Actor) -> QuerySet[Any]:
    """Resellers whose customers the actor may order for, or whose orders it decides."""
    rows = TierAccount.objects.visible_to(actor).resellers().current()
    if actor.role == RESELLER:
        # Not those it was merely shown.
        rows = rows.filter(within_subtree(actor))
    return rows


def at(place: Place) -> Q:
    """Which of them are judged at a place."""
    return Q() if place.kind == PREVIEW else REAL


def sides(actor: Actor) -> list[str] | None:
    """The distributors of these resellers, None for whoever lists what the actor sees."""
    if actor.role == DISTRIBUTOR and actor.partner_id:
        return [actor.partner_id]
    return providers(actor) if actor.role == RESELLER else None
