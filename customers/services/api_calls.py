"""The log of calls of the API, and how many a key makes in a minute: written by bundles.

Nothing here locks anything but rows of keys, and nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from ..models import ApiCall, IdempotentAnswer, ServiceUser

#: The log of calls is kept so long, and so many of a partner at most.
CALLS_KEPT: Final = timedelta(days=7)
CALLS_OF_PARTNER: Final = 5_000
#: A repeated POST is answered from the store so long.
ANSWERS_KEPT: Final = timedelta(hours=24)
#: Rows deleted at a time.
PIECE: Final = 5_000


def minute_of(at: datetime) -> int:
    """The number of a minute, as ServiceUser.calls_minute holds it."""
    return int(at.timestamp()) // 60


@transaction.atomic
def write_calls(calls: Sequence[ApiCall]) -> None:
    """Add calls to the log, and to the counts of their keys; those of deleted keys are dropped.

    Holds the keys' rows, in the order of their ids.
    """
    of_key: dict[str, list[ApiCall]] = {}
    for call in calls:
        of_key.setdefault(call.service_user_id, []).append(call)
    rows = ServiceUser.objects.select_for_update(of=("self",), no_key=True)
    held = list(rows.filter(pk__in=of_key).order_by("pk"))
    ApiCall.objects.bulk_create([call for key in held for call in of_key[key.pk]])
    for key in held:
        _count(key, [call.at for call in of_key[key.pk]])


def _count(key: ServiceUser, times: list[datetime]) -> None:
    """Into the count of the latest minute of them; earlier ones limit nothing any more."""
    latest = max(times)
    minute = minute_of(latest)
    if minute >= key.calls_minute:
        before = key.calls if key.calls_minute == minute else 0
        key.calls = before + sum(minute_of(at) == minute for at in times)
        key.calls_minute = minute
    key.last_used_at = max(latest, key.last_used_at or latest)
    key.save(update_fields=["calls", "calls_minute", "last_used_at"])


def prune() -> int:
    """Delete calls and answers that are kept no longer, a piece at a time; how many."""
    now = timezone.now()
    old = IdempotentAnswer.objects.filter(created_at__lt=now - ANSWERS_KEPT)
    keys = list(old.values_list("pk", flat=True)[:PIECE])
    gone: int = IdempotentAnswer.objects.filter(pk__in=keys).delete()[0]
    partners = ServiceUser.objects.exclude(last_used_at=None).order_by().values_list("partner")
    for (partner,) in partners.distinct():
        gone += _prune_calls(partner, now - CALLS_KEPT)
    return gone


def _prune_calls(partner: str, before: datetime) -> int:
    own = ApiCall.objects.filter(partner=partner).order_by("-at")
    beyond = own.values_list("at", flat=True)[CALLS_OF_PARTNER : CALLS_OF_PARTNER + 1].first()
    before = max(before, beyond) if beyond else before
    old = ApiCall.objects.filter(partner=partner, at__lte=before).order_by("at")
    keys = list(old.values_list("pk", flat=True)[:PIECE])
    return ApiCall.objects.filter(pk__in=keys).delete()[0]
