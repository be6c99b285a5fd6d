"""The jobs that write a batch and undo it.

On PostgreSQL each is one transaction. On SQLite a transaction holds at most PART rows, so that
other writers get their turn (decision 23): `ImportBatch.written` says how far it got, and when a
later part fails, the earlier ones are undone before the batch goes back to where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import jobs, lifecycle, trees
from ..actors import Actor
from ..jobs import Progress
from ..lifecycle import touch
from ..models import ImportBatch, ImportFile, ImportRow, Job
from .batches import PART, begin, in_parts, stepping_back
from .lookups import Lookups
from .places import hold_rows, lock
from .rows import chosen_rows, steps_of
from .steps import Done, Source, Step, split
from .undo import UNDONE, UndoPlan, former_parents, rows_of
from .write import Writer

State = ImportBatch.State


class Overtaken(Exception):
    """This worker was slow and another one has taken the job over."""


@jobs.register("import.apply")
def apply(job: Job, actor: Actor, progress: Progress) -> dict[str, Any]:
    with stepping_back(job, State.APPLYING):
        with transaction.atomic():
            held = begin(job, actor, State.APPLYING)
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
    held = begin(job, actor, State.APPLYING)
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
    held = begin(job, actor, State.APPLYING)
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
        held = begin(job, actor, State.APPLYING)
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
    with stepping_back(job, State.UNDOING):
        more = True
        while more:
            more = _undo_part(job, actor, progress, State.UNDOING, done)
    return done.data()


@trees.in_tree_transaction
def _undo_part(job: Job, actor: Actor, progress: Progress, state: str, done: Done) -> bool:
    """Undo the last rows; whether there are more. The last part of an undo ends it."""
    held = begin(job, actor, state)
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
