"""What a repeated request of a key is answered with.

A row with status 0 has no answer yet. Who claims and acts in one transaction shows nobody such a
row; who acts outside of one claims it for a while before (`claim_for`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import IdempotentAnswer, ServiceUser
from ..sealing import Sealed

#: Nobody acts for longer; what has no answer then was left by a process that is gone.
ACTING: Final = timedelta(minutes=2)
_TRIES = 3


def claim(service_user: ServiceUser, name: str, fingerprint: str) -> tuple[IdempotentAnswer, bool]:
    """The row of this name, and whether the caller is the one to act; in the caller's transaction.

    Waits for another transaction that has claimed the name: its row is answered once it commits,
    and the caller acts when it is rolled back.
    """
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                made = IdempotentAnswer.objects.create(
                    service_user=service_user, name=name, fingerprint=fingerprint
                )
            return made, True
        except IntegrityError:
            kept = IdempotentAnswer.objects.filter(service_user=service_user, name=name).first()
            if kept is not None:
                return kept, False
            # Deleted between the two statements.
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def claim_for(
    service_user: ServiceUser, name: str, fingerprint: str
) -> tuple[IdempotentAnswer, bool]:
    """As `claim`, and committed: others find the row without an answer until `keep` or `drop`.

    A row that was left so is taken over after ACTING.
    """
    row, fresh = claim(service_user, name, fingerprint)
    if fresh or row.status or row.fingerprint != fingerprint:
        return row, fresh
    now = timezone.now()
    left = IdempotentAnswer.objects.filter(pk=row.pk, status=0, created_at__lt=now - ACTING)
    return row, bool(left.update(created_at=now))


def drop(row: IdempotentAnswer) -> None:
    """Nothing was done: the next one acts."""
    IdempotentAnswer.objects.filter(pk=row.pk).delete()


def keep(row: IdempotentAnswer, status: int, body: str) -> None:
    """The answer, to be committed with what was done."""
    row.status, row.body = status, Sealed.of(body)
    row.save(update_fields=["status", "body"])
