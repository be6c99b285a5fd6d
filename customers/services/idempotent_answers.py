"""What a repeated request of a key is answered with."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from ..models import IdempotentAnswer, ServiceUser

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


def keep(row: IdempotentAnswer, status: int, body: str) -> None:
    """The answer, to be committed with what was done."""
    row.status, row.body = status, body
    row.save(update_fields=["status", "body"])
