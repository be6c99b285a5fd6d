"""Who sees which orders."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from customers import actors
from customers.visibility import providers, within_subtree


class FulfillmentRequestQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: actors.Actor | None) -> FulfillmentRequestQuerySet:
        """As its subscription; drafts belong to the partner that began them."""
        if actor is None:
            return self.none()
        if actor.role in (actors.ADMIN, actors.SYSTEM):
            return self.all()
        shown = self.exclude(Q(state="draft") & ~Q(creator=actor.partner))
        if actor.role == actors.VENDOR:
            return shown.filter(vendor=actor.partner)
        if actor.role == actors.DISTRIBUTOR:
            return shown.filter(provider=actor.partner)
        if actor.role == actors.RESELLER:
            return shown.filter(
                within_subtree(actor, "subscription__customer__"), provider__in=providers(actor)
            )
        return self.none()
