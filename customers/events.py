"""Record what happened once, in its transaction; tell it after commit, at least once.

`record()` writes the audit row that is also the outbox entry. Whoever wants to tell the world
registers a teller; `deliver_pending()` claims untold events, calls the tellers outside of any
transaction, and marks the event told in another. A teller must tolerate being called again.
"""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from . import holding
from .actors import Actor
from .models import Event

logger = logging.getLogger(__name__)

Teller = Callable[[Event], None]
_tellers: list[Teller] = []
_quiet = ContextVar("quiet", default=False)
_batch: ContextVar[tuple[str, list[Event]] | None] = ContextVar("batch", default=None)

CLAIM_FOR = timedelta(minutes=5)
#: Waiting time before the n-th retry; after the last one the event is left for a person.
BACK_OFF = [timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)]


def register(teller: Teller) -> Teller:
    """Add a teller, once; it is called with each event after commit."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def record(
    verb: str,
    obj: models.Model,
    *,
    actor: Actor,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
    at: Any = None,
) -> Event:
    """Write one event about `obj` in the running transaction and see to its telling after it.

    With `to_state` the object has come to a state: who holds it now is noted (holding.py).
    """
    batch = _batch.get()
    event = Event.objects.create(
        at=at or timezone.now(),
        verb=verb,
        object_type=obj._meta.model_name or "",
        object_id=str(obj.pk),
        **_sides(obj),
        user=actor.user,
        partner=actor.partner,
        role=actor.role,
        actor_name=str(actor)[:254],
        key_id=actor.key,
        from_state=from_state,
        to_state=to_state,
        reason=reason[:500],
        data={**({"batch": batch[0]} if batch else {}), **(data or {})},
    )
    if batch:
        batch[1].append(event)
    if to_state:
        holding.follow(obj, event.at)
    _tell_soon()
    return event


@contextmanager
def recorded(batch: str) -> Iterator[list[Event] | None]:
    """Hands out what is recorded inside, which carries `batch` in its data; None inside another
    such block, whose batch it is then. What was rolled back meanwhile is among it."""
    if _batch.get() is not None:
        yield None
        return
    found: list[Event] = []
    token = _batch.set((batch, found))
    try:
        yield found
    finally:
        _batch.reset(token)


def _sides(obj: models.Model) -> dict[str, Any]:
    """The distributor and the vendor who read it among their events.

    What happens to a draft is its creator's own (decision 4), also when it has become more.
    """
    sides = {name: getattr(obj, name, None) for name in ("provider_id", "vendor_id")}
    if getattr(obj, "private_drafts", False) and getattr(obj, "state", "") == "draft":
        creator = getattr(obj, "creator_id", None)
        return {name: pk if pk == creator else None for name, pk in sides.items()}
    return sides


def deliver_pending(limit: int = 100, *, now: Any = None) -> int:
    """Tell up to `limit` untold events whose time has come; returns how many were claimed.

    Safe beside other workers on both databases: rows are claimed in a short transaction
    (skipping locked ones on PostgreSQL, under the write lock on SQLite).
    """
    worker = f"{os.getpid()}-{threading.get_ident()}-{uuid.uuid4().hex[:8]}"
    now = now or timezone.now()
    claimed = _claim(worker, limit, now)
    for event in claimed:
        if not _renew(event, worker):
            continue
        if _told(event):
            _owned(event, worker).update(told_at=timezone.now(), claimed_by="", claimed_until=None)
        else:
            _put_back(event, worker)
    return len(claimed)


def _told(event: Event) -> bool:
    """Whether every teller told it; one that fails keeps no other from its turn."""
    failed = 0
    for teller in _tellers:
        try:
            teller(event)
        except Exception:
            logger.exception("telling event %s failed", event.pk)
            failed += 1
    return not failed


def _claim(worker: str, limit: int, now: Any) -> list[Event]:
    with transaction.atomic():
        due = (
            Event.objects.select_for_update(skip_locked=connection.vendor == "postgresql")
            .filter(told_at=None, next_attempt_at__lte=now)
            .filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
            .filter(attempts__lte=len(BACK_OFF))
            .order_by("next_attempt_at")
        )
        keys = list(due.values_list("pk", flat=True)[:limit])
        Event.objects.filter(pk__in=keys).update(
            claimed_by=worker,
            claimed_until=now + CLAIM_FOR,
            attempts=models.F("attempts") + 1,
        )
    return list(Event.objects.filter(claimed_by=worker, told_at=None).order_by("at"))


def _renew(event: Event, worker: str) -> bool:
    """Extend the claim before the telling; False when it ran out and somebody else has it.

    A batch may take long (a slow mail server); what another worker took over is left to it.
    """
    return bool(_owned(event, worker).update(claimed_until=timezone.now() + CLAIM_FOR))


def _put_back(event: Event, worker: str) -> None:
    index = min(event.attempts, len(BACK_OFF)) - 1
    _owned(event, worker).update(
        next_attempt_at=timezone.now() + BACK_OFF[index], claimed_by="", claimed_until=None
    )


def _owned(event: Event, worker: str) -> models.QuerySet[Event]:
    return Event.objects.filter(pk=event.pk, claimed_by=worker)


@contextmanager
def held_back() -> Iterator[None]:
    """Inside the block recording an event does not begin its telling; for bulk writers.

    The events stay in the outbox; a writer of history marks them as told itself.
    """
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


_wake = threading.Event()
_thread: threading.Thread | None = None
_thread_lock = threading.Lock()


def _tell_soon() -> None:
    mode = "off" if _quiet.get() else settings.DELIVER_ON_COMMIT
    if mode == "inline":
        transaction.on_commit(_deliver_all, robust=True)
    elif mode == "thread":
        transaction.on_commit(_wake_thread, robust=True)


def _deliver_all() -> None:
    while deliver_pending():
        pass


def _wake_thread() -> None:
    global _thread
    with _thread_lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run_thread, name="outbox", daemon=True)
            _thread.start()
    _wake.set()


def _run_thread() -> None:
    while True:
        _wake.wait()
        _wake.clear()
        try:
            _deliver_all()
        except Exception:
            logger.exception("the outbox thread could not deliver")
        finally:
            connection.close()
