"""A batch in the hands of a job: held under its lock, and put back where it was on failure."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from .. import jobs, lifecycle
from ..actors import Actor
from ..lifecycle import hold, touch
from ..models import ImportBatch, ImportRow, Job
from ..permissions import by_owner
from .rows import count
from .steps import Stale, split

#: Rows that one transaction holds at most on SQLite.
PART = 5_000
State = ImportBatch.State


def in_parts() -> bool:
    return connection.vendor != "postgresql"


def whole() -> AbstractContextManager[Any]:
    return nullcontext() if in_parts() else transaction.atomic()


@contextmanager
def stepping_back(job: Job, state: str) -> Iterator[None]:
    """When the work fails for good, the batch goes back, with the reason as its problem; one of
    which parts are written, and could not be taken back, waits for somebody who may go on."""
    try:
        with _rarely_collected():
            yield
    except ValidationError as error:
        _fail(job.args["batch"], state, " ".join(error.messages), error)
        raise
    except PermissionDenied:
        reason = _("Who asked for this may no longer do it.")
        _fail(job.args["batch"], state, reason)
        raise ValidationError(reason) from None
    except Exception:
        if job.attempts >= jobs.TRIES:
            _fail(job.args["batch"], state, _("Something went wrong on our side."))
        raise


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Rows are many and hold no circles: looking for some all the time costs a fifth of all."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@transaction.atomic
def _fail(pk: str, state: str, reason: str, error: ValidationError | None = None) -> None:
    held = hold(ImportBatch(pk=pk))
    if held.state != state:
        return
    if state == State.APPLYING and held.written:
        held.problem = reason[:1000]
        touch(held)
        return
    if isinstance(error, Stale):
        rows = ImportRow.objects.filter(batch=held)
        for text in set(error.problems.values()):
            lines = [line for line, each in error.problems.items() if each == text]
            for part in split(lines, 500):
                told = {"outcome": ImportRow.Outcome.ERROR, "chosen": False, "errors": {"": [text]}}
                rows.filter(number__in=part).update(**told)
        held.counts = count(held)
    lifecycle.write(held, "fail", actor=Actor.system(), reason=reason)


def begin(job: Job, actor: Actor, state: str) -> ImportBatch | None:
    """The batch, locked; None when another worker has done the work already."""
    held = hold(ImportBatch(pk=job.args["batch"]))
    if held.state != state:
        return None
    if not by_owner(held, actor):
        raise PermissionDenied
    return held
