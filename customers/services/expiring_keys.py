"""Keys of the API that are about to end: their partner's administrators are told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ..actors import Actor
from ..chores import each
from ..events import record
from ..models import ServiceUser

#: How long before its end a key is spoken of.
SOON: Final = timedelta(days=14)
_UNTOLD = Q(active=True) & (Q(expiry_told=None) | ~Q(expiry_told=F("expires_at")))


def tell_expiring() -> int:
    """Record `serviceuser.expiring` for each key that ends soon; again only for another end."""
    now = timezone.now()
    rows = ServiceUser.objects.filter(_UNTOLD, expires_at__gt=now, expires_at__lte=now + SOON)
    return each(rows, _tell)


@transaction.atomic
def _tell(key: ServiceUser) -> bool:
    """Claimed by the update: another worker, or a new end meanwhile, finds nothing to do."""
    rows = ServiceUser.objects.filter(_UNTOLD, pk=key.pk, expires_at=key.expires_at)
    if not rows.update(expiry_told=key.expires_at):
        return False
    data = {"label": key.name, "owner": key.partner_id}
    record("serviceuser.expiring", key, actor=Actor.system(), data=data)
    return True
