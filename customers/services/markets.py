"""Where a distributor sells: what others are told of its hubs."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from .. import actors
from ..actors import Actor
from ..models import Connection, Hub, TierAccount
from ..visibility import NOTHING, operated_ids


def hubs_named_to(actor: Actor) -> QuerySet[Hub]:
    """The hubs the actor reads of elsewhere: its own, those its products are connected to, and
    those of the accounts it operates."""
    found = Q(pk__in=Hub.objects.visible_to(actor).values("pk"))
    if actor.role == actors.VENDOR:
        found |= Q(pk__in=Connection.objects.visible_to(actor).values("hub"))
    own = operated_ids(actor)
    found |= Q(pk__in=TierAccount.objects.filter(pk__in=own).values("hub")) if own else NOTHING
    return Hub.objects.filter(found)
