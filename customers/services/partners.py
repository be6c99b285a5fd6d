"""What a partner decides about itself."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from .. import actors
from ..actors import Actor
from ..events import record
from ..models import Partner


def may_set(partner: Partner, actor: Actor) -> bool:
    """Its own administrators, and those of the platform (decision 5)."""
    if actor.role == actors.ADMIN:
        return True
    return actor.partner == partner and actor.level == actors.ADMINISTRATOR


@transaction.atomic
def save_settings(partner: Partner, *, actor: Actor, tells_known: bool) -> Partner:
    """Store the settings of a distributor; storing the present ones again changes nothing.

    `tells_known`: whether its resellers hear that a company they enter is known to it elsewhere.
    Locks the row. Raises PermissionDenied.
    """
    held = Partner._base_manager.select_for_update(of=("self",), no_key=True).get(pk=partner.pk)
    if held.role != Partner.Role.DISTRIBUTOR or not may_set(held, actor):
        raise PermissionDenied
    if held.tells_known != tells_known:
        held.tells_known = tells_known
        held.updated_at = timezone.now()
        held.save()
        record("partner.settings", held, actor=actor, data={"tells_known": tells_known})
    return held
