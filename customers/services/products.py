"""What a vendor sets on its products."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from ..actors import Actor
from ..events import record
from ..lifecycle import hold
from ..models import Product
from ..permissions import by_administrator_of


@transaction.atomic
def switch_sync(product: Product, *, actor: Actor, on: bool) -> Product:
    """Switch Tier Accounts Sync for the changes to come; requests already there stay as they are.

    Changing nothing records nothing. Locks the product row. A change of an account reads the
    setting without a lock, when its requests are born: one that runs beside this may be born by
    either setting, one that begins afterwards by the new one. Raises PermissionDenied.
    """
    held = hold(product)
    if not by_administrator_of(held, actor):
        raise PermissionDenied
    if held.tier_accounts_sync != on:
        held.tier_accounts_sync = on
        held.updated_at = timezone.now()
        held.save()
        record(f"product.{'sync_on' if on else 'sync_off'}", held, actor=actor)
    return held
