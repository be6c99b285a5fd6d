"""The jobs of imports: check, apply and undo a batch.

On PostgreSQL each is one transaction. On SQLite a transaction holds at most PART rows, so that
other writers get their turn (decision 23): `ImportBatch.written` says how far it got, and when a
later part fails, the earlier ones are undone before the batch goes back to where it was.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import jobs, lifecycle, trees
from ..actors import Actor
from ..lifecycle import hold, touch
from ..models import ImportBatch, ImportFile, ImportRow, Job
from ..permissions import by_owner
from .entries import Entries
from .lookups import Lookups
from .places import hold_rows, lock
from .plan import Planner, chunks
from .planned import Rules
from .read import Line, open_table
from .rows import chosen_rows, count, save, steps_of
from .steps import Done, Source, Stale, Step, split
from .undo import UNDONE, UndoPlan, former_parents, rows_of
from .write import Writer

PART = 5_000
State = ImportBatch.State
Progress = jobs.Progress


class Overtaken(Exception):
    """This worker was slow and another one has taken the job over."""


def in_parts() -> bool:
    return connection.vendor != "postgresql"


def _whole() -> AbstractContextManager[Any]:
    return nullcontext() if in_parts() else transaction.atomic()


@contextmanager
def _stepping_back(job: Job, state: str) -> Iterator[None]:
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


def _begin(job: Job, actor: Actor, state: str) -> ImportBatch | None:
    """The batch, locked; None when another worker has done the work already."""
    held = hold(ImportBatch(pk=job.args["batch"]))
    if held.state != state:
        return None
    if not by_owner(held, actor):
        raise PermissionDenied
    return held


@jobs.register("import.check")
def check(job: Job, actor: Actor, progress: Progress) -> dict[str, Any]:
    with _stepping_back(job, State.CHECKING), _whole():
        with transaction.atomic():
            held = _begin(job, actor, State.CHECKING)
            if held is None:
                return {}
            fixed = _fixed(held)
            ImportRow.objects.filter(batch=held).delete()
        planner, lines = _read(held, actor, fixed, progress)
        waiting: list[Any] = []
        done = 0
        total = len(lines)
        for chunk in chunks(_consumed(lines)):
            waiting += planner.plan(chunk)
            done += len(chunk)
            if len(waiting) >= PART or done == total:
                save(held, waiting, set(fixed), {})
                waiting = []
            progress.at(_("Checking"), done, total)
        with transaction.atomic():
            held = _begin(job, actor, State.CHECKING)
            if held is None:
                return {}
            held.counts, held.written = count(held), 0
            lifecycle.write(held, "check_rows", actor=Actor.system(), data=held.counts)
            return dict(held.counts)


def _consumed(lines: list[Line]) -> Iterator[Line]:
    """The lines in their order; what was taken is not kept."""
    lines.reverse()
    while lines:
        yield lines.pop()


def _fixed(batch: ImportBatch) -> dict[int, list[str]]:
    rows = ImportRow.objects.filter(batch=batch, fixed=True)
    return dict(rows.values_list("number", "cells"))


def _read(
    batch: ImportBatch, actor: Actor, fixed: dict[int, list[str]], progress: Progress
) -> tuple[Planner, list[Line]]:
    content = bytes(ImportFile.objects.get(batch=batch).content)
    progress.at(_("Reading"))
    rules = Rules(batch.mapping, batch.options, batch.workbook)
    entries = Entries()
    lines: list[Line] = []
    for line in open_table(content, sheet=batch.sheet).lines:
        if line.number in fixed:
            line = Line(line.number, tuple(fixed[line.number]), None)
        lines.append(line)
        entries.add(rules.entry(line))
    return Planner(provider=batch.provider, actor=actor, rules=rules, entries=entries), lines


@jobs.register("import.apply")
def apply(job: Job, actor: Actor, progress: Progress) -> dict[str, Any]:
    with _stepping_back(job, State.APPLYING):
        with transaction.atomic():
            held = _begin(job, actor, State.APPLYING)
        if held is None:
            return {}
        if held.written:  # a worker died in the middle
            _take_back(job, actor, progress)
        steps = steps_of(chosen_rows(held))
        parts = list(split(steps, PART)) if in_parts() else [steps]
        done, written = Done(), 0
        try:
            if len(parts) > 1:
                _verify(job, actor, steps)
            for part in parts:
                last = part is parts[-1]
                written = _apply_part(job, actor, progress, part, written, last, done)
        except Overtaken:
            return {}
        except Exception:
            _take_back(job, actor, progress)
            raise
    return done.data()


@trees.in_tree_transaction
def _verify(job: Job, actor: Actor, steps: Sequence[Step]) -> None:
    held = _begin(job, actor, State.APPLYING)
    if held is None or held.written:
        raise Overtaken
    writer = Writer(provider=held.provider, actor=actor, batch_id=held.pk)
    writer.verify(steps, _keys(held))


@trees.in_tree_transaction
def _apply_part(
    job: Job,
    actor: Actor,
    progress: Progress,
    part: Sequence[Step],
    written: int,
    last: bool,
    done: Done,
) -> int:
    """Write one part after the one that ended at line `written`; the line at which it ends."""
    held = _begin(job, actor, State.APPLYING)
    if held is None or held.written != written:
        raise Overtaken
    writer = Writer(provider=held.provider, actor=actor, batch_id=held.pk, progress=progress)
    done.add(writer.write(part, _source(held), keys=_keys(held)))
    held.written = part[-1].number
    if not last:
        touch(held)
        return held.written
    ImportFile.objects.filter(batch=held).delete()
    data = {**done.data(), "batch": held.pk}
    lifecycle.write(held, "apply", actor=Actor.system(), at=timezone.now(), data=data)
    return held.written


def _source(batch: ImportBatch) -> Source:
    """The data of steps, out of their rows."""

    def read(steps: Sequence[Step]) -> dict[int, dict[str, Any]]:
        first, last = steps[0].number, steps[-1].number
        rows = chosen_rows(batch).filter(number__gte=first, number__lte=last)
        return dict(rows.values_list("number", "values"))

    return read


def _keys(batch: ImportBatch) -> Source:
    """What of the data must be unique, with the hub it must be unique on."""
    hubs = "hub" in batch.mapping or batch.options.get("hub")

    def read(steps: Sequence[Step]) -> dict[int, dict[str, Any]]:
        first, last = steps[0].number, steps[-1].number
        rows = chosen_rows(batch).filter(number__gte=first, number__lte=last)
        columns = ["number", "external_id", "external_uid", *(["values__hub_id"] if hubs else [])]
        return {
            row["number"]: {**row, "hub_id": row.get("values__hub_id")}
            for row in rows.values(*columns)
        }

    return read


def _take_back(job: Job, actor: Actor, progress: Progress) -> None:
    """Undo the parts of a batch that could not be applied as a whole."""
    more = True
    while more:
        more = _undo_part(job, actor, progress, State.APPLYING, Done())
    with transaction.atomic():
        held = _begin(job, actor, State.APPLYING)
        if held is None or not held.written:
            return
        rows = ImportRow.objects.filter(batch=held).exclude(undo="")
        for number, text in rows.exclude(undo=UNDONE).values_list("number", "undo"):
            stays = {"": [_("This row was written and stays: %(why)s") % {"why": text}]}
            rows.filter(number=number).update(
                outcome=ImportRow.Outcome.ERROR, chosen=False, errors=stays
            )
        rows.update(undo="")
        held.written = 0
        touch(held)


@jobs.register("import.undo")
def undo(job: Job, actor: Actor, progress: Progress) -> dict[str, Any]:
    done = Done()
    with _stepping_back(job, State.UNDOING):
        more = True
        while more:
            more = _undo_part(job, actor, progress, State.UNDOING, done)
    return done.data()


@trees.in_tree_transaction
def _undo_part(job: Job, actor: Actor, progress: Progress, state: str, done: Done) -> bool:
    """Undo the last rows; whether there are more. The last part of an undo ends it."""
    held = _begin(job, actor, state)
    if held is None:
        return False
    open_rows = rows_of(held)
    rows = list(open_rows.only(*UndoPlan.READS)[: PART if in_parts() else None])
    if rows:
        kept = _undo_rows(held, actor, progress, rows, done)
        for part in split(sorted(kept.items()), 500):
            reasons = Case(*(When(number=line, then=Value(text)) for line, text in part))
            lines = [line for line, _text in part]
            ImportRow.objects.filter(batch=held, number__in=lines).update(undo=reasons)
        numbers = {"number__gte": rows[-1].number, "number__lte": rows[0].number}
        open_rows.filter(**numbers).update(undo=UNDONE)
    more: bool = open_rows.exists()
    if not more and state == State.UNDOING:
        lifecycle.write(held, "undo", actor=Actor.system(), data=done.data())
    return more


def _undo_rows(
    held: ImportBatch, actor: Actor, progress: Progress, rows: list[ImportRow], done: Done
) -> dict[int, str]:
    """Undo what can be; {line: reason} of what cannot."""
    accounts = [row.made or row.target for row in rows]
    lock([*accounts, *former_parents(rows)], new_tree=True)
    # Who edits an account holds its row and no tree; nobody begins to while it is judged.
    hold_rows(accounts)
    actor.memo.clear()
    plan = UndoPlan(Lookups(held.provider, actor), rows)
    writer = Writer(provider=held.provider, actor=actor, batch_id=held.pk, progress=progress)
    done.add(writer.write(plan.steps, plan.source, plan.removed))
    return plan.kept
