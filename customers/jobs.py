"""Run work that is too long for a request, in the worker, once.

`enqueue()` writes a Job in the running transaction. A worker claims it as outbox rows are claimed
(decision 23) and calls the function registered for its kind; a claim that was not renewed, because
the worker died, is taken over by another, which starts anew. So a job's function writes all it
does in one transaction, or may be begun again after any part of it; and it holds the object it
works on, because a worker that was only slow may still be at it.

While a job runs, a thread with a connection of its own renews the claim and shows the progress:
what the function itself writes is invisible to others until its commit.
"""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .actors import Actor
from .events import record
from .models import Job, Membership, User

logger = logging.getLogger(__name__)

CLAIM_FOR = timedelta(minutes=2)
BEAT = 1.0
TRIES = 3
#: Whoever asked is told of the end of a job that he waited for this long.
LONG = timedelta(minutes=1)
#: Name of an input of jobs whose asker did not press a button, and is told in any case.
TELL = "tell"


class Progress:
    """Where a running job is; the function sets it, whoever waits reads it from the row."""

    def __init__(self) -> None:
        self.phase, self.done, self.total = "", 0, 0

    def at(self, phase: str, done: int = 0, total: int = 0) -> None:
        """`done` of `total` steps of `phase`, a short text, are behind us."""
        self.phase, self.done, self.total = phase, done, total


#: Takes the job, its actor as he is now, and the progress; answers what `Job.result` shall hold.
Function = Callable[[Job, Actor, Progress], dict[str, Any]]
_functions: dict[str, Function] = {}


def register(kind: str) -> Callable[[Function], Function]:
    """Decorate the function that does jobs of `kind`.

    A ValidationError it raises is the sentence its asker reads and ends the job; any other error
    is logged and the job tried again, three times in all.
    """

    def keep(function: Function) -> Function:
        _functions[kind] = function
        return function

    return keep


def enqueue(
    kind: str,
    *,
    actor: Actor,
    args: dict[str, Any] | None = None,
    key: uuid.UUID | None = None,
    tell: bool = False,
) -> Job:
    """Ask for a job of `kind` on behalf of `actor`; it starts after commit.

    With `key`, the id it shall have, it is asked for once: the job that has it is answered. With
    `tell` the actor is told of its end even if it was quick.
    """
    if kind not in _functions:
        raise LookupError(f"no function does jobs of kind {kind}")
    columns = {
        "kind": kind,
        "partner": actor.partner,
        "user": actor.user,
        "role": actor.role,
        "level": actor.level,
        "args": {**(args or {}), **({TELL: True} if tell else {})},
    }
    return Job.objects.get_or_create(pk=key or uuid.uuid4(), defaults=columns)[0]


def run_pending(limit: int = 1, *, beat: bool = False) -> int:
    """Run up to `limit` due jobs; returns how many were claimed. `beat`: with the thread."""
    worker = f"{os.getpid()}-{threading.get_ident()}-{uuid.uuid4().hex[:8]}"
    claimed = _claim(worker, limit)
    for job in claimed:
        _run(job, worker, beat)
    return len(claimed)


def _claim(worker: str, limit: int) -> list[Job]:
    now = timezone.now()
    # What took its worker down each time is not tried for ever.
    Job.objects.filter(ended_at=None, attempts__gte=TRIES, claimed_until__lt=now).update(
        ended_at=now, claimed_until=None, error=_broken()
    )
    with transaction.atomic():
        due = (
            Job.objects.select_for_update(skip_locked=connection.vendor == "postgresql")
            .filter(ended_at=None, due_at__lte=now, kind__in=list(_functions))
            .filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
            .order_by("due_at")
        )
        keys = list(due.values_list("pk", flat=True)[:limit])
        Job.objects.filter(pk__in=keys).update(
            claimed_by=worker,
            claimed_until=now + CLAIM_FOR,
            started_at=now,
            attempts=F("attempts") + 1,
        )
    return list(Job.objects.filter(pk__in=keys, claimed_by=worker).select_related("user"))


def _run(job: Job, worker: str, beat: bool) -> None:
    progress = Progress()
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(job, worker, progress, ended), daemon=True)
    if beat:
        beating.start()
    try:
        result = _functions[job.kind](job, actor_of(job), progress)
    except ValidationError as error:
        _end(job, worker, progress, error=" ".join(error.messages)[:500])
    except Exception:
        logger.exception("job %s failed", job.pk)
        _failed(job, worker, progress)
    else:
        _end(job, worker, progress, result=result)
    finally:
        ended.set()
        if beat:
            beating.join()


def actor_of(job: Job) -> Actor:
    """Who asked, with the rights of now: a right withdrawn meanwhile does not count.

    Raises ValidationError when the asker may no longer act for the partner.
    """
    if job.user is None and job.role == Actor.system().role:
        return Actor.system()
    try:
        return present_actor(job.user, job.partner_id)
    except PermissionDenied:
        raise ValidationError(_("Who asked for this may no longer act for the company.")) from None


def present_actor(user: User | None, partner_id: str | None) -> Actor:
    """The user as it may act now for the partner, or as an administrator of the installation
    without one; PermissionDenied when it may not."""
    if user is not None and partner_id:
        rows = Membership.objects.usable().filter(user=user, partner_id=partner_id)
        membership = rows.select_related("user", "partner").first()
        if membership is not None:
            return Actor.of(membership)
    elif user is not None and user.is_active and user.is_superuser:
        return Actor.admin(user)
    raise PermissionDenied


def _mine(job: Job, worker: str) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, claimed_by=worker, ended_at=None)


def _end(job: Job, worker: str, progress: Progress, **columns: Any) -> None:
    now = timezone.now()
    with transaction.atomic():
        ended = _mine(job, worker).update(
            ended_at=now,
            updated_at=now,
            claimed_until=None,
            phase=progress.phase[:64],
            done=progress.done,
            total=progress.total,
            **columns,
        )
        if ended and job.user is not None and (TELL in job.args or now - job.created_at >= LONG):
            record("job.end", job, actor=Actor.system())


def _broken() -> str:
    return _("Something went wrong on our side; nothing was changed. Please try again.")


def _failed(job: Job, worker: str, progress: Progress) -> None:
    if job.attempts >= TRIES:
        _end(job, worker, progress, error=_broken())
        return
    now = timezone.now()
    _mine(job, worker).update(
        claimed_by="", claimed_until=None, due_at=now + timedelta(seconds=5 * job.attempts)
    )


def _beat(job: Job, worker: str, progress: Progress, ended: threading.Event) -> None:
    """Renew the claim and show the progress until the job ended."""
    try:
        while not ended.wait(BEAT):
            now = timezone.now()
            try:
                _mine(job, worker).update(
                    claimed_until=now + CLAIM_FOR,
                    updated_at=now,
                    phase=progress.phase[:64],
                    done=progress.done,
                    total=progress.total,
                )
            except DatabaseError:  # SQLite, while the job writes: the next beat does it
                logger.debug("the progress of job %s could not be written", job.pk)
    finally:
        connection.close()
